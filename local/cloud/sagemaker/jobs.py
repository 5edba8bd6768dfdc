"""The durable first-in-first-out queue of asynchronous invocations."""

import asyncio
import base64
import heapq
import json
from collections.abc import Container
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from local.cloud.sagemaker.store import read_json, sync_directory, write_atomically


@dataclass(frozen=True, slots=True)
class Notice:
    """What is still to be told about a finished invocation."""

    topic: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Request:
    """One accepted InvokeEndpointAsync call."""

    endpoint: str
    inference_id: str
    received_at: float
    expires_at: float
    timeout: int
    content_type: str | None
    accept: str | None
    custom_attributes: str | None
    body: bytes
    input_location: str | None
    output_location: str
    failure_location: str | None


@dataclass(frozen=True, slots=True)
class Job:
    """A request with its place in the queue, and its notice once it has been processed."""

    sequence: int
    request: Request
    notice: Notice | None = None


class JobQueue:
    """Jobs of all endpoints, one file each: a file exists until its notice has been delivered.

    A process that dies leaves the files; the next one finds taken jobs waiting again and
    finished jobs with their notice.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._waiting: dict[str, list[tuple[int, Job]]] = {}
        self._finished: list[Job] = []
        self._last = 0
        for unfinished in directory.glob(".*.new"):
            unfinished.unlink()
        for path in sorted(directory.glob("*.json")):
            job = _from_json(read_json(path))
            self._last = job.sequence
            if job.notice is None:
                self._wait(job)
            else:
                self._finished.append(job)

    async def add(self, request: Request) -> Job:
        """Keep a request; it is on disk when this returns."""
        self._last += 1
        job = Job(self._last, request)
        await asyncio.to_thread(self._write, job)
        self._wait(job)
        return job

    def take(self, endpoint: str) -> Job | None:
        """Return the oldest waiting job and stop counting it as waiting."""
        waiting = self._waiting.get(endpoint)
        return heapq.heappop(waiting)[1] if waiting else None

    def put_back(self, job: Job) -> None:
        """Undo ``take``: the job gets its old place in the queue."""
        self._wait(job)

    def take_expired(self, endpoint: str, now: float) -> list[Job]:
        """Take the jobs that have waited longer than they wanted to."""
        waiting = self._waiting.get(endpoint, [])
        expired = [job for _, job in waiting if job.request.expires_at <= now]
        if expired:
            self._waiting[endpoint] = [pair for pair in waiting if pair[1] not in expired]
            heapq.heapify(self._waiting[endpoint])
        return sorted(expired, key=lambda job: job.sequence)

    def next_expiry(self, endpoint: str) -> float | None:
        return min(
            (job.request.expires_at for _, job in self._waiting.get(endpoint, [])), default=None
        )

    def waiting(self, endpoint: str) -> int:
        return len(self._waiting.get(endpoint, ()))

    def take_finished(self) -> list[Job]:
        """Return the jobs of an earlier process whose notice may not have been delivered."""
        finished, self._finished = self._finished, []
        return finished

    async def finish(self, job: Job, notice: Notice) -> Job:
        """Record that a job has been processed, so that only its notice can be repeated."""
        finished = replace(job, request=replace(job.request, body=b""), notice=notice)
        await asyncio.to_thread(self._write, finished)
        return finished

    async def remove(self, job: Job) -> None:
        await asyncio.to_thread(self._path(job).unlink, missing_ok=True)

    def keep_only(self, endpoints: Container[str]) -> None:
        """Forget the waiting jobs of endpoints that are gone."""
        for endpoint in [name for name in self._waiting if name not in endpoints]:
            self.drop(endpoint)

    def drop(self, endpoint: str) -> None:
        """Forget the waiting jobs of a deleted endpoint, as SageMaker does."""
        for _, job in self._waiting.pop(endpoint, []):
            self._path(job).unlink(missing_ok=True)
        sync_directory(self._directory)

    def _wait(self, job: Job) -> None:
        heapq.heappush(self._waiting.setdefault(job.request.endpoint, []), (job.sequence, job))

    def _path(self, job: Job) -> Path:
        return self._directory / f"{job.sequence:016d}.json"

    def _write(self, job: Job) -> None:
        document = asdict(job)
        document["request"]["body"] = base64.b64encode(job.request.body).decode()
        write_atomically(self._path(job), json.dumps(document).encode())


def _from_json(document: dict[str, Any]) -> Job:
    request = document["request"]
    request["body"] = base64.b64decode(request["body"])
    notice = document["notice"]
    return Job(document["sequence"], Request(**request), Notice(**notice) if notice else None)
