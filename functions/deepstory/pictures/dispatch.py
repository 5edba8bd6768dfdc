"""Sending waiting pictures to the model server, and finding those that got lost there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from deepstory.clock import Clock
from deepstory.model_server.service import ModelServerService
from deepstory.observability import logger
from deepstory.pictures.endpoint import TAKES_AT_MOST, WAITS_AT_MOST, ModelEndpoint
from deepstory.pictures.entities import Picture, QueueName, due_until
from deepstory.pictures.errors import RequestNotTakenError
from deepstory.pictures.faults import LOST, after_fault, after_refusal
from deepstory.pictures.repository import PictureRepository

# A sender that has not said within this time that the request was taken is dead.
LEASE = timedelta(seconds=60)
# The endpoint's own limits, and time for its messages to come through.
ANSWER_WITHIN = WAITS_AT_MOST + TAKES_AT_MOST + timedelta(minutes=3)
# How long a look at the endpoint is good enough while sending.
_LOOK_AGE = timedelta(seconds=15)
_PER_PASS = 1000


class Dispatcher:
    def __init__(
        self,
        *,
        pictures: PictureRepository,
        endpoint: ModelEndpoint,
        model_server: ModelServerService,
        clock: Clock,
    ) -> None:
        self._pictures = pictures
        self._endpoint = endpoint
        self._model_server = model_server
        self._clock = clock

    def dispatch(self, *, picture_ids: Iterable[str]) -> int:
        """Send the waiting ones among these, unless the model server is off; return how many.

        Whoever sends one claims it first, so of any number of senders one does it.
        """
        server = self._model_server.current()
        if server.applied == "off":
            return 0
        sent = sum(self._send(picture_id) for picture_id in picture_ids)
        if sent and server.may_sleep(self._clock.now()):
            self._model_server.asked()
        return sent

    def dispatch_due(self, *, time_limit: timedelta) -> int:
        """Find what was lost, then send all that is due; return how many were sent.

        What is left when the time is over is sent by the next pass.
        """
        self._model_server.look(age=_LOOK_AGE)
        until = self._clock.now() + time_limit
        for picture_id in self._due_ids("sent"):
            self._recover(picture_id)
        in_time = (id_ for id_ in self._due_ids("waiting") if self._clock.now() < until)
        return self.dispatch(picture_ids=in_time)

    def _due_ids(self, queue: QueueName) -> list[str]:
        until = due_until(self._clock.now())
        return self._pictures.queued_ids(queue, limit=_PER_PASS, until=until)

    def _send(self, picture_id: str) -> bool:
        now = self._clock.now()
        picture = self._pictures.get(picture_id)
        if picture is None or picture.status != "waiting" or _later(picture, now):
            return False
        claimed = picture.claimed(now, lease=LEASE)
        if not self._pictures.replace(picture, claimed):
            return False
        try:
            self._endpoint.send(claimed)
        except RequestNotTakenError as error:
            logger().warning("a request was not taken", exc_info=error)
            self._pictures.replace(claimed, after_refusal(claimed, now=now))
            return False
        # Not written if the result was faster, or if it was cancelled: then nothing is missing.
        self._pictures.replace(claimed, claimed.taken(answer_within=ANSWER_WITHIN))
        return True

    def _recover(self, picture_id: str) -> None:
        """Have a picture sent again whose sender died, or for which no answer came."""
        now = self._clock.now()
        picture = self._pictures.get(picture_id)
        if picture is None or picture.status != "queued" or _later(picture, now):
            return
        if picture.is_taken:
            logger().warning("no answer came for a picture", extra={"picture": picture_id})
            self._pictures.replace(picture, after_fault(picture, LOST, now=now))
        else:
            self._pictures.replace(picture, picture.put_back(due_at=now))


def _later(picture: Picture, now: datetime) -> bool:
    return picture.due_at is not None and picture.due_at > now
