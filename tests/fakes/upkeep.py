"""What upkeep looks at, in memory and in small pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from deepstory.paging import Position
from deepstory.upkeep.backfill import IdPage
from deepstory.upkeep.counts import CountedPage
from deepstory.upkeep.sweeping import ObjectPage, Row, RowPage, StoredObject
from fakes.posts import MemoryPostRepository


def page_of(
    keys: Iterable[str], after: Position | None, size: int
) -> tuple[Sequence[str], Position | None]:
    left = sorted(key for key in keys if after is None or key > after["key"])
    return left[:size], {"key": left[size - 1]} if len(left) > size else None


class MemoryPostCounts:
    def __init__(self, posts: MemoryPostRepository, *, size: int = 2) -> None:
        self._posts = posts
        self._size = size
        self.pages = 0

    def page(self, *, after: Position | None) -> CountedPage:
        self.pages += 1
        ids, following = page_of(self._posts.posts, after, self._size)
        posts = [self._posts.posts[each] for each in ids]
        return CountedPage(
            [(p.post_id, {"likes": p.like_count, "comments": p.comment_count}) for p in posts],
            following,
        )


class MemoryObjects:
    """A bucket: keys, and when each was written."""

    def __init__(self, *, size: int = 3) -> None:
        self.stored: dict[str, datetime] = {}
        self.on_page: Callable[[str], None] = lambda prefix: None
        self._size = size

    def page(self, prefix: str, *, after: Position | None) -> ObjectPage:
        self.on_page(prefix)
        keys, following = page_of(
            (k for k in self.stored if k.startswith(prefix)), after, self._size
        )
        return ObjectPage([StoredObject(key, self.stored[key]) for key in keys], following)

    def are_there(self, file_key: str) -> bool:
        return all(f"pictures/{file_key}.{kind}" in self.stored for kind in ("png", "webp"))

    def remove(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.stored.pop(key, None)


class MemoryRows:
    def __init__(self, *, size: int = 3) -> None:
        self.stored: dict[str, Row] = {}
        self.redrawn: list[str] = []
        self._size = size

    def page(self, *, after: Position | None) -> RowPage:
        ids, following = page_of(self.stored, after, self._size)
        return RowPage([self.stored[each] for each in ids], following)

    def draw_again(self, picture_id: str) -> bool:
        row = self.stored[picture_id]
        self.redrawn.append(picture_id)
        self.stored[picture_id] = row._replace(is_ready=False)
        return row.is_ready


class MemoryOldRows:
    """Ids, and whether each is in today's form."""

    def __init__(self, *ids: str, size: int = 2) -> None:
        self.complete_ones: dict[str, bool] = dict.fromkeys(ids, False)
        self._size = size

    def page(self, *, after: Position | None) -> IdPage:
        old = [each for each, is_complete in self.complete_ones.items() if not is_complete]
        return IdPage(*page_of(old, after, self._size))

    def complete(self, row_id: str) -> bool:
        was_complete, self.complete_ones[row_id] = self.complete_ones[row_id], True
        return not was_complete
