"""Use cases of searching."""

from __future__ import annotations

from collections.abc import Callable

from deepstory.clock import Clock
from deepstory.paging import Page, Position
from deepstory.posts.entities import Post, PostDetails
from deepstory.posts.feeds import (
    FeedEntry,
    Period,
    Sort,
    from_position,
    own_feed,
    public_feed,
    to_position,
)
from deepstory.posts.reader import PostReader, Visible
from deepstory.search.entities import Ranked, bound_at
from deepstory.search.errors import UnsupportedOrderError
from deepstory.search.intersection import Intersection
from deepstory.search.queries import Query, query_of
from deepstory.search.repository import Feeds, PostingRepository

# So many posts are read for a page at most, whether or not they turn out to match.
MAXIMUM_EXAMINED = 200
_OWN_POSTS_AT_ONCE = 50


class SearchService:
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
        """List public posts with all words of a text, a tag or both, newest first.

        Posts of a tag can be had most liked first too. A page of the newest may be short, or
        empty, though more follows: then ``next`` goes on where a bounded number of reads ended.

        Raises
        ------
        UnsearchableError : the text has neither a letter nor a digit.
        UnsupportedOrderError : words have no most liked posts, and a tag only of all time.
        """
        query = query_of(text=text, tag=tag)
        if sort == "top":
            return self._most_liked(
                query, period=period, viewer_id=viewer_id, limit=limit, position=position
            )
        since = (position or {}).get("since")
        if since is None:
            since = public_feed("latest", period, now=self._clock.now(), zone=self._zone).since
        places = {name: text for name, text in (position or {}).items() if name != "since"}
        walk = Intersection(
            self._postings, query.terms, start=bound_at(places or None), since=since
        )
        found = self._walk(walk, query, viewer_id=viewer_id, wanted=limit + 1)
        next_bound: Position | None = None if walk.is_done else walk.bound.position()
        if len(found) > limit:
            next_bound = {"below": found[limit - 1].post.post_id}
        return Page(
            items=self._reader.describe(found[:limit], viewer_id),
            next={**next_bound, "since": since} if next_bound else None,
        )

    def find_own(
        self, *, text: str, owner_id: str, limit: int, position: Position | None = None
    ) -> Page[PostDetails]:
        """List one's own posts with all words of a text, private ones too, newest first.

        Private posts are in no index. A bounded number of one's posts is read for a page, which
        may be short or empty though more follows.

        Raises UnsearchableError as ``find`` does.
        """
        query = query_of(text=text)
        feed = own_feed(owner_id)
        after = None if position is None else from_position(feed, position)[1]
        found: list[Visible] = []
        examined = 0
        while len(found) <= limit and examined < MAXIMUM_EXAMINED:
            entries = self._posts.entries(feed, limit=_OWN_POSTS_AT_ONCE, after=after)
            post_ids = [entry.post_id for entry in entries]
            visible = self._reader.visible_among(post_ids, owner_id, query.matches)
            found += [visible[post_id] for post_id in post_ids if post_id in visible]
            if len(entries) < _OWN_POSTS_AT_ONCE:
                after = None
                break
            examined += len(entries)
            after = entries[-1]
        if len(found) > limit:
            last = found[limit - 1].post.post_id
            after = FeedEntry(last, last)
        return Page(
            items=self._reader.describe(found[:limit], owner_id),
            next=to_position(feed, after) if after else None,
        )

    def _walk(
        self, walk: Intersection, query: Query, *, viewer_id: str | None, wanted: int
    ) -> list[Visible]:
        found: list[Visible] = []
        examined = 0
        while len(found) < wanted and examined < MAXIMUM_EXAMINED:
            post_ids = walk.take(wanted - len(found))
            if post_ids:
                examined += len(post_ids)
                visible = self._reader.visible_among(post_ids, viewer_id, _found(query))
                found += [visible[post_id] for post_id in post_ids if post_id in visible]
            if walk.is_done or walk.is_out_of_reads:
                break
        return found

    def _most_liked(
        self,
        query: Query,
        *,
        period: Period,
        viewer_id: str | None,
        limit: int,
        position: Position | None,
    ) -> Page[PostDetails]:
        if period != "all":
            reason = "only posts of all time can be had most liked first with a tag"
            raise UnsupportedOrderError(fields={"period": reason})
        if query.words or query.runs:
            raise UnsupportedOrderError(fields={"sort": "what is searched for comes newest first"})
        (tag_term,) = query.terms
        return self._reader.page(
            lambda last, size: self._postings.most_liked(tag_term, limit=size, after=last),
            to_position=lambda last: {"post_id": last.post_id, "rank": last.rank},
            viewer_id=viewer_id,
            limit=limit,
            after=Ranked(position["post_id"], position["rank"]) if position else None,
            where=_found(query),
        )


def _found(query: Query) -> Callable[[Post], bool]:
    """Return whether a post is found; its author, who may see it always, finds no private one."""
    return lambda post: post.visibility == "public" and query.matches(post)
