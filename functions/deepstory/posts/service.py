"""Use cases of writing and reading posts."""

from __future__ import annotations

from functools import partial

import msgspec
from msgspec import UNSET

from deepstory.clock import Clock
from deepstory.errors import NotFoundError
from deepstory.idempotency import Claim
from deepstory.ids import IdFactory
from deepstory.paging import Page, Position
from deepstory.posts.checks import EntryChecks
from deepstory.posts.entities import Changes, Draft, Post, PostDetails
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
        self._checks = EntryChecks(pictures=pictures, clock=clock)
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
        diary_date = self._checks.diary_date(draft.diary_date, author=author)
        picture = self._checks.usable_picture(draft.picture_id, owner_id=author_id)
        post = Post(
            **msgspec.structs.asdict(draft) | {"diary_date": diary_date},
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
            self._checks.diary_date(changes.diary_date, author=self._authors.me(user_id=author_id))
        if changes.picture_id is not UNSET:
            self._checks.usable_picture(changes.picture_id, owner_id=author_id)
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
