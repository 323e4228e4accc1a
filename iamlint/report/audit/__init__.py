"""The evidence report: who can see what and why, who owns it, how old the keys are, what was let through and until when."""
