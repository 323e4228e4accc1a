"""Floor 6: configuration, discovery, plugins, cache, workers, and the session that strings the floors together."""
