"""Finding public posts by their words and tags, in Korean and English."""
