"""``make demo``: two people use the running service through its REST contract."""
