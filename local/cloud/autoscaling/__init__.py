"""application-autoscaling for SageMaker endpoints: scalable targets and the two policy types."""

import time

from local.cloud import seams
from local.cloud.autoscaling import resources
from local.cloud.autoscaling.operations import Operations
from local.cloud.autoscaling.registry import Registry
from local.cloud.autoscaling.scaler import Scaler
from local.cloud.context import CloudContext
from local.cloud.sagemaker import control
from local.cloud.sagemaker.scope import Scope
from local.cloud.sagemaker.service import SageMaker
from local.cloud.sagemaker.store import Record


def attach(context: CloudContext, sagemaker: SageMaker) -> None:
    """Add the API and its CloudFormation types; the policies act on the given SageMaker."""
    registry = Registry(context.data_dir / "autoscaling")
    scaler = Scaler(registry, sagemaker.fleet, _alarms, time.time)
    operations = Operations(registry, scaler, sagemaker.fleet, _alarms)
    table = operations.table()

    async def handle(
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query: dict[str, list[str]],
    ) -> seams.Response:
        return control.answer(table, headers, body)

    seams.add_service(
        "application-autoscaling", handle, target_prefixes=["AnyScaleFrontendService."]
    )
    resources.register(operations)

    async def start() -> None:
        hosted = [key for key, _ in sagemaker.fleet.endpoints.items()]
        registry.keep_only(hosted)
        sagemaker.fleet.listen(scaler.look)
        for key in hosted:
            scaler.look(key)

    seams.on_ready(start)


def _alarms(key: str) -> list[Record]:
    """Return the CloudWatch alarms in the account and region of a key."""
    scope = Scope.of(key)
    with seams.module("core.responses").request_scope(scope.account, scope.region):
        return list(seams.module("services.cloudwatch")._alarms.values())
