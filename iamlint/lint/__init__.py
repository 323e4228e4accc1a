"""Floor 4: rules become findings."""
