"""Puts the parts of SageMaker together."""

from dataclasses import dataclass

from local.cloud import seams
from local.cloud.context import CloudContext
from local.cloud.sagemaker import control, resources, runtime
from local.cloud.sagemaker.endpoints import Endpoints
from local.cloud.sagemaker.fleet import Fleet
from local.cloud.sagemaker.jobs import JobQueue
from local.cloud.sagemaker.models import Models
from local.cloud.sagemaker.store import DurableMap


@dataclass(frozen=True, slots=True)
class SageMaker:
    """What other services of this cloud may use."""

    endpoints: Endpoints
    fleet: Fleet


def build(context: CloudContext) -> SageMaker:
    """Add the SageMaker APIs and CloudFormation types to the cloud; endpoints start with it."""
    directory = context.data_dir / "sagemaker"
    models = Models(directory)
    fleet = Fleet(
        DurableMap(directory / "endpoints.json"),
        JobQueue(directory / "jobs"),
        directory / "weights",
    )
    endpoints = Endpoints(models, fleet)
    table = control.operations(models, endpoints)

    async def handle(
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query: dict[str, list[str]],
    ) -> seams.Response:
        if path.startswith("/endpoints/"):
            return await runtime.handle(fleet, method, path, headers, body)
        return control.answer(table, headers, body)

    seams.add_service("sagemaker", handle, target_prefixes=["SageMaker."])
    made = DurableMap(directory / "stack-resources.json")
    resources.register(models, endpoints, made)

    async def start() -> None:
        resources.sweep(models, endpoints, made)
        await fleet.start()

    seams.on_ready(start)
    seams.on_shutdown(fleet.close)
    return SageMaker(endpoints, fleet)
