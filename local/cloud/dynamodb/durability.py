"""Puts the journal and all that writes to it together."""

import asyncio
import logging
from pathlib import Path

from local.cloud import seams
from local.cloud.dynamodb.capture import Capture
from local.cloud.dynamodb.delivery import Delivery
from local.cloud.dynamodb.positions import Positions
from local.cloud.dynamodb.recovery import Recovery
from local.cloud.dynamodb.store import DurableStore
from local.cloud.invocations import Invocations
from local.cloud.journal.generations import Generations

_SYNC_SECONDS = 1.0
# The past to which tables can be restored: all of it in a home of one person.
_KEPT_BYTES = 128 * 1024 * 1024
_logger = logging.getLogger("local.cloud")


class Durability:
    """Owns what is journalled: DynamoDB, its streams, asynchronous invocations."""

    def __init__(self, directory: Path) -> None:
        dynamodb = seams.module("services.dynamodb")
        functions = seams.module("services.lambda_svc")
        positions = Positions()
        dynamodb._next_stream_seq = positions.following
        self._invocations = Invocations(functions, seams.module("services.sns"))
        generations = Generations(directory, kept_bytes=_KEPT_BYTES)
        self.store = DurableStore(dynamodb, generations, positions, [self._invocations])
        self._recovery = Recovery(dynamodb, generations)
        self._delivery = Delivery(dynamodb, functions, positions, self.store.move)
        self._capture = Capture(dynamodb, self.store.commit)

    def install(self) -> None:
        """Restore what is stored, then take over; damage raises before anything is changed."""
        self.store.restore()
        self._capture.install()
        self._recovery.install()
        self._delivery.install()
        self._invocations.install(self.store.record)
        self.store.serve(self._delivery)
        seams.on_ready(self._run)
        seams.on_shutdown(self._save)

    async def close(self) -> None:
        """Stop all deliveries; to be called before Lambdas are ended."""
        self._delivery.close()
        self._invocations.close()

    async def _run(self) -> None:
        self._delivery.open()
        self._upkeep = asyncio.create_task(self._keep_up())

    async def _keep_up(self) -> None:
        """Sync in the background, and replace a long journal by a snapshot."""
        while True:
            await asyncio.sleep(_SYNC_SECONDS)
            try:
                await asyncio.to_thread(self.store.sync)
                if self.store.wants_snapshot():
                    await asyncio.to_thread(
                        self.store.complete_snapshot, *self.store.begin_snapshot()
                    )
            except OSError as error:
                _logger.error("The journal could not be shortened (%s).", error)

    async def _save(self) -> None:
        self._upkeep.cancel()
        try:
            self.store.complete_snapshot(*self.store.begin_snapshot())
        except OSError as error:
            _logger.error("No snapshot was saved (%s); the journal holds everything.", error)
        self.store.close()
