"""What the administrator's dashboard shows, counted as it happens."""
