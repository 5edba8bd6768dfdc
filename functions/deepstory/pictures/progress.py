"""How far a picture is: its place in the queue and when it may be there."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from deepstory.clock import Clock
from deepstory.model_server.entities import ModelServer
from deepstory.model_server.service import ModelServerService
from deepstory.pictures.entities import Picture, ShownStatus
from deepstory.pictures.repository import PictureRepository

# Nobody needs to know more exactly than "over a thousand ahead of you".
COUNTED = 1000


class ShownPicture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture as its owner sees it; ``position`` counts from 1."""

    picture: Picture
    status: ShownStatus
    position: int | None = None
    eta_seconds: int | None = None


class ProgressReader:
    """Tells of many pictures at the cost of one; only unfinished ones cost any read."""

    def __init__(
        self,
        *,
        pictures: PictureRepository,
        model_server: ModelServerService,
        clock: Clock,
        concurrency: int,
    ) -> None:
        """``concurrency`` is how many requests one instance is handed at a time."""
        self._pictures = pictures
        self._model_server = model_server
        self._clock = clock
        self._concurrency = concurrency

    def show(self, pictures: Sequence[Picture]) -> list[ShownPicture]:
        """Return the pictures, in their order, with their progress."""
        if all(picture.is_final for picture in pictures):
            return [ShownPicture(picture=p, status=p.status) for p in pictures]
        server = self._model_server.current()
        places = self._places(pictures)
        behind = min(len(places) + 1, COUNTED)
        return [
            ShownPicture(picture=picture, status=picture.status)
            if picture.is_final
            else self._unfinished(picture, places.get(picture.picture_id, behind), server)
            for picture in pictures
        ]

    def _places(self, pictures: Sequence[Picture]) -> dict[str, int]:
        """Return the places by id of these and of all that stand before them."""
        sent_until = max((_key(p) for p in pictures if p.queue == "sent"), default=None)
        waiting_until = max((_key(p) for p in pictures if p.queue == "waiting"), default=None)
        if waiting_until is None:
            ids = self._pictures.queued_ids("sent", limit=COUNTED, until=sent_until)
        else:
            ids = self._pictures.queued_ids("sent", limit=COUNTED)
            ids += self._pictures.queued_ids("waiting", limit=COUNTED, until=waiting_until)
        return {id_: place for place, id_ in enumerate(dict.fromkeys(ids[:COUNTED]), start=1)}

    def _unfinished(self, picture: Picture, position: int, server: ModelServer) -> ShownPicture:
        now = self._clock.now()
        since = picture.sent_at if picture.queue == "sent" else None
        return ShownPicture(
            picture=picture,
            status="drawing" if self._is_drawing(picture, position, server) else picture.status,
            position=position,
            eta_seconds=server.eta_seconds(position, now=now, since=since),
        )

    def _is_drawing(self, picture: Picture, position: int, server: ModelServer) -> bool:
        """Tell whether the model has the request.

        SageMaker says nothing when it hands a request on. But it hands them on in the order in
        which it took them, and always as many as MaxConcurrentInvocationsPerInstance allows: so
        the first that many of the sent ones are in the container of a server that is running.
        """
        if picture.status != "queued" or not server.is_ready(self._clock.now()):
            return False
        return position <= self._concurrency * max(1, server.instances)


def _key(picture: Picture) -> str:
    return picture.queue_key or ""
