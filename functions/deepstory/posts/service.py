"""Use cases of writing and reading posts."""

from __future__ import annotations

from datetime import date
from functools import partial

import msgspec
from msgspec import UNSET

from deepstory.accounts.entities import User
from deepstory.clock import Clock, local_date
from deepstory.errors import NotFoundError
from deepstory.idempotency import Claim
from deepstory.ids import IdFactory
from deepstory.paging import Page, Position
from deepstory.pictures.entities import Picture
from deepstory.posts.entities import Changes, Draft, Post, PostDetails
from deepstory.posts.errors import InvalidDiaryDateError, UnusablePictureError
from deepstory.posts.feeds import (
    Feed,
    FeedEntry,
    Period,
    Sort,
    author_feed,
    from_position,
    own_feed,
    public_feed,
    to_position,
)
from deepstory.posts.reader import PostReader
from deepstory.posts.repository import Authors, Pictures, PostRepository

FIRST_DIARY_DATE = date(1900, 1, 1)
# A picture may still be developing; one that failed or was cancelled never will.
_HOPELESS = frozenset({"failed", "cancelled"})


class PostService:
    def __init__(
        self,
        *,
        posts: PostRepository,
        reader: PostReader,
        authors: Authors,
        pictures: Pictures,
        clock: Clock,
        ids: IdFactory,
        zone: str,
    ) -> None:
        self._posts = posts
        self._reader = reader
        self._authors = authors
        self._pictures = pictures
        self._clock = clock
        self._ids = ids
        self._zone = zone

    def write(
        self, *, author_id: str, draft: Draft, claim: Claim[Post] | None = None
    ) -> PostDetails:
        """Create a post.

        Raises
        ------
        InvalidDiaryDateError : the date lies after the author's today, or before 1900.
        UnusablePictureError : not a picture of the author's that is or will be ready.
        DuplicateRequestError : the claim's request was carried out before.
        """
        author = self._authors.me(user_id=author_id)
        now = self._clock.now()
        today = local_date(now, author.timezone)
        picture = self._usable_picture(draft.picture_id, author_id)
        values = msgspec.structs.asdict(draft)
        post = Post(
            **values | {"diary_date": _diary_date(draft.diary_date or today, today=today)},
            post_id=self._ids.new(),
            author_id=author_id,
            like_count=0,
            created_at=now,
            updated_at=now,
        )
        self._posts.add(post, claim.record(post) if claim else None)
        return PostDetails(post=post, author_name=author.name, liked=False, picture=picture)

    def read(self, *, post_id: str, viewer_id: str | None, as_admin: bool = False) -> PostDetails:
        """Raise NotFoundError unless the viewer may see the post."""
        return self._reader.read(post_id=post_id, viewer_id=viewer_id, as_admin=as_admin)

    def edit(self, *, post_id: str, author_id: str, changes: Changes) -> PostDetails:
        """Change what is given and keep the rest.

        Raises
        ------
        NotFoundError : the author has no such post.
        InvalidDiaryDateError, UnusablePictureError : as in writing.
        """
        if changes.diary_date is not UNSET:
            author = self._authors.me(user_id=author_id)
            _diary_date(changes.diary_date, today=self._today_of(author))
        if changes.picture_id is not UNSET:
            self._usable_picture(changes.picture_id, author_id)
        if changes.given():
            now = self._clock.now()
            post = self._posts.change(post_id, author_id=author_id, changes=changes, now=now)
        else:
            post = self._posts.get(post_id)
        if post is None or post.author_id != author_id:
            raise NotFoundError
        return self._reader.details(post=post, viewer_id=author_id)

    def delete(self, *, post_id: str, author_id: str) -> None:
        """Raise NotFoundError unless the author has such a post."""
        if not self._posts.remove(post_id, author_id=author_id):
            raise NotFoundError

    def public(
        self,
        *,
        sort: Sort,
        period: Period,
        viewer_id: str | None,
        limit: int,
        position: Position | None = None,
    ) -> Page[PostDetails]:
        """List public posts, newest or most liked first, of a current period or of all time."""
        feed = public_feed(sort, period, now=self._clock.now(), zone=self._zone)
        return self._page(feed, viewer_id=viewer_id, limit=limit, position=position)

    def own(
        self, *, author_id: str, limit: int, position: Position | None = None
    ) -> Page[PostDetails]:
        """List the author's posts, private ones too, newest first."""
        return self._page(own_feed(author_id), viewer_id=author_id, limit=limit, position=position)

    def of_author(
        self, *, author_id: str, viewer_id: str | None, limit: int, position: Position | None = None
    ) -> Page[PostDetails]:
        """List an author's public posts, newest first; raise NotFoundError without an author."""
        if not self._authors.names_of(user_ids=[author_id]):
            raise NotFoundError
        feed = author_feed(author_id)
        return self._page(feed, viewer_id=viewer_id, limit=limit, position=position)

    def _page(
        self, feed: Feed, *, viewer_id: str | None, limit: int, position: Position | None
    ) -> Page[PostDetails]:
        after: FeedEntry | None = None
        if position is not None:
            feed, after = from_position(feed, position)
        return self._reader.page(
            lambda last, size: self._posts.entries(feed, limit=size, after=last),
            to_position=partial(to_position, feed),
            viewer_id=viewer_id,
            limit=limit,
            after=after,
        )

    def _usable_picture(self, picture_id: str | None, owner_id: str) -> Picture | None:
        if picture_id is None:
            return None
        picture = self._pictures.get(picture_id)
        if picture is None or picture.owner_id != owner_id:
            raise UnusablePictureError(fields={"picture_id": "is not one of your pictures"})
        if picture.status in _HOPELESS:
            raise UnusablePictureError(fields={"picture_id": f"is {picture.status}"})
        return picture

    def _today_of(self, author: User) -> date:
        return local_date(self._clock.now(), author.timezone)


def _diary_date(day: date, *, today: date) -> date:
    if not FIRST_DIARY_DATE <= day <= today:
        raise InvalidDiaryDateError(
            fields={"diary_date": f"must be a day from {FIRST_DIARY_DATE} to {today}"}
        )
    return day
