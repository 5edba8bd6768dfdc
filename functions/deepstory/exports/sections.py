"""What an export consists of: one list for each kind of thing that is somebody's.

A new kind is one function here, or beside its feature, and one line where the sections are put
together (``deepstory.account_services``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from deepstory.blocks.repository import BlockRepository
from deepstory.clock import to_rfc3339
from deepstory.comments.dynamodb import CommentItem
from deepstory.comments.entities import post_of
from deepstory.dynamodb import bound
from deepstory.ids import created_at
from deepstory.likes.entities import Like
from deepstory.likes.repository import LikeRepository
from deepstory.notices.repository import NoticeRepository
from deepstory.pictures.entities import Picture
from deepstory.pictures.repository import PictureRepository
from deepstory.posts.entities import Post
from deepstory.posts.feeds import FeedEntry, own_feed
from deepstory.posts.repository import PostRepository
from deepstory.reports.dynamodb import ReportItem

_PAGE = 100


class Section(msgspec.Struct, frozen=True):
    """``records`` yields what stands in ``<name>.json``: anything that msgspec can encode.

    It is given the user's id, reads in pages, and holds one page at a time.
    """

    name: str
    records: Callable[[str], Iterator[Any]]


def posts_of(posts: PostRepository, user_id: str) -> Iterator[Post]:
    """Return the posts, newest first."""
    after: FeedEntry | None = None
    while True:
        entries = posts.entries(own_feed(user_id), limit=_PAGE, after=after)
        found = posts.get_many(entry.post_id for entry in entries)
        yield from (found[each.post_id] for each in entries if each.post_id in found)
        if len(entries) < _PAGE:
            return
        after = entries[-1]


def pictures_of(pictures: PictureRepository, user_id: str) -> Iterator[Picture]:
    """Return the pictures, newest first."""
    position = None
    while True:
        page = pictures.list_of(user_id, limit=_PAGE, position=position)
        yield from page.items
        if page.next is None:
            return
        position = page.next


def post_section(posts: PostRepository) -> Section:
    def records(user_id: str) -> Iterator[dict[str, Any]]:
        for post in posts_of(posts, user_id):
            yield {
                "id": post.post_id,
                "title": post.title,
                "text": post.text,
                "diary_date": post.diary_date,
                "weather": post.weather,
                "mood": post.mood,
                "tags": post.tags,
                "visibility": post.visibility,
                "sensitive": post.sensitive,
                "picture_id": post.picture_id,
                "like_count": post.like_count,
                "comment_count": post.comment_count,
                "created_at": to_rfc3339(post.created_at),
                "updated_at": to_rfc3339(post.updated_at),
            }

    return Section("posts", records)


def picture_section(pictures: PictureRepository) -> Section:
    def records(user_id: str) -> Iterator[dict[str, Any]]:
        for picture in pictures_of(pictures, user_id):
            drawn = picture.drawn
            yield {
                "id": picture.picture_id,
                "file": picture_name(picture) if drawn else None,
                "status": picture.status,
                "prompt": picture.prompt,
                "model_prompt": picture.model_prompt,
                "negative_prompt": picture.negative_prompt,
                "style": picture.style,
                "aspect": picture.aspect,
                "seed": picture.seed,
                "width": drawn.width if drawn else None,
                "height": drawn.height if drawn else None,
                "created_at": to_rfc3339(picture.created_at),
            }

    return Section("pictures", records)


def comment_section(comments_table: str) -> Section:
    comments = bound(CommentItem, comments_table)

    def records(user_id: str) -> Iterator[dict[str, Any]]:
        keys: list[tuple[str, str]] = []
        for item in comments.by_author.query(user_id, page_size=_PAGE):
            keys.append((item.parent, item.comment_id))
            if len(keys) == _PAGE:
                yield from _comments(keys)
                keys = []
        yield from _comments(keys)

    def _comments(keys: list[tuple[str, str]]) -> Iterator[dict[str, Any]]:
        found = {item.comment_id: item for item in comments.batch_get(keys)} if keys else {}
        for _, comment_id in keys:
            if comment_id in found:
                item = found[comment_id]
                yield {
                    "id": comment_id,
                    # What belongs to a secret diary is named by its own key.
                    "on": post_of(item.parent) or item.parent,
                    "text": item.text,
                    "created_at": to_rfc3339(item.created_at),
                }

    return Section("comments", records)


def like_section(likes: LikeRepository) -> Section:
    def records(user_id: str) -> Iterator[dict[str, Any]]:
        after: Like | None = None
        while True:
            entries = likes.entries(user_id, limit=_PAGE, after=after)
            for like in entries:
                liked_at = to_rfc3339(created_at(like.liked_id))
                yield {"post_id": like.post_id, "liked_at": liked_at}
            if len(entries) < _PAGE:
                return
            after = entries[-1]

    return Section("likes", records)


def block_section(blocks: BlockRepository) -> Section:
    def records(user_id: str) -> Iterator[dict[str, Any]]:
        after: str | None = None
        while True:
            entries = blocks.entries(user_id, limit=_PAGE, after=after)
            for block in entries:
                since = to_rfc3339(block.created_at)
                yield {"user_id": block.blocked_id, "blocked_at": since}
            if len(entries) < _PAGE:
                return
            after = entries[-1].blocked_id

    return Section("blocks", records)


def notice_section(notices: NoticeRepository) -> Section:
    def records(user_id: str) -> Iterator[dict[str, Any]]:
        before: int | None = None
        while True:
            entries = notices.entries(user_id, limit=_PAGE, before=before)
            for notice in entries:
                yield {
                    "kind": notice.news.kind,
                    "about": notice.news.targets,
                    "created_at": to_rfc3339(notice.created_at),
                }
            if len(entries) < _PAGE:
                return
            before = entries[-1].number

    return Section("notifications", records)


def report_section(reports_table: str) -> Section:
    reports = bound(ReportItem, reports_table)

    def records(user_id: str) -> Iterator[dict[str, Any]]:
        keys = [item.report_id for item in reports.by_reporter.query(user_id)]
        for item in reports.batch_get(keys) if keys else ():
            yield {
                "target_type": item.target_type,
                "target_id": item.target_id,
                "reason": item.reason,
                "created_at": to_rfc3339(item.created_at),
            }

    return Section("reports", records)


def picture_name(picture: Picture) -> str:
    """Return a picture's file in the ZIP: by month, and with its day and id."""
    day = picture.created_at
    return f"pictures/{day:%Y-%m}/{day:%Y-%m-%d}-{picture.picture_id}.png"
