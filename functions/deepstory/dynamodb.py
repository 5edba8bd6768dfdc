"""What all DynamoDB repositories share: tables bound at run time, transactions, times."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar, cast

from pynamodb.attributes import Attribute
from pynamodb.connection import Connection
from pynamodb.constants import STRING
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.models import MetaModel, Model
from pynamodb.transactions import TransactWrite

from deepstory.clock import from_rfc3339, to_rfc3339
from deepstory.errors import UnavailableError
from deepstory.paging import Position

M = TypeVar("M", bound=Model)

# A Lambda answers within seconds or not at all: fail fast and let the client repeat.
CONNECT_TIMEOUT_SECONDS = 2
READ_TIMEOUT_SECONDS = 4
RETRIES = 3
_CONFLICT_ATTEMPTS = 6
_FIRST_PAUSE_SECONDS = 0.02

_CONDITION_FAILED = "ConditionalCheckFailed"
_CONFLICT = "TransactionConflict"


class TimestampAttribute(Attribute[datetime]):
    """A moment as RFC 3339 text with milliseconds, so that keys sort by time."""

    attr_type = STRING

    def serialize(self, value: datetime) -> str:
        return to_rfc3339(value)

    def deserialize(self, value: str) -> datetime:
        return from_rfc3339(value)


def bound(model: type[M], table_name: str) -> type[M]:
    """Return the model bound to a table; table names are known only at run time."""
    meta = type(
        "Meta",
        (),
        {
            "table_name": table_name,
            "connect_timeout_seconds": CONNECT_TIMEOUT_SECONDS,
            "read_timeout_seconds": READ_TIMEOUT_SECONDS,
            "max_retry_attempts": RETRIES,
        },
    )
    namespace = {"Meta": meta, "__module__": model.__module__}
    subclass: Any = MetaModel(model.__name__, (model,), namespace)
    return cast(type[M], subclass)


def connection() -> Connection:
    """Return a connection for transactions, with the tables' own timeouts."""
    return Connection(
        connect_timeout_seconds=CONNECT_TIMEOUT_SECONDS,
        read_timeout_seconds=READ_TIMEOUT_SECONDS,
        max_retry_attempts=RETRIES,
    )


class TransactionRefusedError(Exception):
    """A condition of the transaction failed, so nothing of it was written.

    ``failed`` holds positions in DynamoDB's order, which pynamodb fixes: condition checks,
    deletes, puts, updates, each group in the order of the calls.
    """

    def __init__(self, failed: frozenset[int]) -> None:
        super().__init__(f"conditions {sorted(failed)} failed")
        self.failed = failed


def transact(
    connection: Connection,
    build: Callable[[TransactWrite], None],
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Write all or nothing, repeating while another transaction holds one of the items.

    Raises
    ------
    TransactionRefusedError : a condition failed.
    UnavailableError : the items stayed contended; nothing was written.
    """
    for attempt in range(_CONFLICT_ATTEMPTS):
        try:
            with TransactWrite(connection=connection) as transaction:
                build(transaction)
            return
        except TransactWriteError as error:
            codes = [reason.code if reason else None for reason in error.cancellation_reasons]
            failed = frozenset(i for i, code in enumerate(codes) if code == _CONDITION_FAILED)
            if failed:
                raise TransactionRefusedError(failed) from error
            if _CONFLICT not in codes and not is_conflict(error):
                raise
        pause = _FIRST_PAUSE_SECONDS * 2**attempt
        sleep(random.uniform(pause / 2, pause))  # noqa: S311  # jitter, not a secret
    raise UnavailableError(retry_after=1)


def written(connection: Connection, build: Callable[[TransactWrite], None]) -> bool:
    """Write all or nothing; False if a condition failed. Else as ``transact``."""
    try:
        transact(connection, build)
    except TransactionRefusedError:
        return False
    return True


def is_refused(error: PynamoDBException) -> bool:
    """Tell whether a single write failed on its condition."""
    return error.cause_response_code == "ConditionalCheckFailedException"


def is_conflict(error: PynamoDBException) -> bool:
    """Tell whether a write met a transaction under way on the same item."""
    return error.cause_response_code in (
        "TransactionConflictException",
        "TransactionInProgressException",
    )


def key_of(position: Position | None) -> dict[str, dict[str, Any]] | None:
    """Turn a position back into an ExclusiveStartKey."""
    return None if position is None else {name: {"S": text} for name, text in position.items()}
