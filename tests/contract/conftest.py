from support.post_stores import counters, counters_of_comments, posts, stores

__all__ = ["counters", "counters_of_comments", "posts", "stores"]
