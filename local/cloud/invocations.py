"""Asynchronous Lambda invocations: repeated on failure, and after ``kill -9``.

ministack keeps them in memory, and gives a notification of SNS only one try.
"""

import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from types import SimpleNamespace
from typing import Any

from local.cloud import seams
from local.cloud.journal.lines import Operation

PARALLEL = 4
_FIRST_PAUSE_SECONDS = 1.0
_DEFAULT_RETRIES = 2
_logger = logging.getLogger("local.cloud")


class Invocations:
    """Accepted invocations that have not ended yet; a part of the durable store."""

    def __init__(self, functions: Any, notifications: Any) -> None:
        self._functions = functions
        self._notifications = notifications
        self._pending: dict[str, list[Any]] = {}
        self._slots: dict[str, threading.Semaphore] = {}
        self._is_open = True
        self._record: Callable[[Operation], None] = self.apply

    def install(self, record: Callable[[Operation], None]) -> None:
        """Take the place of ministack's functions; ``record`` journals and applies."""
        self._record = record
        self._functions.invoke_async_with_retry = self.accept
        self._notifications._deliver_to_lambda = self.notify
        self._notifications._threading = SimpleNamespace(Thread=self._delivery)
        seams.on_ready(self._resume)

    def close(self) -> None:
        """Lambdas that are ended from now on count as not invoked, and are after a restart."""
        self._is_open = False

    def accept(self, function: dict[str, Any], event: Any) -> None:
        """Store an invocation, then run it in the background."""
        arn = (function.get("config") or function)["FunctionArn"]
        identifier = str(uuid.uuid4())
        self._record(["invoke", identifier, arn, event])
        self._start(identifier)

    def notify(self, endpoint: str, envelope: str, topic: str, subscription: str, *_: Any) -> None:
        """Invoke a subscribed function with a notification."""
        function, config, name = self._functions._get_func_record_for_ref(endpoint)
        if not function or not config:
            _logger.warning("the subscribed function %s does not exist", name)
            return
        record = {
            "EventVersion": "1.0",
            "EventSubscriptionArn": subscription,
            "EventSource": "aws:sns",
            "Sns": json.loads(envelope),
        }
        self.accept(
            self._functions._execution_record_for_config(function, config), {"Records": [record]}
        )

    def apply(self, operation: Operation) -> None:
        """Restore from a journalled operation."""
        match operation:
            case ["invoke", identifier, arn, event]:
                self._pending[identifier] = [arn, event]
            case ["invoked", identifier]:
                self._pending.pop(identifier, None)

    def snapshot(self) -> Iterator[Operation]:
        """Return the operations that restore this object."""
        for identifier, invocation in list(self._pending.items()):
            yield ["invoke", identifier, *invocation]

    def _delivery(self, target: Callable[..., None], args: tuple[Any, ...], daemon: bool) -> Any:
        """Stand in for ``threading.Thread`` where SNS starts deliveries.

        One to a Lambda is accepted at once, so that it is stored before the publisher is answered.
        """
        if args[:1] == (self.notify,):
            return SimpleNamespace(start=partial(target, *args))
        return threading.Thread(target=target, args=args, daemon=daemon)

    async def _resume(self) -> None:
        for identifier in list(self._pending):
            self._start(identifier)

    def _start(self, identifier: str) -> None:
        threading.Thread(
            target=self._run, args=(identifier,), name=f"invocation-{identifier}", daemon=True
        ).start()

    def _run(self, identifier: str) -> None:
        arn, event = self._pending[identifier]
        # Each parallel invocation is a process, and a burst must not stop the machine.
        slot = self._slots.setdefault(arn, threading.Semaphore(PARALLEL))
        with slot, self._owner(arn):
            function, config, _ = self._functions._get_func_record_for_ref(arn)
            if function and config:
                self._try(function, config, event)
        if not self._is_open:
            return
        try:
            self._record(["invoked", identifier])
        except OSError:
            _logger.debug("the end of an invocation was not stored; it may come again")

    def _try(self, function: dict[str, Any], config: dict[str, Any], event: Any) -> None:
        record = self._functions._execution_record_for_config(function, config)
        settings = function.get("event_invoke_config") or {}
        retries = int(settings.get("MaximumRetryAttempts", _DEFAULT_RETRIES))
        for attempt in range(retries + 1):
            if attempt:
                time.sleep(_FIRST_PAUSE_SECONDS * 2 ** (attempt - 1))
            result = self._functions._execute_function(record, event)
            if not self._is_open or not result.get("error"):
                return
            _logger.warning("%s failed: %s", config["FunctionName"], result.get("body"))
        destinations = settings.get("DestinationConfig") or {}
        target = (destinations.get("OnFailure") or {}).get("Destination") or (
            config.get("DeadLetterConfig") or {}
        ).get("TargetArn")
        if target:
            self._functions._route_async_failure(target, config["FunctionName"], event, result)

    def _owner(self, arn: str) -> AbstractContextManager[None]:
        _, _, _, region, account, *_ = arn.split(":")
        scope: AbstractContextManager[None] = seams.module("core.responses").request_scope(
            account, region
        )
        return scope
