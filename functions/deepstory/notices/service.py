"""Use cases of reading notices."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from deepstory.blocks.repository import Blocks
from deepstory.clock import Clock
from deepstory.notices.entities import Inbox, Notice, Notices, ShownNotice
from deepstory.notices.errors import UnknownNoticeError
from deepstory.notices.repository import Names, NoticeRepository
from deepstory.paging import Position


class NoticeService:
    def __init__(
        self, *, notices: NoticeRepository, names: Names, blocks: Blocks, clock: Clock
    ) -> None:
        self._notices = notices
        self._names = names
        self._blocks = blocks
        self._clock = clock

    def list_of(self, *, user_id: str, limit: int, position: Position | None = None) -> Notices:
        """List what somebody was told in the last 90 days, newest first."""
        before = int(position["before"]) if position else None
        inbox = self._notices.inbox(user_id)
        # One more than asked for tells whether anything follows.
        found = self._notices.entries(user_id, limit=limit + 1, before=before)
        now = self._clock.now().timestamp()
        # Expired notices are removed some time later: until then they are passed over.
        live = list(takewhile(lambda notice: notice.expires_at > now, found))
        shown = live[:limit]
        return Notices(
            items=self._shown(shown, inbox),
            unread=self._unread(inbox),
            next={"before": str(shown[-1].number)} if len(live) > limit else None,
        )

    def mark_read(self, *, user_id: str, up_to: int | None = None) -> None:
        """Note notices as read: up to a number, or all that there are.

        Whoever names the newest that was shown loses none that came meanwhile.

        Raises
        ------
        UnknownNoticeError : the number was not given out yet.
        """
        inbox = self._notices.inbox(user_id)
        if up_to is not None and up_to > inbox.last:
            raise UnknownNoticeError(fields={"up_to": "is not one of your notifications"})
        wanted = inbox.last if up_to is None else up_to
        if wanted > inbox.read:
            self._notices.mark_read(user_id, wanted)

    def _unread(self, inbox: Inbox) -> int:
        if inbox.read >= inbox.last:
            return 0
        now = self._clock.now()
        first = self._notices.first_after(inbox.user_id, inbox.read, now=now)
        return 0 if first is None else max(0, inbox.last - first + 1)

    def _shown(self, notices: Sequence[Notice], inbox: Inbox) -> list[ShownNotice]:
        actors = {notice.news.actor_id for notice in notices if notice.news.actor_id}
        actors -= self._blocks.apart_from(inbox.user_id, actors)
        names = self._names.names_of(user_ids=actors)
        return [
            ShownNotice(
                notice=notice,
                is_read=notice.number <= inbox.read,
                actor_name=names.get(notice.news.actor_id or ""),
            )
            for notice in notices
        ]
