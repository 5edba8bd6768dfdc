"""Erasers of what is more than an item: counted, with objects, or seen by others."""

from __future__ import annotations

from pynamodb.exceptions import UpdateError

from deepstory.dynamodb import bound, is_refused
from deepstory.exports.dynamodb import ExportItem
from deepstory.exports.entities import object_key
from deepstory.exports.repository import ExportFiles
from deepstory.notices.dynamodb import NoticeItem, guard_key
from deepstory.pictures.files import PictureFiles
from deepstory.pictures.items import PictureItem
from deepstory.pictures.repository import PictureRepository
from deepstory.posts.feeds import own_feed
from deepstory.posts.items import PostItem
from deepstory.posts.repository import PostRepository
from deepstory.reports.dynamodb import ReportItem


class PostEraser:
    """Deletes posts as their author does: counted, and with likes and comments to follow."""

    name = "posts"

    def __init__(self, posts: PostRepository, posts_table: str) -> None:
        self._posts = posts
        self._items = bound(PostItem, posts_table)

    def erase(self, user_id: str, *, limit: int) -> int:
        entries = self._posts.entries(own_feed(user_id), limit=limit, after=None)
        for entry in entries:
            self._posts.remove(entry.post_id, author_id=user_id)
        return len(entries)

    def count(self, user_id: str) -> int:
        return self._items.count(user_id, index_name="by_author")


class PictureEraser:
    """Deletes pictures and their objects, the objects first: a break leaves the way to them."""

    name = "pictures"

    def __init__(
        self, pictures: PictureRepository, files: PictureFiles, pictures_table: str
    ) -> None:
        self._pictures = pictures
        self._files = files
        self._items = bound(PictureItem, pictures_table)

    def erase(self, user_id: str, *, limit: int) -> int:
        pictures = self._pictures.list_of(user_id, limit=limit).items
        for picture in pictures:
            self._files.remove(picture)
            if self._pictures.remove(picture):
                # One that was just being finished may have put its objects there in between.
                self._files.remove(picture)
        return len(pictures)

    def count(self, user_id: str) -> int:
        return self._items.count(user_id, index_name="by_owner")


class ExportEraser:
    """Deletes exports and their ZIPs, these first: a break leaves the way to them."""

    name = "exports"

    def __init__(self, files: ExportFiles, exports_table: str) -> None:
        self._files = files
        self._items = bound(ExportItem, exports_table)

    def erase(self, user_id: str, *, limit: int) -> int:
        items = list(self._items.query(user_id, consistent_read=True, limit=limit))
        for item in items:
            if item.file_key:
                self._files.remove(object_key(item.file_key))
            item.delete()
            if item.file_key:
                # A worker that was just ending may have put it there in between.
                self._files.remove(object_key(item.file_key))
        return len(items)

    def count(self, user_id: str) -> int:
        return self._items.count(user_id, consistent_read=True)


class ReporterEraser:
    """Takes the reporter out of reports: what was reported may still have to be decided."""

    name = "reports_by"

    def __init__(self, reports_table: str) -> None:
        self._items = bound(ReportItem, reports_table)

    def erase(self, user_id: str, *, limit: int) -> int:
        items = list(self._items.by_reporter.query(user_id, limit=limit))
        for item in items:
            try:
                self._items(item.report_id).update(
                    [ReportItem.reporter_id.remove()], ReportItem.reporter_id == user_id
                )
            except UpdateError as error:
                if not is_refused(error):
                    raise
        return len(items)

    def count(self, user_id: str) -> int:
        return self._items.count(user_id, index_name="by_reporter")


class ActorEraser:
    """Takes somebody out of the notices that others were given; the notices stay numbered."""

    name = "notices_of_others"

    def __init__(self, notices_table: str) -> None:
        self._items = bound(NoticeItem, notices_table)

    def erase(self, user_id: str, *, limit: int) -> int:
        found = list(self._items.by_actor.query(user_id, limit=limit))
        keys = [(item.user_id, item.notice_key) for item in found]
        notices = list(self._items.batch_get(keys, consistent_read=True)) if keys else []
        for notice in notices:
            if notice.actor_id != user_id:
                continue
            # The guard first: its key holds the actor too, and only the notice leads to it.
            self._items(notice.user_id, guard_key(notice.news_key)).delete()
            try:
                self._items(notice.user_id, notice.notice_key).update(
                    [
                        NoticeItem.actor_id.remove(),
                        NoticeItem.news_key.set(f"gone#{notice.notice_key}"),
                    ],
                    NoticeItem.actor_id == user_id,
                )
            except UpdateError as error:
                if not is_refused(error):
                    raise
        return len(found)

    def count(self, user_id: str) -> int:
        return self._items.count(user_id, index_name="by_actor")
