"""Pictures in memory, and fakes of everything that drawing one needs."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from PIL import Image

from deepstory.idempotency import DuplicateRequestError, IdempotencyRecord
from deepstory.limits import Limit
from deepstory.paging import Page, Position
from deepstory.pictures.entities import Picture, QueueName, Style
from deepstory.pictures.errors import (
    QuotaExceededError,
    RequestNotTakenError,
    ResultMissingError,
)
from deepstory.stats.counting import less, of_picture
from fakes.core import START, MemoryIdempotencyRepository, MemoryLimitRepository
from fakes.stats import MemoryCounterRepository

QUOTA = Limit(key="pictures#u1#2026-11-22", maximum=50, ends_at=START.replace(hour=15))
LOCATION = "s3://bucket/async-output/1.out"


def a_picture(picture_id: str = "p1", **changes: Any) -> Picture:
    """Return a picture that was just asked for."""
    fields: dict[str, Any] = {
        "owner_id": "u1",
        "status": "waiting",
        "prompt": "바다",
        "model_prompt": "바다, 수채화",
        "style": "watercolor",
        "aspect": "1:1",
        "negative_prompt": None,
        "seed": 7,
        "file_key": f"file-{picture_id}",
        "quota": QUOTA,
        "created_at": START,
        "due_at": START,
    }
    return Picture(picture_id=picture_id, **fields | changes)


def an_image(
    size: tuple[int, int] = (64, 48), color: str = "#cc2211", format_: str = "PNG"
) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, color).save(buffer, format_)
    return buffer.getvalue()


class MemoryPictureRepository:
    def __init__(
        self,
        limits: MemoryLimitRepository | None = None,
        idempotency: MemoryIdempotencyRepository | None = None,
        counters: MemoryCounterRepository | None = None,
    ) -> None:
        self.pictures: dict[str, Picture] = {}
        self._limits = limits or MemoryLimitRepository()
        self._idempotency = idempotency or MemoryIdempotencyRepository()
        self._counters = counters or MemoryCounterRepository()

    def add(self, pictures: Sequence[Picture], record: IdempotencyRecord | None = None) -> None:
        if record and record.key in self._idempotency.records:
            raise DuplicateRequestError
        if not self._limits.take(pictures[0].quota, len(pictures)):
            raise QuotaExceededError
        for picture in pictures:
            self.pictures[picture.picture_id] = picture
        if record:
            self._idempotency.records[record.key] = record

    def get(self, picture_id: str) -> Picture | None:
        return self.pictures.get(picture_id)

    def get_many(self, picture_ids: Iterable[str]) -> dict[str, Picture]:
        return {id_: self.pictures[id_] for id_ in picture_ids if id_ in self.pictures}

    def list_of(
        self,
        owner_id: str,
        *,
        limit: int,
        position: Position | None = None,
        style: Style | None = None,
        first_id: str | None = None,
        end_id: str | None = None,
    ) -> Page[Picture]:
        before = position["picture_id"] if position else "~"
        found = [
            picture
            for id_, picture in sorted(self.pictures.items(), reverse=True)
            if picture.owner_id == owner_id
            and style in (None, picture.style)
            and (first_id or "") <= id_ < (end_id or "~")
            and id_ < before
        ]
        if len(found) <= limit:
            return Page(items=found)
        last = found[limit - 1]
        return Page(items=found[:limit], next={"owner_id": owner_id, "picture_id": last.picture_id})

    def replace(self, before: Picture, after: Picture, *, give_back: Limit | None = None) -> bool:
        stored = self.pictures.get(before.picture_id)
        if stored is None or stored.version != before.version:
            return False
        self.pictures[after.picture_id] = after
        if after.status == "ready" != before.status:
            self._counters.add(of_picture(after.picture_id, after.created_at))
        if before.status == "ready" != after.status:
            self._counters.add(less(of_picture(after.picture_id, after.created_at)))
        if give_back:
            self._limits.give_back(give_back)
        return True

    def remove(self, picture: Picture) -> bool:
        stored = self.pictures.get(picture.picture_id)
        if stored is None or stored.owner_id != picture.owner_id:
            return False
        del self.pictures[picture.picture_id]
        if stored.status == "ready":
            self._counters.add(less(of_picture(stored.picture_id, stored.created_at)))
        return True

    def queued_ids(self, queue: QueueName, *, limit: int, until: str | None = None) -> list[str]:
        found = sorted(
            (picture.queue_key or "", id_)
            for id_, picture in self.pictures.items()
            if picture.queue == queue
        )
        return [id_ for key, id_ in found if until is None or key <= until][:limit]


class FakeEndpoint:
    """Takes every picture, until it is told not to."""

    def __init__(self) -> None:
        self.sent: list[Picture] = []
        self.refuses = False

    def send(self, picture: Picture) -> None:
        if self.refuses:
            raise RequestNotTakenError
        self.sent.append(picture)


class MemoryPictureFiles:
    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def keep(self, picture: Picture, *, image: bytes, thumbnail: bytes) -> None:
        self.objects[picture.image_key] = image
        self.objects[picture.thumbnail_key] = thumbnail

    def remove(self, picture: Picture) -> None:
        self.objects.pop(picture.image_key, None)
        self.objects.pop(picture.thumbnail_key, None)


class MemoryModelOutput:
    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def read(self, location: str) -> bytes:
        if location not in self.objects:
            raise ResultMissingError
        return self.objects[location]

    def remove(self, location: str) -> None:
        self.objects.pop(location, None)


class FakeUrls:
    def url(self, key: str) -> str:
        return f"https://pictures.example/{key}"
