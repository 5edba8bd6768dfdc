"""Use cases of the model server: switching it, and knowing how it does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from deepstory.audit.entities import AuditEntry
from deepstory.clock import Clock
from deepstory.ids import IdFactory
from deepstory.model_server.entities import Average, Mode, ModelServer
from deepstory.model_server.errors import ModelServerBusyError
from deepstory.model_server.host import ModelHost
from deepstory.model_server.repository import ModelServerRepository
from deepstory.observability import logger

_ATTEMPTS = 10


class ModelServerService:
    def __init__(
        self,
        *,
        repository: ModelServerRepository,
        host: ModelHost,
        clock: Clock,
        ids: IdFactory,
        first_cold_start: float,
        first_drawing: float,
    ) -> None:
        """The first values, in seconds, are guesses that hold until something was measured."""
        self._repository = repository
        self._host = host
        self._clock = clock
        self._ids = ids
        self._first = ModelServer(
            cold_start=Average(first_cold_start),
            drawing=Average(first_drawing),
            interval=Average(first_drawing),
        )

    def current(self) -> ModelServer:
        """Return what is known, without asking the endpoint."""
        return self._repository.get() or self._first

    def look(self, *, age: timedelta) -> ModelServer:
        """Return what is known, after asking the endpoint if the knowledge is older than that.

        An endpoint that does not answer leaves things as they were known.
        """
        server = self.current()
        now = self._clock.now()
        if server.is_fresh(now, age):
            return server
        try:
            observation = self._host.observe()
        except ModelServerBusyError as error:
            logger().warning("the endpoint could not be observed", exc_info=error)
            return server
        return self._change(lambda known: known.observed(observation, at=now))

    def switch(self, *, mode: Mode, by: str) -> ModelServer:
        """Change the mode; to be repeated if it fails.

        Off is noted before it takes effect and the others after, so that nothing is sent to a
        server that will not wake. A switch to another mode is noted in the audit log as well,
        in the same write, so that repeating it adds nothing there.

        Raises
        ------
        ModelServerBusyError : the endpoint could not be told now.
        """
        if mode == "off":
            self._note(mode, by)
        self._host.scale(mode)
        return self.current() if mode == "off" else self._note(mode, by)

    def asked(self) -> None:
        """Note that requests were sent, so that a start is timed from now."""
        now = self._clock.now()
        self._try(lambda known: known.asked(at=now))

    def drew(self, *, received_at: datetime, finished_at: datetime) -> None:
        """Note that a picture was drawn, for the estimates."""
        self._try(lambda known: known.drew(received_at=received_at, finished_at=finished_at))

    def _note(self, mode: Mode, by: str) -> ModelServer:
        now = self._clock.now()
        for _ in range(_ATTEMPTS):
            before = self.current()
            after = before.switched(mode, by=by, at=now)
            entry = self._entry(before.mode, after) if before.mode != mode else None
            if self._repository.replace(after, entry):
                return after
        raise ModelServerBusyError(retry_after=1)

    def _entry(self, before: Mode, after: ModelServer) -> AuditEntry:
        assert after.changed_by and after.changed_at  # noqa: S101  # just switched
        return AuditEntry(
            entry_id=self._ids.new(),
            at=after.changed_at,
            actor_id=after.changed_by,
            action="model_mode_changed",
            target_type="model_server",
            target_id="main",
            before={"mode": before},
            after={"mode": after.mode},
        )

    def _change(self, change: Callable[[ModelServer], ModelServer]) -> ModelServer:
        for _ in range(_ATTEMPTS):
            after = self._try(change)
            if after is not None:
                return after
        raise ModelServerBusyError(retry_after=1)

    def _try(self, change: Callable[[ModelServer], ModelServer]) -> ModelServer | None:
        """Change it once; losing a race loses one value of an average, which does no harm."""
        before = self.current()
        after = change(before)
        return after if after is before or self._repository.replace(after) else None
