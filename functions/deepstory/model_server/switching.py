"""Telling the endpoint how many instances it may have: what admins and the schedule want."""

from __future__ import annotations

from datetime import timedelta

from deepstory.clock import Clock
from deepstory.model_server.auditing import ModelAuditor
from deepstory.model_server.entities import Mode, ModelServer
from deepstory.model_server.errors import ModelServerBusyError
from deepstory.model_server.host import ModelHost
from deepstory.model_server.schedules import ModelScheduleService
from deepstory.model_server.service import ModelServerService
from deepstory.observability import logger
from deepstory.pictures.repository import PictureRepository

_ATTEMPTS = 10
# How long a look at the endpoint is good enough, and when it failed and proves nothing.
_LOOK_AGE = timedelta(seconds=15)
_LOOK_FAILED = timedelta(seconds=30)


class ModelSwitch:
    """Every write is conditional and every call to the endpoint repeatable.

    So a run that breaks off anywhere is finished by the next, and of two at once the later one
    has its way.
    """

    def __init__(
        self,
        *,
        server: ModelServerService,
        schedules: ModelScheduleService,
        host: ModelHost,
        pictures: PictureRepository,
        auditor: ModelAuditor,
        clock: Clock,
    ) -> None:
        self._server = server
        self._schedules = schedules
        self._host = host
        self._pictures = pictures
        self._auditor = auditor
        self._clock = clock

    def switch(self, *, mode: Mode, by: str) -> ModelServer:
        """Change the mode; to be repeated if it fails, else the next ``tend`` finishes it.

        Off is noted before it takes effect and the others after, so that nothing is sent to a
        server that will not wake. A switch that changes anything is noted in the audit log as
        well, in the same write, so that repeating it adds nothing there.

        Raises
        ------
        ModelServerBusyError : the endpoint could not be told now.
        """
        return self._settle(mode, by)

    def tend(self) -> ModelServer:
        """Open and close windows, finish what broke off, stop a server that idles; repeatable.

        Raises
        ------
        ModelServerBusyError : the endpoint could not be told now.
        """
        self._settle()
        self._stop_if_idle(self._server.look(age=_LOOK_AGE))
        return self._server.current()

    def _settle(self, mode: Mode | None = None, by: str | None = None) -> ModelServer:
        """Bring together what is wanted now, what is noted, and what the endpoint was told.

        Whoever has told the endpoint anything goes on until that is what is noted too.
        """
        told = mode is not None
        for _ in range(_ATTEMPTS):
            now = self._clock.now()
            before = self._server.current()
            wish = before.wished(mode, by=by, at=now) if mode and by else before
            after = wish.under(self._schedules.current().window_at(now))
            is_due = after != before or before.unfinished == "switch" or before.is_astray(now)
            if not (told or is_due):
                return before
            entries = self._auditor.switched(before, after, by=by, at=now)
            if after.applied == "off":
                noted = self._server.write(before, after.switching(), entries)
                if noted is None:
                    continue
                mode = by = None
                before, after, entries = noted, noted, []
            self._host.scale(after.applied)
            told = True
            settled = self._server.write(before, after.settled(), entries)
            if settled is not None:
                return settled
        raise ModelServerBusyError(retry_after=1)

    def _stop_if_idle(self, server: ModelServer) -> None:
        """Stop it after a while without work; what arrives meanwhile stays and wakes it again.

        The stop is noted before it takes effect: then whoever sends a picture knows that it
        waits for a start, and a run that breaks off leaves something to be finished.
        """
        now = self._clock.now()
        if self._has_work():
            self._server.change(lambda known: known.worked(at=now))
            return
        if not server.is_fresh(now, _LOOK_FAILED):
            return
        if server.unfinished != "idle_stop":
            if server.last_work is None:
                self._server.change(lambda known: known.worked(at=now))
            if not server.has_idled(now, self._schedules.current().idle_time):
                return
            entry = self._auditor.stopped(server, at=now)
            stopping = self._server.write(server, server.stopping(), [entry])
            if stopping is None:
                return  # Something happened in this instant; the next run looks at it.
            logger().info("the model server idles and is stopped")
            server = stopping
        if server.state != "off":
            self._host.stop()
        self._server.change(lambda known: known.settled())

    def _has_work(self) -> bool:
        return any(self._pictures.queued_ids(queue, limit=1) for queue in ("sent", "waiting"))
