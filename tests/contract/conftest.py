from support.post_stores import counters, counters_of_comments, posts, stores
from support.secret_stores import engine_home, home

__all__ = ["counters", "counters_of_comments", "engine_home", "home", "posts", "stores"]
