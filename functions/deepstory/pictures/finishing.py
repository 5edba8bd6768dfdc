"""Taking what the model server drew, or why it did not."""

from __future__ import annotations

from datetime import datetime, timedelta

from deepstory.clock import Clock
from deepstory.model_server.service import ModelServerService
from deepstory.observability import logger
from deepstory.pictures.dispatch import Dispatcher
from deepstory.pictures.entities import Drawn, Picture
from deepstory.pictures.errors import NotAPictureError, ResultMissingError
from deepstory.pictures.faults import NOT_A_PICTURE, Fault, after_fault
from deepstory.pictures.files import ModelOutput, PictureFiles
from deepstory.pictures.imaging import develop
from deepstory.pictures.repository import PictureRepository

_ATTEMPTS = 5
# Clocks of different services differ by less than this, and attempts by more.
_CLOCK_DIFFERENCE = timedelta(seconds=1)


class Finisher:
    """Every message may come twice, late, or for a picture that is gone."""

    def __init__(
        self,
        *,
        pictures: PictureRepository,
        files: PictureFiles,
        output: ModelOutput,
        model_server: ModelServerService,
        dispatcher: Dispatcher,
        clock: Clock,
    ) -> None:
        self._pictures = pictures
        self._files = files
        self._output = output
        self._model_server = model_server
        self._dispatcher = dispatcher
        self._clock = clock

    def complete(
        self, *, picture_id: str, location: str, received_at: datetime, finished_at: datetime
    ) -> None:
        """Keep what the model server drew, if anybody still waits for it.

        The result is removed last: whatever breaks off before, a repetition finds it again and
        writes the same objects at the same place.
        """
        picture = self._pictures.get(picture_id)
        if picture is not None and not picture.is_final:
            self._develop(picture, location, received_at, finished_at)
        elif picture is not None and picture.status != "ready":
            # It was given up after a delivery that broke off when it had kept the objects.
            self._files.remove(picture)
        self._output.remove(location)

    def fail(
        self,
        *,
        picture_id: str,
        fault: Fault,
        received_at: datetime,
        location: str | None = None,
    ) -> None:
        """Send the picture again, or give it up; ``received_at`` says which sending failed."""
        if self._put_back(picture_id, fault, received_at):
            self._dispatcher.dispatch(picture_ids=[picture_id])
        if location is not None:
            self._output.remove(location)

    def _develop(
        self, picture: Picture, location: str, received_at: datetime, finished_at: datetime
    ) -> None:
        try:
            image = develop(self._output.read(location))
        except (NotAPictureError, ResultMissingError) as error:
            logger().error("a result is no picture", exc_info=error)
            self.fail(picture_id=picture.picture_id, fault=NOT_A_PICTURE, received_at=received_at)
            return
        self._files.keep(picture, image=image.png, thumbnail=image.thumbnail)
        if self._finish(picture, image.drawn):
            self._model_server.drew(received_at=received_at, finished_at=finished_at)

    def _finish(self, picture: Picture, drawn: Drawn) -> bool:
        """Note the picture as ready; if nobody wants it any more, remove its objects."""
        latest: Picture | None = picture
        for _ in range(_ATTEMPTS):
            if latest is None or latest.status in ("cancelled", "failed"):
                self._files.remove(picture)
                return False
            if latest.status == "ready":
                return False
            if self._pictures.replace(latest, latest.finished(drawn)):
                return True
            latest = self._pictures.get(picture.picture_id)
        raise RuntimeError("the picture changed too often to be finished")

    def _put_back(self, picture_id: str, fault: Fault, received_at: datetime) -> bool:
        """Note the fault; True if the picture waits to be sent at once."""
        for _ in range(_ATTEMPTS):
            now = self._clock.now()
            picture = self._pictures.get(picture_id)
            if picture is None or picture.status != "queued" or picture.sent_at is None:
                return False
            if received_at + _CLOCK_DIFFERENCE < picture.sent_at:
                return False  # An earlier sending failed, and this one is under way.
            after = after_fault(picture, fault, now=now)
            if self._pictures.replace(picture, after):
                return after.status == "waiting" and after.due_at == now
        raise RuntimeError("the picture changed too often to be put back")
