"""Identity providers' own formats."""
