"""What the clock looks after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import boto3

from deepstory.pictures.entities import Drawn, Picture
from support.redelivery import Case, Record
from support.scenes import Scene

_INDEX = {
    "postings": frozenset({"version"}),
    "indexed_posts": frozenset({"version", "expires_at"}),
}
# It tells how often a bucket was written.
_VERSIONS = {"counters": frozenset({"version"})}


def _keys(scene: Scene) -> Sequence[Record]:
    return []


def _damaged_statistics(scene: Scene) -> Sequence[Record]:
    for number in range(5):
        author = scene.sign_up(f"p{number}")
        scene.write(author)
    table = boto3.resource("dynamodb").Table("counters")
    for item in table.scan()["Items"][::2]:
        key = {name: item[name] for name in ("counter", "bucket")}
        table.update_item(
            Key=key,
            UpdateExpression="ADD #c :n",
            ExpressionAttributeNames={"#c": "u"},
            ExpressionAttributeValues={":n": 7},
        )
    return []


def _damaged_counts(scene: Scene) -> Sequence[Record]:
    people = [scene.sign_up(f"p{number}") for number in range(3)]
    posts = [scene.write(people[0]) for _ in range(4)]
    for post_id in posts:
        scene.like(post_id, *people)
        scene.comment(post_id, people[1])
    for post_id, counted in zip(posts, (3, 5, 1, 0), strict=True):
        scene.count_likes(post_id, counted)
    return []


def _left_objects(scene: Scene) -> Sequence[Record]:
    owner = scene.sign_up("mina")
    pictures = scene.order(owner, 4)
    for picture in pictures[:3]:
        _finish(scene, picture)
    lost = pictures[2]
    scene.services.picture_files.remove(lost)
    client = boto3.client("s3")
    left = [f"pictures/{number:040x}.{kind}" for number in range(3) for kind in ("png", "webp")]
    for key in (*left, "async-output/left.out", "pictures/readme.txt"):
        client.put_object(Bucket=scene.bucket, Key=key, Body=b"left")
    # The objects were written now, by the engine's own clock.
    now = datetime.now(UTC).replace(hour=12) + timedelta(days=10)
    scene.clock.advance(seconds=(now - scene.clock.now()).total_seconds())
    return []


def _finish(scene: Scene, picture: Picture) -> None:
    repository = scene.services.picture_repository
    queued = picture.claimed(scene.clock.now(), lease=timedelta(minutes=1))
    ready = queued.finished(Drawn(width=64, height=64, dominant_color="#cc2211"))
    scene.services.picture_files.keep(ready, image=b"png", thumbnail=b"webp")
    assert repository.replace(picture, queued)
    assert repository.replace(queued, ready)


def _old_rows(scene: Scene) -> Sequence[Record]:
    people = [scene.sign_up(f"p{number}") for number in range(3)]
    posts = [scene.write(people[0]) for _ in range(3)]
    scene.write(people[0], visibility="private")
    resource = boto3.resource("dynamodb")
    for user_id in people[:2]:
        _strip(resource.Table("users"), {"user_id": user_id}, "directory, name_key")
    for post_id in posts[:2]:
        _strip(resource.Table("posts"), {"post_id": post_id}, "public_id, comment_count")
    return []


def _strip(table, key: dict[str, str], names: str) -> None:  # type: ignore[no-untyped-def]  # boto3 without stubs
    table.update_item(Key=key, UpdateExpression=f"REMOVE {names}")


CASES = [
    Case("scheduler.rotate_signing_keys", _keys),
    Case("scheduler.rebuild_stats", _damaged_statistics, ignored=_VERSIONS),
    Case(
        "scheduler.verify_counts",
        _damaged_counts,
        # Until what is found at once has been wrong for longer than a day.
        calls=5,
        pause=timedelta(hours=7),
    ),
    Case("scheduler.sweep_pictures", _left_objects, ignored=_VERSIONS),
    Case("scheduler.backfill", _old_rows, ignored=_INDEX),
]
