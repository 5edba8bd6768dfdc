"""Notices: what happened that somebody wants to know of."""
