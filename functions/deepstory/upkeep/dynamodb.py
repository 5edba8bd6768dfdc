"""What upkeep sees of the tables: scans, which it has in common with the nightly recount only."""

from __future__ import annotations

from typing import Any

from pynamodb.exceptions import UpdateError

from deepstory.accounts.directory import name_key
from deepstory.accounts.items import DIRECTORY, UserItem
from deepstory.clock import Clock
from deepstory.dynamodb import bound, is_conflict, is_refused, key_of
from deepstory.paging import Position
from deepstory.pictures.items import PictureItem
from deepstory.pictures.repository import PictureRepository
from deepstory.posts.items import PUBLIC_ATTRIBUTES, PostItem, public_attributes, to_post
from deepstory.secret_diaries.entities import entry_key
from deepstory.secret_diaries.items import SecretEntryItem
from deepstory.upkeep.backfill import IdPage
from deepstory.upkeep.counts import CountedPage
from deepstory.upkeep.sweeping import Row, RowPage

PAGE = 500
# Each may be hundreds of writes to the search index.
INDEXED_PAGE = 100


class DynamoDBPostCounts:
    def __init__(self, posts_table: str, *, size: int = PAGE) -> None:
        self._posts = bound(PostItem, posts_table)
        self._size = size

    def page(self, *, after: Position | None) -> CountedPage:
        found = self._posts.scan(
            limit=self._size,
            last_evaluated_key=key_of(after),
            attributes_to_get=["post_id", "like_count", "comment_count"],
        )
        counts = [
            (post.post_id, {"likes": int(post.like_count), "comments": int(post.comment_count)})
            for post in found
        ]
        return CountedPage(counts, _next(found, "post_id"))


class DynamoDBSecretEntryCounts:
    """Secret entries by their keys; nothing but counts is read, whoever may not see the rest."""

    def __init__(self, secret_entries_table: str, *, size: int = PAGE) -> None:
        self._entries = bound(SecretEntryItem, secret_entries_table)
        self._size = size

    def page(self, *, after: Position | None) -> CountedPage:
        found = self._entries.scan(
            limit=self._size,
            last_evaluated_key=key_of(after),
            attributes_to_get=["diary_id", "entry_id", "like_count", "comment_count"],
        )
        counts = [
            (
                entry_key(entry.diary_id, entry.entry_id),
                {"likes": int(entry.like_count), "comments": int(entry.comment_count)},
            )
            for entry in found
        ]
        return CountedPage(counts, _next(found, "diary_id", "entry_id"))


class DynamoDBPictureRows:
    def __init__(
        self,
        pictures_table: str,
        *,
        pictures: PictureRepository,
        clock: Clock,
        size: int = PAGE,
    ) -> None:
        self._items = bound(PictureItem, pictures_table)
        self._pictures = pictures
        self._clock = clock
        self._size = size

    def page(self, *, after: Position | None) -> RowPage:
        found = self._items.scan(
            consistent_read=True,
            limit=self._size,
            last_evaluated_key=key_of(after),
            attributes_to_get=["picture_id", "file_key", "status", "created_at"],
        )
        rows = [
            Row(item.picture_id, item.file_key, item.status == "ready", item.created_at)
            for item in found
        ]
        return RowPage(rows, _next(found, "picture_id"))

    def draw_again(self, picture_id: str) -> bool:
        picture = self._pictures.get(picture_id)
        if picture is None or picture.status != "ready":
            return False
        return self._pictures.replace(picture, picture.lost(due_at=self._clock.now()))


class DynamoDBOldUsers:
    """Users from before administrators could look for them."""

    def __init__(self, users_table: str, *, size: int = PAGE) -> None:
        self._users = bound(UserItem, users_table)
        self._size = size

    def page(self, *, after: Position | None) -> IdPage:
        found = self._users.scan(
            consistent_read=True,
            limit=self._size,
            last_evaluated_key=key_of(after),
            attributes_to_get=["user_id", "name_key"],
        )
        # Both keys came at once, and the other one has a default.
        ids = [user.user_id for user in found if user.name_key is None]
        return IdPage(ids, _next(found, "user_id"))

    def complete(self, row_id: str) -> bool:
        try:
            user = self._users.get(row_id, consistent_read=True, attributes_to_get=["name"])
        except self._users.DoesNotExist:
            return False
        actions = [
            UserItem.directory.set(DIRECTORY),
            UserItem.name_key.set(name_key(user.name)),
        ]
        return _updated(self._users(row_id), actions, UserItem.name == user.name)


class DynamoDBOldPosts:
    """Public posts, of which old ones lack what puts them into lists."""

    def __init__(self, posts_table: str, *, zone: str, size: int = INDEXED_PAGE) -> None:
        self._posts = bound(PostItem, posts_table)
        self._zone = zone
        self._size = size

    def page(self, *, after: Position | None) -> IdPage:
        found = self._posts.scan(
            consistent_read=True,
            limit=self._size,
            last_evaluated_key=key_of(after),
            attributes_to_get=["post_id", "visibility"],
        )
        ids = [post.post_id for post in found if post.visibility == "public"]
        return IdPage(ids, _next(found, "post_id"))

    def complete(self, row_id: str) -> bool:
        try:
            item = self._posts.get(row_id, consistent_read=True)
        except self._posts.DoesNotExist:
            return False
        post = to_post(item)
        if not post.is_listed or all(getattr(item, name) for name in PUBLIC_ATTRIBUTES):
            return False
        actions = [
            getattr(PostItem, name).set(value)
            for name, value in public_attributes(post, self._zone).items()
        ]
        # The rank follows from the count, so both must be as they were read.
        unchanged = (
            (PostItem.visibility == "public")
            & PostItem.hidden.does_not_exist()
            & (PostItem.like_count == post.like_count)
        )
        return _updated(self._posts(row_id), actions, unchanged)


def _next(found: Any, *keys: str) -> Position | None:
    """Return the position after a scan's page, None after the last."""
    end = found.last_evaluated_key
    return None if end is None else {key: end[key]["S"] for key in keys}


def _updated(item: Any, actions: list[Any], condition: Any) -> bool:
    try:
        item.update(actions, condition)
    except UpdateError as error:
        if is_refused(error) or is_conflict(error):
            return False
        raise
    return True
