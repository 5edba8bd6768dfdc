"""What the audit log says of the model server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from deepstory.audit.entities import SCHEDULER, Action, AuditEntry, State
from deepstory.clock import to_rfc3339
from deepstory.ids import IdFactory
from deepstory.model_server.entities import ModelServer
from deepstory.model_server.schedule import ModelSchedule, in_words

_TARGET = "main"


class ModelAuditor:
    def __init__(self, ids: IdFactory) -> None:
        self._ids = ids

    def switched(
        self, before: ModelServer, after: ModelServer, *, by: str | None, at: datetime
    ) -> list[AuditEntry]:
        """Return what a change of the mode, of the open window or of both is to be told as.

        Without an actor nobody wanted the change, but the schedule.
        """
        return [
            *self._mode(before, after, by, at),
            *self._windows(before, after, at),
        ]

    def stopped(self, server: ModelServer, *, at: datetime) -> AuditEntry:
        last = server.last_work
        after = {"state": "stopping"} | ({"idle_since": to_rfc3339(last)} if last else {})
        return self._entry("model_idle_stopped", SCHEDULER, at, {"state": server.state}, after)

    def scheduled(
        self, before: ModelSchedule, after: ModelSchedule, *, by: str, at: datetime
    ) -> AuditEntry:
        return self._entry("model_schedule_changed", by, at, in_words(before), in_words(after))

    def _mode(
        self, before: ModelServer, after: ModelServer, by: str | None, at: datetime
    ) -> Iterator[AuditEntry]:
        changes = before.mode != after.mode or before.applied != after.applied
        if by is not None and changes:
            yield self._entry("model_mode_changed", by, at, _modes(before), _modes(after))

    def _windows(
        self, before: ModelServer, after: ModelServer, at: datetime
    ) -> Iterator[AuditEntry]:
        closed, opened = before.window, after.window
        if closed and opened and closed.starts_at == opened.starts_at:
            return
        if closed:
            ended = {"window": to_rfc3339(closed.starts_at)}
            yield self._entry(
                "model_window_closed", SCHEDULER, at, _modes(before) | ended, _modes(after)
            )
        if opened:
            until = {"until": to_rfc3339(opened.ends_at)}
            yield self._entry(
                "model_window_opened", SCHEDULER, at, _modes(before), _modes(after) | until
            )

    def _entry(
        self, action: Action, actor: str, at: datetime, before: State, after: State
    ) -> AuditEntry:
        return AuditEntry(
            entry_id=self._ids.new(),
            at=at,
            actor_id=actor,
            action=action,
            target_type="model_server",
            target_id=_TARGET,
            before=before,
            after=after,
        )


def _modes(server: ModelServer) -> dict[str, str]:
    """Return what is wanted, and what holds if that is something else."""
    if server.applied == server.mode:
        return {"mode": server.mode}
    return {"mode": server.mode, "effective_mode": server.applied}
