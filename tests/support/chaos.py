"""Breaking calls to AWS, before and after they are carried out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from botocore.session import Session, get_session


class Crash(BaseException):
    """The process ends at once; nobody can catch it."""


class Chaos:
    """Breaks one call to AWS of an invocation: before it, or after it was carried out."""

    def __init__(self) -> None:
        self.crashes = 0
        self.errors = 0
        self._left: int | None = None
        self._fault = ""
        self._is_dead = False

    @contextmanager
    def disturbing(self, number: int, fault: str) -> Iterator[None]:
        self._left, self._fault, self._is_dead = number, fault, False
        try:
            yield
        finally:
            self._left, self._is_dead = None, False

    def install(self, patch: pytest.MonkeyPatch) -> None:
        original = BaseClient._make_api_call  # type: ignore[attr-defined]  # its stub leaves it out

        def call(client: Any, operation: str, params: Any) -> Any:
            return self._call(lambda: original(client, operation, params), operation)

        patch.setattr(BaseClient, "_make_api_call", call)
        _keep_clients(patch)

    def _call(self, run: Callable[[], Any], operation: str) -> Any:
        if self._is_dead:
            raise Crash
        if self._left is None:
            return run()
        self._left -= 1
        if self._left:
            return run()
        self._left = None
        if self._fault.endswith("after"):
            run()
        if self._fault.startswith("crash"):
            self.crashes += 1
            self._is_dead = True
            raise Crash
        self.errors += 1
        error = {"Code": "InternalServerError", "Message": "as ordered"}
        raise ClientError({"Error": error, "ResponseMetadata": {"RequestId": "r"}}, operation)  # type: ignore[typeddict-item]  # enough of it


def _keep_clients(patch: pytest.MonkeyPatch) -> None:
    """Give processes that start anew the clients of those before: they remember nothing either.

    Making these, and pynamodb's sessions, would take longer than all else.
    """
    original, made = Session.create_client, {}
    kept = get_session()

    def create_client(session: Session, service: str, *args: Any, **options: Any) -> Any:
        if service not in made:
            made[service] = original(session, service, *args, **options)
        return made[service]

    patch.setattr(Session, "create_client", create_client)
    patch.setattr("pynamodb.connection.base.get_session", lambda: kept)


FAULTS = ("crash before", "crash after", "error before", "error after")
