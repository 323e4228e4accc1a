"""Floor 2: the decision procedure: action catalogue, patterns, conditions, `evaluate`."""
