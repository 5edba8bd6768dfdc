"""A deployment without a model server: off for good, and nothing of it is kept.

Pictures that are asked for wait, as they do while a model server is switched off, and are drawn
once the deployment has got one.
"""

from __future__ import annotations

from collections.abc import Sequence

from deepstory.audit.entities import AuditEntry
from deepstory.model_server.averages import Average
from deepstory.model_server.entities import Mode, ModelServer, Observation
from deepstory.model_server.errors import NoModelServerError
from deepstory.model_server.schedule import ModelSchedule

# What the deployment says in place of the endpoint's name.
NAME = "none"


class AbsentModelServer:
    """In place of what is known of a model server."""

    def __init__(self, *, cold_start: float, drawing: float) -> None:
        self._off = ModelServer(
            mode="off",
            applied="off",
            cold_start=Average(cold_start),
            drawing=Average(drawing),
            interval=Average(drawing),
        )

    def get(self) -> ModelServer:
        return self._off

    def replace(self, after: ModelServer, entries: Sequence[AuditEntry] = ()) -> bool:
        """Forget it, whatever it is."""
        return True


class AbsentSchedule:
    """In place of the schedule: there is nothing that windows could open."""

    def get(self) -> None:
        return None

    def replace(self, after: ModelSchedule, entry: AuditEntry) -> bool:
        raise NoModelServerError


class AbsentHost:
    """In place of the endpoint's controls."""

    def observe(self) -> Observation:
        return Observation(state="off", instances=0, billed=0)

    def scale(self, mode: Mode) -> None:
        if mode != "off":
            raise NoModelServerError

    def stop(self) -> None:
        """Nothing runs."""
