"""All endpoints that are hosted, and what others may know and ask about them."""

import asyncio
import logging
import shutil
from collections.abc import Callable
from pathlib import Path

from local.cloud.sagemaker.host import DISK_PATIENCE, Capacity, EndpointHost
from local.cloud.sagemaker.invocations import Invocations
from local.cloud.sagemaker.jobs import JobQueue
from local.cloud.sagemaker.scope import name_of
from local.cloud.sagemaker.store import DurableMap, Record

logger = logging.getLogger("sagemaker")

Listener = Callable[[str], None]


class Fleet:
    """Hosts every endpoint of the store; the store says what is wanted, the fleet what there is."""

    def __init__(self, endpoints: DurableMap, queue: JobQueue, weights_dir: Path) -> None:
        self._weights = weights_dir
        self.endpoints = endpoints
        self.queue = queue
        self._invocations = Invocations(queue)
        self._hosts: dict[str, EndpointHost] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._background: set[asyncio.Task[None]] = set()
        self._listeners: list[Listener] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> None:
        """Host what the store holds and finish what an earlier process left."""
        self._loop = asyncio.get_running_loop()
        shutil.rmtree(self._weights, ignore_errors=True)  # those of a process that was killed
        known = {key for key, _ in self.endpoints.items()}
        self.queue.keep_only(known)
        for key in known:
            self._host(key)
        for job in self.queue.take_finished():
            self._invocations.deliver(job)

    async def close(self) -> None:
        """End all instances."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        await asyncio.gather(*(host.close() for host in self._hosts.values()))
        await self._invocations.close()

    def listen(self, listener: Listener) -> None:
        """Call ``listener(key)`` on the loop whenever an endpoint's queue or capacity changed."""
        self._listeners.append(listener)

    def wake(self, key: str) -> None:
        """Let a changed record take effect; callable from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._host, key)

    def announce(self, endpoint: Record) -> None:
        """Send the test notification of a deployed endpoint; callable from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._announce, endpoint)

    def capacity(self, key: str) -> Capacity:
        host = self._hosts.get(key)
        return host.capacity() if host else Capacity()

    def backlog(self, key: str) -> int:
        """Return ApproximateBacklogSize: requests waiting or being processed."""
        return self.queue.waiting(key) + self.capacity(key).in_flight

    def set_desired(self, key: str, count: int) -> None:
        """Change how many instances are wanted."""
        endpoint = self.endpoints.get(key)
        if endpoint is not None and endpoint["desired"] != count:
            self.endpoints.change(key, desired=count)
            self.wake(key)

    def _host(self, key: str) -> None:
        if key not in self._hosts:
            host = EndpointHost(
                key, self.endpoints, self.queue, self._invocations, self._changed, self._weights
            )
            self._hosts[key] = host
            self._tasks[key] = asyncio.create_task(self._run(key, host))
        self._hosts[key].wake()

    async def _run(self, key: str, host: EndpointHost) -> None:
        while self.endpoints.get(key) is not None:
            try:
                await host.run()
            except OSError as error:
                logger.error("endpoint %s: %s", name_of(key), error)
                await asyncio.sleep(DISK_PATIENCE)
        del self._hosts[key], self._tasks[key]
        self.queue.drop(key)
        self._changed(key)

    def _announce(self, endpoint: Record) -> None:
        task = asyncio.create_task(self._invocations.announce(endpoint))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def _changed(self, key: str) -> None:
        for listener in self._listeners:
            listener(key)
