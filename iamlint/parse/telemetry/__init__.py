"""Telemetry vendors: what their roles and tokens are worth."""
