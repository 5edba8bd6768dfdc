"""Reports: what people tell administrators of posts, comments and each other."""
