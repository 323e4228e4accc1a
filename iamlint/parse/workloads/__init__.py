"""Pipelines, collectors and clusters: which identity runs where, and what it presents."""
