"""Posts: entries with their pictures, private or public."""
