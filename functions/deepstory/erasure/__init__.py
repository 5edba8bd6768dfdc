"""Leaving: an account is closed at once, and then everything of it is removed, to the last item."""
