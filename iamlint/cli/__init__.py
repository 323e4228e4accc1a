"""Floor 7: one file a command: options, session, report, exit code."""
