"""Floor 4: policy tests become results."""
