"""Who is called when something is wrong, and what they look at first."""
