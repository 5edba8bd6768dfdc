"""What administrators did: appended with the act itself, never changed."""
