"""Use cases of whoever runs the service: switching the model server and watching its queue."""

from __future__ import annotations

from datetime import timedelta

from deepstory.clock import Clock
from deepstory.ids import created_at
from deepstory.model_server.control import ModelReport
from deepstory.model_server.entities import Mode
from deepstory.model_server.service import ModelServerService
from deepstory.pictures.dispatch import Dispatcher
from deepstory.pictures.progress import COUNTED
from deepstory.pictures.repository import PictureRepository

_LOOK_AGE = timedelta(seconds=5)
# The caller waits for the switch; the next scheduled pass sends what is left after this.
_DISPATCH_TIME = timedelta(seconds=5)


class ModelOperations:
    def __init__(
        self,
        *,
        model_server: ModelServerService,
        dispatcher: Dispatcher,
        pictures: PictureRepository,
        clock: Clock,
    ) -> None:
        self._model_server = model_server
        self._dispatcher = dispatcher
        self._pictures = pictures
        self._clock = clock

    def set_mode(self, *, mode: Mode, actor: str) -> ModelReport:
        """Switch the server and send at once what waited for that; repeatable.

        Raises
        ------
        ModelServerBusyError : the endpoint could not be told now.
        """
        self._model_server.switch(mode=mode, by=actor)
        if mode != "off":
            self._dispatcher.dispatch_due(time_limit=_DISPATCH_TIME)
        return self._report(look_age=timedelta(0))

    def describe(self) -> ModelReport:
        """Return the server's state and queue, from a look at the endpoint a moment ago."""
        return self._report(look_age=_LOOK_AGE)

    def _report(self, *, look_age: timedelta) -> ModelReport:
        server = self._model_server.look(age=look_age)
        now = self._clock.now()
        queued = [
            picture_id
            for queue in ("sent", "waiting")
            for picture_id in self._pictures.queued_ids(queue, limit=COUNTED)
        ]
        oldest = min(map(created_at, queued), default=now)
        return ModelReport(
            mode=server.mode,
            state=server.state,
            instances=server.instances,
            queue_length=len(queued),
            oldest_wait_seconds=max(0, int((now - oldest).total_seconds())),
            eta_seconds=server.eta_seconds(len(queued) + 1, now=now, since=None),
        )
