"""Measures how well the bundled model draws what it is told."""
