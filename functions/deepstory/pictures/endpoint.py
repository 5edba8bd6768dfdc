"""Handing a picture to the model server."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Protocol

import msgspec

from deepstory.pictures.entities import Picture
from deepstory.pictures.errors import RequestNotTakenError

# How long a request may wait at the endpoint, and how long the model may take for it.
WAITS_AT_MOST = timedelta(minutes=30)
TAKES_AT_MOST = timedelta(minutes=2)


class ModelEndpoint(Protocol):
    def send(self, picture: Picture) -> None:
        """Put the picture in the endpoint's queue; sending it again has it drawn again.

        Raises RequestNotTakenError.
        """


class ModelRequest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the model container reads."""

    prompt: str
    seed: int
    aspect: str
    negative_prompt: str | None = None


class SageMakerEndpoint:
    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    def send(self, picture: Picture) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        request = ModelRequest(
            prompt=picture.model_prompt,
            seed=picture.seed,
            aspect=picture.aspect,
            negative_prompt=picture.negative_prompt,
        )
        try:
            self._client.invoke_endpoint_async(
                EndpointName=self._name,
                Body=msgspec.json.encode(request),
                ContentType="application/json",
                Accept="image/png",
                InferenceId=picture.picture_id,
                RequestTTLSeconds=int(WAITS_AT_MOST.total_seconds()),
                InvocationTimeoutSeconds=int(TAKES_AT_MOST.total_seconds()),
            )
        except (ClientError, BotoCoreError) as error:
            # Throttled, updating, out of reach: nothing that the picture itself could cause,
            # for its request was checked when it was asked for.
            raise RequestNotTakenError(type(error).__name__) from error
