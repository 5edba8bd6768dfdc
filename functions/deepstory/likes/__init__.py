"""Likes: at most one per person and post, and their exact counts."""
