"""The endpoint's own controls."""

from __future__ import annotations

from typing import Protocol

from deepstory.model_server.entities import Mode, Observation


class ModelHost(Protocol):
    def observe(self) -> Observation:
        """Ask the endpoint; this is slow and throttled, so ask rarely.

        Raises ModelServerBusyError.
        """

    def scale(self, mode: Mode) -> None:
        """Allow as many instances as the mode does; doing it again is the same as once.

        Raises ModelServerBusyError.
        """

    def stop(self) -> None:
        """Stop all instances now, whatever may be started again; repeatable.

        Raises ModelServerBusyError.
        """
