"""Use cases of asking for an export and fetching it."""

from __future__ import annotations

import os
from datetime import timedelta

import msgspec

from deepstory.clock import Clock
from deepstory.errors import NotFoundError, UnavailableError
from deepstory.exports.entities import Export, ShownExport
from deepstory.exports.errors import TooManyExportsError
from deepstory.exports.repository import ExportRepository, ExportUrls
from deepstory.ids import IdFactory, RandomBytes
from deepstory.limits import LimitRepository, window
from deepstory.queues import Queue

PER_DAY = 5
URL_SECONDS = 3600
_FILE_KEY_BYTES = 20


class ExportService:
    def __init__(
        self,
        *,
        exports: ExportRepository,
        urls: ExportUrls,
        limits: LimitRepository,
        orders: Queue,
        clock: Clock,
        ids: IdFactory,
        random_bytes: RandomBytes = os.urandom,
    ) -> None:
        self._exports = exports
        self._urls = urls
        self._limits = limits
        self._orders = orders
        self._clock = clock
        self._ids = ids
        self._random_bytes = random_bytes

    def begin(self, *, user_id: str) -> ShownExport:
        """Have everything of the user packed; while that is under way, it is the same export.

        Raises
        ------
        TooManyExportsError : five new ones within a day are enough.
        """
        export = self._under_way(user_id) or self._begun(user_id)
        if export.leased_until is None:
            # Said again until somebody has begun: the one before may have died before saying so.
            self._orders.send(msgspec.json.encode(export.order))
        return self._shown(export)

    def show(self, *, user_id: str, export_id: str) -> ShownExport:
        """Return one of the user's exports; raise NotFoundError for others, and expired ones."""
        export = self._exports.get(user_id, export_id)
        # Expiry is compared, not left to the table's and the bucket's clean-up.
        if export is None or export.expires_at <= self._clock.now():
            raise NotFoundError
        return self._shown(export)

    def _under_way(self, user_id: str) -> Export | None:
        export = self._exports.running(user_id)
        if export is None or export.status_at(self._clock.now()) != "pending":
            return None
        return export

    def _begun(self, user_id: str) -> Export:
        now = self._clock.now()
        limit = window(
            f"exports#{user_id}",
            maximum=PER_DAY,
            length=timedelta(days=1),
            now=now,
            owner_id=user_id,
        )
        if not self._limits.take(limit):
            raise TooManyExportsError(retry_after=limit.seconds_left(now))
        export = Export(
            user_id=user_id,
            export_id=self._ids.new(),
            status="pending",
            file_key=self._random_bytes(_FILE_KEY_BYTES).hex(),
            requested_at=now,
        )
        if self._exports.add(export):
            return export
        self._limits.give_back(limit)
        # Another request of the same user was faster.
        other = self._under_way(user_id)
        if other is None:
            raise UnavailableError(retry_after=1)
        return other

    def _shown(self, export: Export) -> ShownExport:
        now = self._clock.now()
        status = export.status_at(now)
        if status != "ready":
            return ShownExport(
                export_id=export.export_id, status=status, requested_at=export.requested_at
            )
        left = int((export.expires_at - now).total_seconds())
        return ShownExport(
            export_id=export.export_id,
            status=status,
            requested_at=export.requested_at,
            url=self._urls.url(
                export.object_key,
                name=f"deep-story-{export.requested_at:%Y-%m-%d}.zip",
                seconds=max(1, min(URL_SECONDS, left)),
            ),
            size=export.size,
            expires_at=export.expires_at,
        )
