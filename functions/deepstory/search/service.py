"""Use cases of searching."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from deepstory.clock import Clock
from deepstory.paging import Page, Position
from deepstory.posts.entities import Post, PostDetails
from deepstory.posts.feeds import (
    Feed,
    FeedEntry,
    Period,
    Sort,
    from_position,
    own_feed,
    public_feed,
    to_position,
)
from deepstory.posts.reader import PostReader, Visible
from deepstory.search.entities import bound_at
from deepstory.search.intersection import MAXIMUM_READS, Intersection
from deepstory.search.queries import Query, query_of
from deepstory.search.repository import Feeds, PostingRepository
from deepstory.search.terms import tag_term

# A page ends once so many posts were read for it, whether or not they turned out to match.
ENOUGH_EXAMINED = 200
_AT_ONCE = 50

Fetch = Callable[[FeedEntry | None, int], Sequence[FeedEntry]]


class SearchService:
    """Pages may be short, or empty, though more follows.

    What one page may read is bounded; then ``next`` goes on where its reads ended.
    """

    def __init__(
        self,
        *,
        postings: PostingRepository,
        posts: Feeds,
        reader: PostReader,
        clock: Clock,
        zone: str,
    ) -> None:
        self._postings = postings
        self._posts = posts
        self._reader = reader
        self._clock = clock
        self._zone = zone

    def find(
        self,
        *,
        text: str | None,
        tag: str | None,
        sort: Sort,
        period: Period,
        viewer_id: str | None,
        limit: int,
        position: Position | None = None,
    ) -> Page[PostDetails]:
        """List public posts with all words of a text, a tag or both.

        The newest come from the intersected lists of the index. The most liked are looked for in
        the ranking of the tag, or of all posts: with words that are rare among them in many pages.

        Raises UnsearchableError if the text has neither a letter nor a digit.
        """
        query = query_of(text=text, tag=tag)
        if sort == "latest":
            since = self._since(period, position)
            return self._newest(
                query, since=since, viewer_id=viewer_id, limit=limit, position=position
            )
        page = partial(self._page, query, viewer_id=viewer_id, limit=limit, position=position)
        if query.tag is None:
            return page(public_feed("top", period, now=self._clock.now(), zone=self._zone))
        ranking = tag_term(query.tag)
        return page(
            # The posts of a tag lie in the search index in the order of this feed.
            Feed("top_all", ranking, since=self._since(period, position)),
            fetch=lambda last, size: self._postings.most_liked(ranking, limit=size, after=last),
        )

    def find_own(
        self, *, text: str, owner_id: str, limit: int, position: Position | None = None
    ) -> Page[PostDetails]:
        """List one's own posts with all words of a text, newest first.

        Private posts are in no index, so one's posts are read for it.

        Raises UnsearchableError as ``find`` does.
        """
        return self._page(
            query_of(text=text),
            own_feed(owner_id),
            viewer_id=owner_id,
            limit=limit,
            position=position,
        )

    def _since(self, period: Period, position: Position | None) -> str:
        """Return the period's first id; a list that was begun goes on with its own."""
        if position is not None:
            return position["since"]
        return public_feed("latest", period, now=self._clock.now(), zone=self._zone).since

    def _newest(
        self,
        query: Query,
        *,
        since: str,
        viewer_id: str | None,
        limit: int,
        position: Position | None,
    ) -> Page[PostDetails]:
        walk = Intersection(self._postings, query.terms, start=bound_at(position), since=since)
        found: list[Visible] = []
        examined = 0
        while len(found) <= limit and examined < ENOUGH_EXAMINED:
            post_ids = walk.take(limit + 1 - len(found))
            examined += len(post_ids)
            visible = self._reader.visible_among(post_ids, viewer_id, _public(query))
            found += [visible[post_id] for post_id in post_ids if post_id in visible]
            if walk.is_over:
                break
        end = None if walk.is_done else walk.bound.position()
        if len(found) > limit:
            end = {"below": found[limit - 1].post.post_id}
        return Page(
            items=self._reader.describe(found[:limit], viewer_id),
            next={**end, "since": since} if end else None,
        )

    def _page(
        self,
        query: Query,
        feed: Feed,
        *,
        viewer_id: str | None,
        limit: int,
        position: Position | None,
        fetch: Fetch | None = None,
    ) -> Page[PostDetails]:
        """Look through a feed, or through what ``fetch`` gives in its place."""
        after: FeedEntry | None = None
        if position is not None:
            feed, after = from_position(feed, position)
        is_own = feed.index == "by_author"
        found, last = self._look_through(
            fetch or (lambda last, size: self._posts.entries(feed, limit=size, after=last)),
            where=query.matches if is_own else _public(query),
            since=feed.since,
            viewer_id=viewer_id,
            limit=limit,
            after=after,
        )
        return Page(
            items=self._reader.describe(found, viewer_id),
            next=to_position(feed, last) if last else None,
        )

    def _look_through(
        self,
        fetch: Fetch,
        *,
        where: Callable[[Post], bool],
        since: str,
        viewer_id: str | None,
        limit: int,
        after: FeedEntry | None,
    ) -> tuple[list[Visible], FeedEntry | None]:
        """Return a page of what matches, and the entry to go on after if anything may follow."""
        found: list[tuple[FeedEntry, Visible]] = []
        examined = 0
        size = limit + 1
        for _ in range(MAXIMUM_READS):
            entries = fetch(after, size)
            after = entries[-1] if len(entries) == size else None
            post_ids = [entry.post_id for entry in entries if entry.post_id >= since]
            examined += len(post_ids)
            visible = self._reader.visible_among(post_ids, viewer_id, where)
            found += [(e, visible[e.post_id]) for e in entries if e.post_id in visible]
            if after is None or len(found) > limit or examined >= ENOUGH_EXAMINED:
                break
            size = _AT_ONCE
        shown = found[:limit]
        if len(found) > limit:
            after = shown[-1][0]
        return [visible for _, visible in shown], after


def _public(query: Query) -> Callable[[Post], bool]:
    """Return whether a post is found; its author, who may see it always, finds no unlisted one."""
    return lambda post: post.is_listed and query.matches(post)
