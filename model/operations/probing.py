"""Draws test pictures through a live asynchronous endpoint, as the product does."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from model.operations.aws import split_location
from model.operations.errors import ProbeError

_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"RIFF")
PROMPTS = ("a cat in a garden, watercolor", "바다 위의 배, 크레용", "a house at night, ink")
_LONGEST_LIFE = 3600


@dataclass(frozen=True, slots=True)
class Waits:
    """How long to wait for one picture, and between two looks."""

    patience: float
    poll: float


class Probe:
    """Sends a wish and waits for its picture in S3."""

    def __init__(
        self,
        runtime: Any,
        s3: Any,
        endpoint: str,
        waits: Waits,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._runtime = runtime
        self._s3 = s3
        self._endpoint = endpoint
        self._waits = waits
        self._clock = clock
        self._sleep = sleep

    def draw(self, number: int) -> float:
        """Draw the picture of a number; return the seconds from wish to picture."""
        began = self._clock()
        wish = {"prompt": PROMPTS[number % len(PROMPTS)], "seed": number}
        try:
            answer = self._runtime.invoke_endpoint_async(
                EndpointName=self._endpoint,
                Body=json.dumps(wish).encode(),
                ContentType="application/json",
                Accept="image/png",
                InferenceId=f"probe-{uuid4().hex}",
                RequestTTLSeconds=min(_LONGEST_LIFE, max(60, int(self._waits.patience))),
            )
        except (BotoCoreError, ClientError) as error:
            raise ProbeError(f"{self._endpoint} took no request: {error}") from error
        self._wait(answer["OutputLocation"], answer.get("FailureLocation"), began)
        return self._clock() - began

    def _wait(self, output: str, failure: str | None, began: float) -> None:
        while self._clock() - began <= self._waits.patience:
            if (picture := self._object(output)) is not None:
                if not picture.startswith(_SIGNATURES):
                    raise ProbeError(f"{output} is no picture")
                return
            if failure and (reason := self._object(failure)) is not None:
                raise ProbeError(f"the model refused: {reason[:500].decode(errors='replace')}")
            self._sleep(self._waits.poll)
        raise ProbeError(f"no picture came within {self._waits.patience:.0f} s")

    def _object(self, location: str) -> bytes | None:
        """Return an object and remove it, or None while there is none."""
        bucket, key = split_location(location)
        try:
            body: bytes = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            self._s3.delete_object(Bucket=bucket, Key=key)
        except ClientError as error:
            # Without the right to list a bucket, an object that isn't there is forbidden.
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in (403, 404):
                return None
            raise ProbeError(f"{location} can't be read: {error}") from error
        return body
