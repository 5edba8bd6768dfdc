"""Queues keep their addresses when the cloud comes back on another port.

ministack writes the port into a queue's address, and looks by that address for what a Lambda is to
take. Clients of ours send everything to the endpoint they are told, whatever an address says.
"""

from local.cloud import seams

_PORT = "4566"


def install() -> None:
    """Name all queues after one port; do this before anything is restored."""
    seams.module("services.sqs").DEFAULT_PORT = _PORT
