"""Makes every service but DynamoDB durable: what a request changed is saved before its answer.

CloudFormation is the exception. While a stack changes nothing is saved, so that a killed
deployment leaves the state from before it; the answer that tells of its end waits for the save.
"""

import asyncio
import contextlib
import hashlib
import json
import logging
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.cloud import seams
from local.cloud.journal.lines import damaged

_READS = re.compile(
    r"^(Get|List|Describe|Head|BatchGet|Query|Scan|Search|Lookup|Receive|Simulate|Validate|Assume)"
)
_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")
_UNSAVED = frozenset({"dynamodb", "dynamodbstreams", "sts", "monitoring", "logs"})
_UNSAVED_PATHS = re.compile(r"/invocations$|/async-invocations$")
_logger = logging.getLogger("local.cloud")


class Services:
    """The state files of all services, in ministack's own format."""

    def __init__(self, directory: Path, commit_tables: Callable[[], None]) -> None:
        self._directory = directory
        self._commit_tables = commit_tables
        self._app = seams.module("app")
        self._format = seams.module("core.persistence")
        self._saved: dict[str, bytes] = {}
        self._read: dict[str, Any] = {}
        self._deploying = False

    def read(self) -> None:
        """Parse all files before anything starts; damage raises, since going on would lose it."""
        self._app._state_map.pop("dynamodb", None)
        for key in self._app._state_map:
            if self._path(key).exists():
                self._read[key] = self._parse(self._path(key), key)

    def install(self) -> None:
        """Take the place of ministack's loading and saving, and see every request."""
        self._app._load_persisted_state = self.restore
        self._app.save_all = lambda _: self.save()
        handlers = self._app.SERVICE_HANDLERS
        for name in self._app.SERVICE_REGISTRY:
            if name not in _UNSAVED:
                handlers[name] = self._durable(name, handlers[name])
        seams.on_ready(self._watch_deployments)

    def restore(self) -> None:
        """Hand what was read to the services."""
        for key, state in self._read.items():
            try:
                self._app._get_module(self._app._state_map[key]).load_persisted_state(state)
            except Exception as error:
                raise damaged(self._path(key), repr(error)) from error
        self._read = {}

    def save(self, keys: set[str] | None = None) -> None:
        """Write the state of all services, or of some, that changed. Raises ``OSError``."""
        if self._stacks_in_progress():
            return
        states = self._app._build_persistence_save_dict().items()
        wanted = [(key, state_of()) for key, state_of in states if keys is None or key in keys]
        written = {key: self._write(key, state) for key, state in wanted if state is not None}
        # Files that belong together change together, but for an instant.
        for key, digest in written.items():
            if digest != self._saved.get(key):
                self._partial(key).rename(self._path(key))
                self._saved[key] = digest

    def settle(self) -> None:
        """Save a deployment that has just ended; does nothing otherwise."""
        if self._deploying and not self._stacks_in_progress():
            self._commit_tables()
            self.save()
            self._deploying = False

    async def _watch_deployments(self) -> None:
        self._watch = asyncio.create_task(self._settle_repeatedly())

    async def _settle_repeatedly(self) -> None:
        while True:
            await asyncio.sleep(1)
            with contextlib.suppress(OSError):
                self.settle()

    def _durable(self, name: str, handler: seams.Handler) -> seams.Handler:
        keys = self._keys(name)

        async def answer(
            method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
        ) -> seams.Response:
            response = await handler(method, path, headers, body, query)
            try:
                if name == "cloudformation":
                    self._deploying = self._deploying or changes(method, headers, body, query)
                    self.settle()
                elif response[0] < 400 and _is_saved(name, method, path, headers, body, query):
                    self.save(keys)
            except OSError as error:
                _logger.error("Changes are refused until there is space again (%s).", error)
                return 503, {"Content-Type": "text/plain"}, b"The change could not be stored."
            return response

        return answer

    def _keys(self, service: str) -> set[str]:
        entry = self._app.SERVICE_REGISTRY[service]
        modules = {entry["module"], *entry.get("sub_modules", ())}
        return {key for key, module in self._app._state_map.items() if module in modules}

    def _stacks_in_progress(self) -> bool:
        stacks = seams.module("services.cloudformation")._stacks.all_values()
        statuses = {stack.get("StackStatus", "") for stack in stacks} - {"REVIEW_IN_PROGRESS"}
        return any(status.endswith("_IN_PROGRESS") for status in statuses)

    def _write(self, key: str, state: Any) -> bytes:
        """Write a state, if it differs, beside the one it is to replace; return its digest."""
        version = self._format._state_format_version(key)
        content = json.dumps(
            {"__ministack_format__": version, "payload": state}, default=self._format._json_default
        ).encode()
        digest = hashlib.sha256(content).digest()
        if digest == self._saved.get(key):
            return digest
        with self._partial(key).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return digest

    def _path(self, key: str) -> Path:
        return self._directory / f"{key}.json"

    def _partial(self, key: str) -> Path:
        return self._directory / f"{key}.json.partial"

    def _parse(self, path: Path, key: str) -> Any:
        try:
            document = json.loads(path.read_bytes(), object_hook=self._format._json_object_hook)
            if document["__ministack_format__"] > self._format._state_format_version(key):
                raise ValueError("it was written by a newer ministack")
            return document["payload"]
        except (ValueError, KeyError, TypeError) as error:
            raise damaged(path, str(error)) from error


def changes(method: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> bool:
    """Whether a request may change something, by its action's name or else its method."""
    action = headers.get("x-amz-target", "").rpartition(".")[2]
    if not action and (match := _ACTION.search(body)):
        action = match[1].decode()
    action = action or "".join(query.get("Action", []))
    return not _READS.match(action) if action else method not in ("GET", "HEAD", "OPTIONS")


def _is_saved(
    name: str,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    query: dict[str, Any],
) -> bool:
    if _UNSAVED_PATHS.search(path) or (name == "s3" and len(path.strip("/").split("/")) > 1):
        return False
    return changes(method, headers, body, query)
