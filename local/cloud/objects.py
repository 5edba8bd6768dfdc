"""S3 says so when it could not store an object; ministack only logs it."""

import logging
from contextvars import ContextVar
from typing import Any

from local.cloud import seams

_REFUSAL = (
    b'<?xml version="1.0" encoding="UTF-8"?><Error><Code>ServiceUnavailable</Code>'
    b"<Message>The object could not be stored.</Message></Error>"
)
_failures: ContextVar[list[OSError] | None] = ContextVar("failures", default=None)
_logger = logging.getLogger("local.cloud")


def install() -> None:
    """Answer 503 to every request that failed to write a file."""
    storage = seams.module("services.s3")
    write = storage._atomic_write
    handle = storage.handle_request

    def note_failure(*arguments: Any, **options: Any) -> None:
        try:
            write(*arguments, **options)
        except OSError as error:
            failures = _failures.get()
            if failures is not None:
                failures.append(error)
            raise

    async def answer(*request: Any, **options: Any) -> seams.Response:
        failures: list[OSError] = []
        entered = _failures.set(failures)
        try:
            response: seams.Response = await handle(*request, **options)
        finally:
            _failures.reset(entered)
        if not failures:
            return response
        _logger.error("An object was refused until there is space again (%s).", failures[0])
        return 503, {"Content-Type": "application/xml"}, _REFUSAL

    storage._atomic_write = note_failure
    storage.handle_request = answer
