"""What the picture use cases need from storage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from deepstory.idempotency import IdempotencyRecord
from deepstory.limits import Limit
from deepstory.paging import Page, Position
from deepstory.pictures.entities import Picture, QueueName, Style


class PictureRepository(Protocol):
    def add(self, pictures: Sequence[Picture], record: IdempotencyRecord | None = None) -> None:
        """Write the pictures of one request and count them in their quota, or nothing.

        Raises QuotaExceededError, or DuplicateRequestError when the record exists already.
        """

    def get(self, picture_id: str) -> Picture | None:
        """Read consistently."""

    def get_many(self, picture_ids: Iterable[str]) -> dict[str, Picture]:
        """Return the pictures that exist, by id, in as few reads as the store allows."""

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
        """Return pictures, newest first, with ids from ``first_id`` to before ``end_id``."""

    def replace(self, before: Picture, after: Picture, *, give_back: Limit | None = None) -> bool:
        """Write ``after`` if the stored picture is still ``before``; False otherwise.

        With ``give_back`` one use of that limit is taken back in the same transaction.
        """

    def remove(self, picture: Picture) -> bool:
        """Delete a picture in whatever state it is; False if it was gone."""

    def queued_ids(self, queue: QueueName, *, limit: int, until: str | None = None) -> list[str]:
        """Return the ids at the head of a queue, in its order; a moment behind is allowed.

        ``until`` is the last ``queue_key`` that is of interest.
        """
