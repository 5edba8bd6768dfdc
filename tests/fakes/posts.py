"""Posts in memory, with the behaviour that the contract tests demand of both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from threading import RLock
from typing import Any

from msgspec.structs import replace

from deepstory.accounts.entities import User
from deepstory.comments.service import CommentService
from deepstory.counting import FIRST_SEQUENCE
from deepstory.idempotency import DuplicateRequestError, IdempotencyRecord
from deepstory.likes.service import LikeService
from deepstory.limits import Limit
from deepstory.pictures.entities import Picture, Status
from deepstory.posts.counters import PostCounter
from deepstory.posts.entities import Changes, Draft, Post
from deepstory.posts.feeds import Feed, FeedEntry, Period, buckets, rank
from deepstory.posts.reader import PostReader
from deepstory.posts.service import PostService
from deepstory.stats.counting import less, of_post
from fakes.blocks import MemoryBlockRepository
from fakes.comments import MemoryCommentRepository
from fakes.core import START, FixedClock, MemoryIdempotencyRepository, fake_ids
from fakes.likes import MemoryLikeRepository
from fakes.stats import MemoryCounterRepository

ZONE = "Asia/Seoul"
_PERIODS: dict[str, Period] = {"top_day": "day", "top_week": "week", "top_month": "month"}


class MemoryPostRepository:
    """Also the counters of likes and comments: all write to the same posts."""

    def __init__(
        self,
        idempotency: MemoryIdempotencyRepository | None = None,
        statistics: MemoryCounterRepository | None = None,
    ) -> None:
        self.posts: dict[str, Post] = {}
        self._statistics = statistics or MemoryCounterRepository()
        self.lock = RLock()
        self._idempotency = idempotency or MemoryIdempotencyRepository()
        self.counters = MemoryPostCounterRepository(self, "like_count")
        self.comment_counters = MemoryPostCounterRepository(self, "comment_count")

    def add(self, post: Post, record: IdempotencyRecord | None = None) -> None:
        if record:
            if record.key in self._idempotency.records:
                raise DuplicateRequestError
            self._idempotency.records[record.key] = record
        if post.post_id not in self.posts:
            self.posts[post.post_id] = post
            self._statistics.add(of_post(post.post_id, post.created_at))

    def get(self, post_id: str) -> Post | None:
        return self.posts.get(post_id)

    def get_many(self, post_ids: Iterable[str]) -> dict[str, Post]:
        return {post_id: self.posts[post_id] for post_id in post_ids if post_id in self.posts}

    def change(
        self, post_id: str, *, author_id: str, changes: Changes, now: datetime
    ) -> Post | None:
        with self.lock:
            post = self.posts.get(post_id)
            if post is None or post.author_id != author_id:
                return None
            changed = replace(post, **changes.given(), updated_at=now)
            self.posts[post_id] = changed
            return changed

    def set_hidden(self, post_id: str, *, hidden: bool) -> bool:
        with self.lock:
            post = self.posts.get(post_id)
            if post is None:
                return False
            self.posts[post_id] = replace(post, hidden=hidden)
            return True

    def remove(self, post_id: str, *, author_id: str) -> bool:
        with self.lock:
            post = self.posts.get(post_id)
            if post is None or post.author_id != author_id:
                return False
            del self.posts[post_id]
            self._statistics.add(less(of_post(post_id, post.created_at)))
            return True

    def entries(self, feed: Feed, *, limit: int, after: FeedEntry | None) -> Sequence[FeedEntry]:
        entries = sorted(
            (
                FeedEntry(post.post_id, _key(feed, post))
                for post in self.posts.values()
                if _belongs(feed, post)
            ),
            key=lambda entry: (entry.key, entry.post_id),
            reverse=True,
        )
        if after is not None:
            entries = [e for e in entries if (e.key, e.post_id) < (after.key, after.post_id)]
        return entries[:limit]


class MemoryPostCounterRepository:
    def __init__(self, posts: MemoryPostRepository, counted: str) -> None:
        self._posts = posts
        self._counted = counted
        self._sequences: dict[str, int] = {}

    def get(self, counted_id: str) -> PostCounter | None:
        with self._posts.lock:
            post = self._posts.get(counted_id)
            if post is None:
                return None
            return PostCounter(
                post_id=counted_id,
                count=getattr(post, self._counted),
                last_sequence=self._sequences.get(counted_id, FIRST_SEQUENCE),
                listed=post.is_listed,
            )

    def replace(self, counter: PostCounter, *, count: int, last_sequence: int) -> bool:
        with self._posts.lock:
            stored = self.get(counter.post_id)
            if stored is None or (stored.last_sequence, stored.listed) != (
                counter.last_sequence,
                counter.listed,
            ):
                return False
            post = self._posts.posts[counter.post_id]
            self._posts.posts[counter.post_id] = replace(post, **{self._counted: count})
            self._sequences[counter.post_id] = last_sequence
            return True


class FakeAuthors:
    """People by id, all in one time zone."""

    def __init__(self, *users: User) -> None:
        self.users = {user.user_id: user for user in users}

    def me(self, *, user_id: str) -> User:
        return self.users[user_id]

    def names_of(self, *, user_ids: Iterable[str], suspended: bool = False) -> dict[str, str]:
        known = [self.users[uid] for uid in user_ids if uid in self.users]
        return {user.user_id: user.name for user in known if suspended or not user.is_suspended}


class FakePictures:
    def __init__(self, *pictures: Picture) -> None:
        self.pictures = {picture.picture_id: picture for picture in pictures}

    def get(self, picture_id: str) -> Picture | None:
        return self.pictures.get(picture_id)

    def get_many(self, picture_ids: Iterable[str]) -> dict[str, Picture]:
        return {pid: self.pictures[pid] for pid in picture_ids if pid in self.pictures}


def _belongs(feed: Feed, post: Post) -> bool:
    if feed.index == "by_author":
        return post.author_id == feed.partition
    if feed.index == "public_by_author" and post.author_id != feed.partition:
        return False
    if not post.is_listed or post.post_id < feed.since:
        return False
    period = _PERIODS.get(feed.index)
    return period is None or buckets(post.created_at, ZONE)[period] == feed.partition


def _key(feed: Feed, post: Post) -> str:
    if feed.index in ("by_author", "public_by_author", "by_feed"):
        return post.post_id
    return rank(post.like_count, post.post_id)


def a_user(user_id: str, *, name: str = "미나", timezone: str = ZONE) -> User:
    return User(
        user_id=user_id,
        email=f"{user_id}@example.com",
        name=name,
        password_hash="hash",
        birth_date=START.date(),
        gender="undisclosed",
        language="ko",
        timezone=timezone,
        role="user",
        created_at=START,
        updated_at=START,
    )


def a_picture(picture_id: str, *, owner_id: str, status: Status = "ready") -> Picture:
    return Picture(
        picture_id=picture_id,
        owner_id=owner_id,
        status=status,
        prompt="바다",
        model_prompt="바다, 수채화",
        style="watercolor",
        aspect="1:1",
        negative_prompt=None,
        seed=1,
        file_key="file",
        quota=Limit(key="quota", maximum=1, ends_at=START),
        created_at=START,
        due_at=None,
    )


class World:
    """The services around posts over memory, and two people: u1 (미나) and u2 (Jun)."""

    def __init__(self) -> None:
        self.clock = FixedClock()
        self.idempotency = MemoryIdempotencyRepository()
        self.posts = MemoryPostRepository(self.idempotency)
        self.likes = MemoryLikeRepository()
        self.blocks = MemoryBlockRepository()
        self.comments = MemoryCommentRepository(self.idempotency)
        self.authors = FakeAuthors(a_user("u1"), a_user("u2", name="Jun"))
        self.pictures = FakePictures()
        ids = fake_ids(self.clock)
        self.reader = PostReader(
            posts=self.posts,
            authors=self.authors,
            blocks=self.blocks,
            likes=self.likes,
            pictures=self.pictures,
        )
        self.post_service = PostService(
            posts=self.posts,
            reader=self.reader,
            authors=self.authors,
            pictures=self.pictures,
            clock=self.clock,
            ids=ids,
            zone=ZONE,
        )
        self.like_service = LikeService(likes=self.likes, reader=self.reader, ids=ids)
        self.comment_service = CommentService(
            comments=self.comments,
            reader=self.reader,
            authors=self.authors,
            blocks=self.blocks,
            clock=self.clock,
            ids=ids,
        )

    def write(self, author_id: str = "u1", **fields: Any) -> str:
        """Write a public post and return its id; each is a second younger than the one before."""
        self.clock.advance(seconds=1)
        draft = Draft(**{"title": "제목", "text": "글", "visibility": "public"} | fields)
        return self.post_service.write(author_id=author_id, draft=draft).post.post_id
