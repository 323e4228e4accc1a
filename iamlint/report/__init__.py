"""Floor 5: results become text, JSON, SARIF and the rest; pure functions."""
