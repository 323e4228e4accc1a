"""Floor 4: two estates become access gained and lost."""
