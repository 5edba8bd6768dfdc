"""The endpoint's controls in SageMaker and Application Auto Scaling."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from deepstory.model_server.entities import Mode, Observation, State
from deepstory.model_server.errors import ModelServerBusyError

_DIMENSION = "sagemaker:variant:DesiredInstanceCount"


class SageMakerHost:
    def __init__(
        self,
        *,
        client: Callable[[str], Any],
        endpoint: str,
        variant: str,
        maximum_instances: int,
    ) -> None:
        """``client`` gives a client by service: most processes need none of these."""
        self._client = client
        self._endpoint = endpoint
        self._variant = variant
        self._maximum_instances = maximum_instances

    def observe(self) -> Observation:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self._client("sagemaker").describe_endpoint(EndpointName=self._endpoint)
        except (BotoCoreError, ClientError) as error:
            raise ModelServerBusyError(retry_after=5) from error
        variant: Mapping[str, Any] = next(
            (
                variant
                for variant in answer.get("ProductionVariants", ())
                if variant["VariantName"] == self._variant
            ),
            {},
        )
        return Observation(
            state=_state(answer["EndpointStatus"], variant),
            instances=variant.get("CurrentInstanceCount", 0),
            # When AWS begins and ends to bill is not told exactly: from the order to the end.
            billed=max(
                variant.get("CurrentInstanceCount", 0), variant.get("DesiredInstanceCount", 0)
            ),
        )

    def scale(self, mode: Mode) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        least, most = {
            "off": (0, 0),
            "auto": (0, self._maximum_instances),
            "on": (1, self._maximum_instances),
        }[mode]
        try:
            self._client("application-autoscaling").register_scalable_target(
                ServiceNamespace="sagemaker",
                ResourceId=f"endpoint/{self._endpoint}/variant/{self._variant}",
                ScalableDimension=_DIMENSION,
                MinCapacity=least,
                MaxCapacity=most,
                SuspendedState={
                    "DynamicScalingInSuspended": False,
                    "DynamicScalingOutSuspended": mode == "off",
                    "ScheduledScalingSuspended": mode == "off",
                },
            )
        except (BotoCoreError, ClientError) as error:
            raise ModelServerBusyError(retry_after=5) from error

    def stop(self) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._client("sagemaker").update_endpoint_weights_and_capacities(
                EndpointName=self._endpoint,
                DesiredWeightsAndCapacities=[
                    {"VariantName": self._variant, "DesiredInstanceCount": 0}
                ],
            )
        except (BotoCoreError, ClientError) as error:
            raise ModelServerBusyError(retry_after=5) from error


def _state(status: str, variant: Mapping[str, Any]) -> State:
    if status in ("Failed", "UpdateRollbackFailed", "OutOfService"):
        return "failed"
    current = variant.get("CurrentInstanceCount", 0)
    desired = variant.get("DesiredInstanceCount", 0)
    if current == 0:
        return "starting" if desired > 0 or status == "Creating" else "off"
    return "ready" if desired > 0 else "stopping"
