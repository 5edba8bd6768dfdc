"""The few places where ministack is extended; import this only after ``settings.apply``."""

import importlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

Response = tuple[int, dict[str, str], bytes]
Handler = Callable[[str, str, dict[str, str], bytes, dict[str, list[str]]], Awaitable[Response]]
Create = Callable[[str, dict[str, Any], str], tuple[str, dict[str, Any]]]
Update = Callable[..., tuple[str, dict[str, Any]]]
Delete = Callable[[str, dict[str, Any]], None]
Hook = Callable[[], Awaitable[None]]

_ready: list[Hook] = []
_shutdown: list[Hook] = []


def module(name: str) -> Any:
    """Return a module of ministack, which is untyped."""
    return importlib.import_module(f"ministack.{name}")


def add_service(
    name: str,
    handler: Handler,
    target_prefixes: Sequence[str] = (),
    host_patterns: Sequence[str] = (),
) -> None:
    """Serve one more AWS service on the cloud's port.

    Requests reach ``handler(method, path, headers, body, query)`` by their signing name (``name``),
    by the start of ``X-Amz-Target`` or by a pattern of the host, and always on the event loop.
    """
    module("app").SERVICE_HANDLERS[name] = handler
    module("core.router").SERVICE_PATTERNS[name] = {
        "target_prefixes": list(target_prefixes),
        "host_patterns": list(host_patterns),
    }


def add_resource_type(
    cfn_type: str, create: Create, delete: Delete, update: Update | None = None
) -> None:
    """Teach CloudFormation a type by ``create(logical_id, properties, stack_name)``.

    Provisioners run on the event loop and must not block; they hand long work to a task.
    ``update(physical_id, old_properties, new_properties, stack_name)`` is optional; without it
    a change calls ``create`` again with the same names, which must then be idempotent.
    """
    provisioner: dict[str, Any] = {"create": create, "delete": delete}
    if update is not None:
        provisioner["update"] = update
    module("services.cloudformation.provisioners")._RESOURCE_HANDLERS[cfn_type] = provisioner


def on_ready(hook: Hook) -> None:
    """Await ``hook`` when requests are answered, so that what it starts may call the cloud."""
    _ready.append(hook)


def on_shutdown(hook: Hook) -> None:
    """Await ``hook`` at an orderly stop, last added first, before state is saved."""
    _shutdown.append(hook)


async def run_ready() -> None:
    """Run the hooks that need a cloud which answers."""
    for hook in _ready:
        await hook()


async def run_shutdown() -> None:
    """Run the shutdown hooks, the newest first."""
    for hook in reversed(_shutdown):
        await hook()
