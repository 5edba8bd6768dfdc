"""Knowing how the model server does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from msgspec.structs import replace

from deepstory.audit.entities import AuditEntry
from deepstory.clock import Clock
from deepstory.model_server.averages import Average
from deepstory.model_server.entities import ModelServer
from deepstory.model_server.errors import ModelServerBusyError
from deepstory.model_server.host import ModelHost
from deepstory.model_server.repository import ModelServerRepository
from deepstory.model_server.usage import Meter
from deepstory.observability import logger

_ATTEMPTS = 10


class ModelServerService:
    def __init__(
        self,
        *,
        repository: ModelServerRepository,
        host: ModelHost,
        clock: Clock,
        meter: Meter,
        first_cold_start: float,
        first_drawing: float,
    ) -> None:
        """The first values, in seconds, are guesses that hold until something was measured."""
        self._repository = repository
        self._host = host
        self._clock = clock
        self.meter = meter
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

        The running time since the last look is added up in the same write. An endpoint that
        does not answer leaves things as they were known.
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
        return self.change(lambda known: known.observed(observation, at=now, meter=self.meter))

    def asked(self) -> None:
        """Note that requests were sent, so that a start is timed from now."""
        now = self._clock.now()
        self._try(lambda known: known.asked(at=now))

    def drew(self, *, received_at: datetime, finished_at: datetime) -> None:
        """Note that a picture was drawn, for the estimates and as the end of work."""
        with suppress(ModelServerBusyError):
            self.change(
                lambda known: known.drew(
                    received_at=received_at, finished_at=finished_at, meter=self.meter
                )
            )

    def change(self, change: Callable[[ModelServer], ModelServer]) -> ModelServer:
        """Write a change of what is known, and return it.

        Raises
        ------
        ModelServerBusyError : it was contended for too long.
        """
        for _ in range(_ATTEMPTS):
            after = self._try(change)
            if after is not None:
                return after
        raise ModelServerBusyError(retry_after=1)

    def write(
        self, before: ModelServer, after: ModelServer, entries: Sequence[AuditEntry] = ()
    ) -> ModelServer | None:
        """Write the one over the other and return it; None if another was written meanwhile."""
        written = replace(after, version=before.version + 1)
        return written if self._repository.replace(written, entries) else None

    def _try(self, change: Callable[[ModelServer], ModelServer]) -> ModelServer | None:
        """Change it once; losing a race loses one value of an average, which does no harm."""
        before = self.current()
        after = change(before)
        return after if after is before else self.write(before, after)
