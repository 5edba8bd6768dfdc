"""A record of the permissions that roles used or lacked, one line of JSON for each."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.cloud import seams


class Recording:
    """Adds to a file what it has not noted before; several clouds may add to the same one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._noted: set[tuple[str, str, str, bool]] = set()

    def around(self, enforce: Callable[..., Any]) -> Callable[..., Any]:
        """Note every decision of ministack's ``enforce``, of which ``None`` means allowed."""

        def enforce_and_note(
            access_key: str,
            action: str,
            service: str,
            region: str,
            resource_arn: str = "*",
            service_context: dict[str, Any] | None = None,
        ) -> Any:
            refusal = enforce(access_key, action, service, region, resource_arn, service_context)
            if role := _role_of(access_key):
                self.note(role, action, resource_arn, allowed=refusal is None)
            return refusal

        return enforce_and_note

    def note(self, role: str, action: str, resource: str, *, allowed: bool) -> None:
        """Write a line, unless it is there."""
        entry = (role, action, resource, allowed)
        if entry in self._noted:
            return
        self._noted.add(entry)
        line = {"role": role, "action": action, "resource": resource, "allowed": allowed}
        with self._path.open("a") as file:
            file.write(json.dumps(line) + "\n")


def _role_of(access_key: str) -> str | None:
    session = seams.module("services.sts")._sessions.get(access_key)
    _, role, name = str((session or {}).get("Arn", "")).partition(":assumed-role/")
    return name.partition("/")[0] if role else None
