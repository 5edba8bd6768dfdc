"""Blocks: people who do not want to meet."""
