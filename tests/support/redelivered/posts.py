"""What follows posts, likes and comments."""

from __future__ import annotations

from collections.abc import Sequence

from deepstory.posts.entities import Changes
from support.redelivery import Case, Record
from support.scenes import Scene

# Numbers and times of notices follow the order in which their news arrived.
NOTICES = {"notices": frozenset({"notice_key", "number", "created_at", "expires_at"})}
_INDEX = {
    "postings": frozenset({"version"}),
    "indexed_posts": frozenset({"version", "expires_at"}),
}


def _likes(scene: Scene) -> Sequence[Record]:
    people = [scene.sign_up(f"p{number}") for number in range(4)]
    posts = [scene.write(people[0]) for _ in range(3)]
    for post_id in posts:
        scene.like(post_id, *people)
    scene.services.likes.unlike(post_id=posts[0], user_id=people[1])
    scene.services.likes.unlike(post_id=posts[1], user_id=people[2])
    scene.like(posts[1], people[2])
    # Its likes belong to nothing any more.
    scene.services.posts.delete(post_id=posts[2], author_id=people[0])
    return scene.stream("likes")


def _comments(scene: Scene) -> Sequence[Record]:
    people = [scene.sign_up(f"p{number}") for number in range(3)]
    posts = [scene.write(people[0]) for _ in range(3)]
    for post_id in posts:
        written = [scene.comment(post_id, author) for author in people]
        scene.services.comments.delete(post_id=post_id, comment_id=written[1], user_id=people[1])
    scene.services.posts.delete(post_id=posts[2], author_id=people[0])
    return scene.stream("comments")


def _deleted_posts(scene: Scene) -> Sequence[Record]:
    people = [scene.sign_up(f"p{number}") for number in range(3)]
    posts = [scene.write(people[0]) for _ in range(4)]
    for post_id in posts:
        scene.like(post_id, *people)
        scene.comment(post_id, people[1])
    for post_id in posts[1:]:
        scene.services.posts.delete(post_id=post_id, author_id=people[0])
    return [record for record in scene.stream("posts") if record["eventName"] == "REMOVE"]


def _news(scene: Scene) -> Sequence[Record]:
    people = [scene.sign_up(f"p{number}") for number in range(3)]
    posts = [scene.write(author) for author in people[:2]]
    for post_id in posts:
        scene.like(post_id, *people)
        for author in people:
            scene.comment(post_id, author)
    # Liking again is the same news.
    scene.services.likes.unlike(post_id=posts[0], user_id=people[2])
    scene.like(posts[0], people[2])
    created = scene.stream("likes", "comments")
    return [record for record in created if record["eventName"] == "INSERT"]


def _written(scene: Scene) -> Sequence[Record]:
    author = scene.sign_up("mina")
    posts = [scene.write(author, title=f"바다에 간 날 {number}") for number in range(4)]
    edit = scene.services.posts.edit
    edit(post_id=posts[0], author_id=author, changes=Changes(title="산", tags=("mountain",)))
    edit(post_id=posts[1], author_id=author, changes=Changes(visibility="private"))
    scene.services.posts.delete(post_id=posts[2], author_id=author)
    scene.services.post_repository.set_hidden(posts[3], hidden=True)
    scene.services.post_repository.set_hidden(posts[3], hidden=False)
    scene.write(author, visibility="private")
    return [record for record in scene.stream("posts") if _is_or_was_public(record)]


def _is_or_was_public(record: Record) -> bool:
    images = (record["dynamodb"].get(name, {}) for name in ("OldImage", "NewImage"))
    return any(image.get("visibility") == {"S": "public"} for image in images)


CASES = [
    Case("workers.like_counts", _likes),
    Case("workers.comment_counts", _comments),
    Case("workers.posts_removed", _deleted_posts),
    Case("workers.notices", _news, ignored=NOTICES),
    Case("workers.search_index", _written, ignored=_INDEX),
]
