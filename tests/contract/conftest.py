from support.post_stores import counters, posts, stores

__all__ = ["counters", "posts", "stores"]
