"""Use cases of whoever runs the service: switching the model server and watching its queue."""

from __future__ import annotations

from datetime import timedelta

from deepstory.clock import Clock
from deepstory.ids import created_at
from deepstory.model_server.control import ModelReport
from deepstory.model_server.cost import cost_of
from deepstory.model_server.entities import Mode
from deepstory.model_server.errors import ModelServerBusyError
from deepstory.model_server.schedules import ModelScheduleService, ScheduleOrder, ShownSchedule
from deepstory.model_server.service import ModelServerService
from deepstory.model_server.switching import ModelSwitch
from deepstory.observability import logger
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
        switch: ModelSwitch,
        schedules: ModelScheduleService,
        dispatcher: Dispatcher,
        pictures: PictureRepository,
        clock: Clock,
        instance_type: str,
    ) -> None:
        self._model_server = model_server
        self._switch = switch
        self._schedules = schedules
        self._dispatcher = dispatcher
        self._pictures = pictures
        self._clock = clock
        self._instance_type = instance_type

    def set_mode(self, *, mode: Mode, actor: str) -> ModelReport:
        """Switch the server and send at once what waited for that; repeatable.

        Raises
        ------
        ModelServerBusyError : the endpoint could not be told now.
        """
        server = self._switch.switch(mode=mode, by=actor)
        if server.applied != "off":
            self._dispatcher.dispatch_due(time_limit=_DISPATCH_TIME)
        return self._report(look_age=timedelta(0))

    def set_schedule(self, *, order: ScheduleOrder, actor: str) -> ShownSchedule:
        """Change the schedule, and at once what it says of this moment; repeatable.

        Raises
        ------
        ValueError : the windows overlap, or one of them is none.
        ModelServerBusyError : nothing was changed.
        """
        shown = self._schedules.change(order=order, by=actor)
        try:
            self._switch.tend()
        except ModelServerBusyError as error:
            # What was ordered is kept, and the next scheduled run is within a minute.
            logger().warning("a new schedule waits to be applied", exc_info=error)
        return shown

    def tend(self) -> ModelReport:
        """Do what the schedule and idleness ask for; the clock calls this every minute.

        Raises
        ------
        ModelServerBusyError : the endpoint could not be told now.
        """
        self._switch.tend()
        return self._report(look_age=_LOOK_AGE)

    def describe(self) -> ModelReport:
        """Return the server's state, queue and cost, from a look at the endpoint a moment ago."""
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
            effective_mode=server.applied,
            window=server.window,
            state=server.state,
            instances=server.instances,
            queue_length=len(queued),
            oldest_wait_seconds=max(0, int((now - oldest).total_seconds())),
            eta_seconds=server.eta_seconds(len(queued) + 1, now=now, since=None),
            cost=cost_of(
                server,
                self._model_server.meter,
                instance_type=self._instance_type,
                is_idle=not queued,
                now=now,
            ),
        )
