"""The model server's processes of a running service: which they are, and what they are doing."""

from __future__ import annotations

from pathlib import Path

import httpx

from support.service import Service, fetch, kill, wait_for


def model_pids(service: Service) -> list[int]:
    """Return the model's processes: those of this home that run the serving file."""
    return service.pids(running=b"inference.py")


def port_of(pid: int) -> int | None:
    """Return where a model process listens; None for what only helps it."""
    for each in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
        name, _, value = each.partition(b"=")
        if name == b"SAGEMAKER_BIND_TO_PORT":
            return int(value)
    return None


def metrics(pid: int) -> dict[str, float]:
    """Return what a model process counted since it was started; nothing if it does not answer."""
    try:
        port = port_of(pid)
        answer = fetch(f"http://127.0.0.1:{port}/metrics")
    except (OSError, httpx.TransportError):
        return {}
    lines = (line for line in answer.text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def kill_while_drawing(service: Service) -> int:
    """Kill the model's process between two steps of a batch, and return its id."""
    seen: dict[int, dict[str, float]] = {}

    def drawing() -> int | None:
        for pid in model_pids(service):
            before, seen[pid] = seen.get(pid), metrics(pid)
            if before and _is_amid(before, seen[pid]):
                return pid
        return None

    pid = wait_for(drawing)
    assert pid is not None
    kill(pid)
    return pid


def _is_amid(before: dict[str, float], after: dict[str, float]) -> bool:
    """Tell whether steps were done from one look to the next, and no picture was finished."""
    steps, images = "model_steps_total", "model_images_total"
    if not after:
        return False
    return after[steps] > before[steps] and after[images] == before[images]
