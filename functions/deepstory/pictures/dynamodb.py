"""Pictures in DynamoDB."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace
from pynamodb.connection import Connection
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from deepstory.dynamodb import (
    TransactionRefusedError,
    bound,
    is_conflict,
    is_refused,
    key_of,
    transact,
)
from deepstory.errors import UnavailableError
from deepstory.idempotency import (
    DuplicateRequestError,
    DynamoDBIdempotencyRepository,
    IdempotencyRecord,
    unclaimed,
)
from deepstory.limits import DynamoDBLimitRepository, Limit, fits, taking
from deepstory.paging import Page, Position
from deepstory.pictures.entities import Picture, QueueName, Style
from deepstory.pictures.errors import QuotaExceededError
from deepstory.pictures.items import PictureItem, attributes_of, changes, picture_of
from deepstory.stats.counting import less, of_picture
from deepstory.stats.dynamodb import DynamoDBCounterRepository
from deepstory.stats.entities import Amounts

_FILTERED_PAGE = 200
# Losing a race means that the picture went a step on, of which it has few left.
_REMOVAL_ATTEMPTS = 10


class DynamoDBPictureRepository:
    def __init__(
        self,
        *,
        pictures_table: str,
        limits: DynamoDBLimitRepository | None,
        idempotency: DynamoDBIdempotencyRepository | None,
        counters: DynamoDBCounterRepository | None,
        connection: Connection,
    ) -> None:
        """Leave out what this process has no business with.

        Limits and idempotency are for creating and cancelling, counters for finishing and
        removing.
        """
        self._pictures = bound(PictureItem, pictures_table)
        self._limits = limits
        self._idempotency = idempotency
        self._counters = counters
        self._connection = connection

    def add(self, pictures: Sequence[Picture], record: IdempotencyRecord | None = None) -> None:
        limits, idempotency = self._limits, self._idempotency
        assert limits is not None and idempotency is not None  # noqa: S101  # not a worker
        quota = replace(pictures[0].quota, owner_id=pictures[0].owner_id)

        def build(transaction: TransactWrite) -> None:
            for picture in pictures:
                transaction.save(
                    self._pictures(picture.picture_id, **attributes_of(picture)),
                    condition=PictureItem.picture_id.does_not_exist(),
                )
            if record is not None:
                transaction.save(idempotency.item(record), condition=unclaimed())
            transaction.update(
                limits.items(quota.key),
                actions=taking(quota, len(pictures)),
                condition=fits(quota, len(pictures)),
            )

        try:
            transact(self._connection, build)
        except TransactionRefusedError as error:
            if record is not None and len(pictures) in error.failed:
                raise DuplicateRequestError from error
            if len(pictures) + (record is not None) in error.failed:
                raise QuotaExceededError from error
            raise

    def get(self, picture_id: str) -> Picture | None:
        try:
            return picture_of(self._pictures.get(picture_id, consistent_read=True))
        except self._pictures.DoesNotExist:
            return None

    def get_many(self, picture_ids: Iterable[str]) -> dict[str, Picture]:
        wanted = sorted(set(picture_ids))
        if not wanted:
            return {}
        return {item.picture_id: picture_of(item) for item in self._pictures.batch_get(wanted)}

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
        # One more than asked for tells whether anything follows.
        found = list(
            self._pictures.query(
                owner_id,
                index_name="by_owner",
                range_key_condition=_id_range(first_id, end_id),
                filter_condition=PictureItem.style == style if style else None,
                scan_index_forward=False,
                limit=limit + 1,
                page_size=_FILTERED_PAGE if style else None,
                last_evaluated_key=key_of(position),
            )
        )
        pictures = [picture_of(item) for item in found[:limit]]
        if len(found) <= limit:
            return Page(items=pictures)
        return Page(
            items=pictures, next={"owner_id": owner_id, "picture_id": pictures[-1].picture_id}
        )

    def replace(self, before: Picture, after: Picture, *, give_back: Limit | None = None) -> bool:
        item = self._pictures(before.picture_id)
        actions = changes(before, after)
        condition = PictureItem.version == before.version
        becomes_ready = after.status == "ready" != before.status
        was_ready = before.status == "ready" != after.status
        if give_back is None and not becomes_ready and not was_ready:
            return self._update(item, actions, condition)

        def build(transaction: TransactWrite) -> None:
            transaction.update(item, actions=actions, condition=condition)
            if give_back is not None:
                limits = self._limits
                assert limits is not None  # noqa: S101  # whoever cancels has them
                transaction.update(limits.items(give_back.key), actions=taking(give_back, -1))
            counted = of_picture(after.picture_id, after.created_at)
            if becomes_ready:
                self._count(transaction, counted)
            if was_ready:
                self._count(transaction, less(counted))

        try:
            transact(self._connection, build)
        except TransactionRefusedError:
            return False
        return True

    def remove(self, picture: Picture) -> bool:
        for _ in range(_REMOVAL_ATTEMPTS):
            stored = self.get(picture.picture_id)
            if stored is None or stored.owner_id != picture.owner_id:
                return False
            if self._remove(stored):
                return True
        raise UnavailableError(retry_after=1)

    def _remove(self, stored: Picture) -> bool:
        def build(transaction: TransactWrite) -> None:
            transaction.delete(
                self._pictures(stored.picture_id),
                condition=PictureItem.version == stored.version,
            )
            if stored.status == "ready":
                counted = of_picture(stored.picture_id, stored.created_at)
                self._count(transaction, less(counted))

        try:
            transact(self._connection, build)
        except TransactionRefusedError:
            return False
        return True

    def _count(self, transaction: TransactWrite, amounts: Amounts) -> None:
        assert self._counters is not None  # noqa: S101  # whoever finishes or removes has them
        self._counters.add_to(transaction, amounts)

    def queued_ids(self, queue: QueueName, *, limit: int, until: str | None = None) -> list[str]:
        found = self._pictures.query(
            queue,
            index_name="queue",
            range_key_condition=None if until is None else PictureItem.queue_key <= until,
            limit=limit,
        )
        return [item.picture_id for item in found]

    def _update(self, item: PictureItem, actions: list[Action], condition: Condition) -> bool:
        try:
            item.update(actions, condition)
        except UpdateError as error:
            if is_refused(error) or is_conflict(error):
                return False
            raise
        return True


def _id_range(first_id: str | None, end_id: str | None) -> Condition | None:
    if first_id is None or end_id is None:
        return None
    # BETWEEN has no open end; an id that is equal to the smallest one of its time is not made.
    condition: Condition = PictureItem.picture_id.between(first_id, end_id)
    return condition
