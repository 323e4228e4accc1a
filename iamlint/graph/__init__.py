"""Floor 3: the estate becomes an access graph that can be asked."""
