"""Floor 1: frozen values in the field's own words."""
