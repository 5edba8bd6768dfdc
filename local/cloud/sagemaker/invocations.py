"""Carries one job from the queue through the container to S3 and SNS."""

import asyncio
import logging
import time
from collections.abc import Callable

from local.cloud.sagemaker import aws, container, messages
from local.cloud.sagemaker.jobs import Job, JobQueue, Notice, Request
from local.cloud.sagemaker.messages import Outcome
from local.cloud.sagemaker.scope import Scope
from local.cloud.sagemaker.store import Record

logger = logging.getLogger("sagemaker")

_RETRY_SECONDS = 5.0


class Invocations:
    """Processes jobs; a job is gone only when its result is stored and its notice delivered."""

    def __init__(self, queue: JobQueue, clock: Callable[[], float] = time.time) -> None:
        self._queue = queue
        self._clock = clock
        self._deliveries: set[asyncio.Task[None]] = set()

    async def invoke(self, job: Job, port: int, endpoint: Record) -> bool:
        """Send a job to a container and finish it; False if no container took the request."""
        try:
            outcome = await self._ask(job.request, port)
        except container.UnreachableError:
            return False
        await self.finish(job, outcome, endpoint)
        return True

    async def finish(self, job: Job, outcome: Outcome, endpoint: Record) -> None:
        """Store the outcome of a job and start telling about it."""
        request, scope = job.request, Scope.of(job.request.endpoint)
        outcome = await self._store(scope, request, outcome)
        failed = outcome.failure_reason is not None
        config = endpoint["async"]["OutputConfig"].get("NotificationConfig") or {}
        topic = config.get("ErrorTopic" if failed else "SuccessTopic")
        wanted = "ERROR_NOTIFICATION_TOPIC" if failed else "SUCCESS_NOTIFICATION_TOPIC"
        included = wanted in config.get("IncludeInferenceResponseIn", ())
        message = messages.inference_result(request, outcome, self._clock(), included)
        notice = Notice(topic, messages.encode(message))
        self.deliver(await self._queue.finish(job, notice))

    def deliver(self, job: Job) -> None:
        """Tell about a finished job in the background, then forget it."""
        task = asyncio.create_task(self._deliver(job))
        self._deliveries.add(task)
        task.add_done_callback(self._deliveries.discard)

    async def announce(self, endpoint: Record) -> None:
        """Send the test message of a new or changed endpoint to its topics."""
        config = endpoint["async"]["OutputConfig"].get("NotificationConfig") or {}
        message = messages.encode(messages.test_notification(endpoint, self._clock()))
        scope = Scope.of(endpoint["key"])
        for topic in {config.get("SuccessTopic"), config.get("ErrorTopic")} - {None}:
            await aws.publish(scope, str(topic), message)

    async def close(self) -> None:
        """Stop telling; the next process starts with what is left."""
        for task in self._deliveries:
            task.cancel()
        await asyncio.gather(*self._deliveries, return_exceptions=True)

    async def _ask(self, request: Request, port: int) -> Outcome:
        try:
            body = await self._input(request)
        except aws.ServiceError as error:
            return Outcome(f"ClientError: Unable to read the input: {error}")
        headers = {
            "Content-Type": request.content_type,
            "Accept": request.accept,
            "X-Amzn-SageMaker-Custom-Attributes": request.custom_attributes,
            "X-Amzn-SageMaker-Inference-Id": request.inference_id,
        }
        sent = {name: value for name, value in headers.items() if value is not None}
        try:
            async with asyncio.timeout(request.timeout):
                answer = await container.request(port, "POST", "/invocations", sent, body)
        except (TimeoutError, container.NoAnswerError):
            return messages.no_answer()
        if 200 <= answer.status < 300:
            return Outcome(None, answer.content_type, answer.body)
        return messages.model_failure(answer.status, answer.body, answer.content_type)

    async def _input(self, request: Request) -> bytes:
        if request.input_location is None:
            return request.body
        return await aws.get_object(Scope.of(request.endpoint), request.input_location)

    async def _store(self, scope: Scope, request: Request, outcome: Outcome) -> Outcome:
        """Write the result to S3; a result that can't be stored is a failed invocation."""
        if outcome.failure_reason is None:
            try:
                kind = outcome.content_type or "application/octet-stream"
                await aws.put_object(scope, request.output_location, outcome.body, kind)
                return outcome
            except aws.ServiceError as error:
                outcome = Outcome(f"ClientError: Unable to store the result: {error}")
        if request.failure_location is not None:
            body = outcome.body or str(outcome.failure_reason).encode()
            try:
                await aws.put_object(
                    scope, request.failure_location, body, outcome.content_type or "text/plain"
                )
            except aws.ServiceError as error:
                logger.warning("the failure of a request could not be stored: %s", error)
        return outcome

    async def _deliver(self, job: Job) -> None:
        notice = job.notice
        while notice is not None and notice.topic:
            try:
                await aws.publish(Scope.of(job.request.endpoint), notice.topic, notice.message)
                break
            except aws.ServiceError as error:
                logger.warning("%s; trying again in %.0f s", error, _RETRY_SECONDS)
                await asyncio.sleep(_RETRY_SECONDS)
        await self._queue.remove(job)
