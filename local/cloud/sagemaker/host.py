"""Keeps as many instances of one endpoint running as are wanted, and gives them its jobs."""

import asyncio
import logging
import shutil
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from local.cloud.sagemaker import aws, deployments, launches, messages, weights
from local.cloud.sagemaker.instance import Instance
from local.cloud.sagemaker.invocations import Invocations
from local.cloud.sagemaker.jobs import Job, JobQueue
from local.cloud.sagemaker.scope import Scope, name_of
from local.cloud.sagemaker.store import DurableMap, Record

logger = logging.getLogger("sagemaker")

_LONGEST_DELAY = 60.0
_STABLE_AFTER = 30.0
_DEFAULT_CONCURRENCY = 4
DISK_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Capacity:
    """What runs of an endpoint right now."""

    current: int = 0
    replacing: bool = False
    in_flight: int = 0
    failure: str | None = None


class EndpointHost:
    """One endpoint's instances. Everything happens in ``run``, which ``wake`` sets off."""

    def __init__(
        self,
        key: str,
        endpoints: DurableMap,
        queue: JobQueue,
        invocations: Invocations,
        changed: Callable[[str], None],
        weights_dir: Path,
    ) -> None:
        self._key = key
        self._weights = weights_dir
        self._endpoints = endpoints
        self._queue = queue
        self._invocations = invocations
        self._changed = changed
        self._event = asyncio.Event()
        self._instances: list[Instance] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._running: set[asyncio.Task[None]] = set()
        self._in_flight = 0
        self._generation = ""
        self._failures = 0
        self._failure: str | None = None
        self._not_before = 0.0
        self._started = 0

    def wake(self) -> None:
        """Look again at what is wanted, soon."""
        self._event.set()

    def capacity(self) -> Capacity:
        return Capacity(
            current=sum(one.ready and not one.stopping for one in self._instances),
            replacing=len({one.launch.generation for one in self._instances}) > 1
            or any(one.stopping for one in self._instances),
            in_flight=self._in_flight,
            failure=self._failure,
        )

    async def run(self) -> None:
        """Serve the endpoint until it is deleted."""
        while (endpoint := self._endpoints.get(self._key)) is not None:
            self._event.clear()
            self._match(endpoint)
            self._note_ready(endpoint)
            await self._expire(endpoint)
            self._dispatch(endpoint)
            self._changed(self._key)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._event.wait(), self._idle_time())
        await self.close()

    async def close(self) -> None:
        """End the instances; what they were working on stays in the queue."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await asyncio.gather(*(one.stop() for one in self._instances))
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _match(self, endpoint: Record) -> None:
        """Start and stop instances so that the wanted number of the newest generation runs."""
        live = [one for one in self._instances if not one.stopping]
        fresh = [one for one in live if one.launch.generation == endpoint["generation"]]
        stale = [one for one in live if one.launch.generation != endpoint["generation"]]
        wanted = endpoint["desired"]
        if wanted == 0 or endpoint["generation"] != self._generation:
            self._failures, self._failure, self._not_before = 0, None, 0.0
            self._generation = endpoint["generation"]
        if any(one.ready for one in fresh):
            self._failure = None
        if time.monotonic() >= self._not_before:
            for _ in range(len(fresh), wanted):
                self._start(endpoint)
        fresh.sort(key=lambda one: (not one.ready, one.in_flight))
        replaced = sum(one.ready for one in fresh[:wanted])
        for one in fresh[wanted:] + stale[: max(0, len(stale) + replaced - wanted)]:
            self._spawn(one.stop())

    def _note_ready(self, endpoint: Record) -> None:
        if not endpoint["was_ready"] and self.capacity().current >= endpoint["desired"]:
            self._endpoints.change(self._key, was_ready=True)
        fresh = [one for one in self._instances if one.launch.generation == endpoint["generation"]]
        if endpoint.get("former") and sum(one.ready for one in fresh) >= endpoint["desired"]:
            self._endpoints.change(self._key, former=None)

    def _start(self, endpoint: Record) -> None:
        self._started += 1
        name = f"{name_of(self._key)}#{self._started}"
        instance = Instance(name, launches.launch(endpoint), self.wake)
        self._instances.append(instance)
        self._spawn(self._supervise(instance, endpoint.get("weights")))

    async def _supervise(self, instance: Instance, prefix: str | None) -> None:
        began = time.monotonic()
        folder = self._weights / uuid4().hex
        try:
            mounted = await weights.fetch(Scope.of(self._key), prefix, folder)
            ending = await instance.run(mounted)
        except (OSError, aws.ServiceError) as error:
            ending = str(error)
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        self._instances.remove(instance)
        if not instance.stopping:
            self._note_failure(instance.name, ending, time.monotonic() - began)
            self._roll_back(instance.launch.generation, ending)
        self.wake()

    def _note_failure(self, name: str, ending: str, lived: float) -> None:
        """Log why a model ended and put off its replacement, longer each time."""
        self._failures = 0 if lived >= _STABLE_AFTER else self._failures + 1
        delay = min(_LONGEST_DELAY, 2.0**self._failures - 1)
        self._not_before = time.monotonic() + delay
        self._failure = ending
        logger.error("model %s ended: %s\nIt is started again in %.0f s.", name, ending, delay)

    def _roll_back(self, generation: str, why: str) -> None:
        endpoint = self._endpoints.get(self._key)
        if endpoint and endpoint.get("former") and endpoint["generation"] == generation:
            self._endpoints.put(self._key, deployments.rolled_back(endpoint, why))

    async def _expire(self, endpoint: Record) -> None:
        for job in self._queue.take_expired(self._key, time.time()):
            try:
                await self._invocations.finish(job, messages.expired(), endpoint)
            except OSError:
                self._queue.put_back(job)
                raise

    def _dispatch(self, endpoint: Record) -> None:
        """Give waiting jobs, oldest first, to the instances with the most room."""
        client = endpoint["async"].get("ClientConfig") or {}
        limit = int(client.get("MaxConcurrentInvocationsPerInstance", _DEFAULT_CONCURRENCY))
        ready = [one for one in self._instances if one.ready and not one.stopping]
        while ready:
            instance = min(ready, key=lambda one: one.in_flight)
            job = self._queue.take(self._key) if instance.in_flight < limit else None
            if job is None:
                return
            instance.in_flight += 1
            self._in_flight += 1
            task = asyncio.create_task(self._invoke(job, instance, endpoint))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _invoke(self, job: Job, instance: Instance, endpoint: Record) -> None:
        try:
            if not await self._invocations.invoke(job, instance.port, endpoint):
                instance.ready = False
                self._queue.put_back(job)
        except asyncio.CancelledError:
            self._queue.put_back(job)
            raise
        except OSError as error:
            logger.error("a result could not be kept (%s); it is made again", error)
            await asyncio.sleep(DISK_PATIENCE)
            self._queue.put_back(job)
        finally:
            instance.in_flight -= 1
            self._in_flight -= 1
            self.wake()

    def _idle_time(self) -> float | None:
        """Return after how many seconds something is due although nothing happens."""
        due = []
        if (expiry := self._queue.next_expiry(self._key)) is not None:
            due.append(expiry - time.time())
        if (restart := self._not_before - time.monotonic()) > 0:
            due.append(restart)
        return max(0.0, min(due)) if due else None

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
