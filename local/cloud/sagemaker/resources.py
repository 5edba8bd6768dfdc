"""The CloudFormation types of SageMaker."""

import secrets
import string

from local.cloud import seams
from local.cloud.sagemaker.endpoints import Endpoints
from local.cloud.sagemaker.errors import ApiError
from local.cloud.sagemaker.models import Models
from local.cloud.sagemaker.scope import Scope
from local.cloud.sagemaker.store import DurableMap, Record

_SUFFIX = string.ascii_letters + string.digits
_LONGEST_NAME = 63


def generated_name(stack_name: str, logical_id: str) -> str:
    """Return a name in CloudFormation's form; every call gives another one."""
    suffix = "".join(secrets.choice(_SUFFIX) for _ in range(12))
    head = f"{logical_id}-{stack_name}".replace("_", "-")[: _LONGEST_NAME - 13].strip("-")
    return f"{head}-{suffix}"


def register(models: Models, endpoints: Endpoints, made: DurableMap) -> None:
    """Teach CloudFormation Model, EndpointConfig and Endpoint; ``made`` lists what it made.

    Ref of each is its ARN. Models and configurations are replaced by any change, endpoints are
    updated in place. A stack doesn't wait for the model to start: the endpoint is Creating, and
    keeps requests, until it has.
    """

    def note(arn: str) -> str:
        made.put(arn, {})
        return arn

    def create_model(logical_id: str, props: Record, stack: str) -> tuple[str, Record]:
        name = props.get("ModelName") or generated_name(stack, logical_id)
        request = {**props, "ModelName": name}
        arn = models.create_model(Scope.current(), request)["ModelArn"]
        return note(arn), {"ModelName": name}

    def create_config(logical_id: str, props: Record, stack: str) -> tuple[str, Record]:
        name = props.get("EndpointConfigName") or generated_name(stack, logical_id)
        request = {**props, "EndpointConfigName": name}
        answer = models.create_endpoint_config(Scope.current(), request)
        return note(answer["EndpointConfigArn"]), {"EndpointConfigName": name}

    def create_endpoint(logical_id: str, props: Record, stack: str) -> tuple[str, Record]:
        name = props.get("EndpointName") or generated_name(stack, logical_id)
        request = {"EndpointName": name, "EndpointConfigName": props["EndpointConfigName"]}
        arn = endpoints.create(Scope.current(), request)["EndpointArn"]
        return note(arn), {"EndpointName": name}

    def update_endpoint(arn: str, old: Record, new: Record, stack: str) -> tuple[str, Record]:
        name = _name(arn)
        request = {**new, "EndpointName": name}
        if old.get("EndpointConfigName") != new.get("EndpointConfigName"):
            endpoints.update(Scope.current(), request)
        return arn, {"EndpointName": name}

    def delete(arn: str, props: Record) -> None:
        remove(models, endpoints, arn)
        made.delete(arn)

    seams.add_resource_type("AWS::SageMaker::Model", create_model, delete)
    seams.add_resource_type("AWS::SageMaker::EndpointConfig", create_config, delete)
    seams.add_resource_type("AWS::SageMaker::Endpoint", create_endpoint, delete, update_endpoint)


def remove(models: Models, endpoints: Endpoints, arn: str) -> None:
    """Delete a resource, or do nothing if it isn't there."""
    _, _, _, region, account, resource = arn.split(":", 5)
    kind, _, name = resource.partition("/")
    delete, field = {
        "model": (models.delete_model, "ModelName"),
        "endpoint-config": (models.delete_endpoint_config, "EndpointConfigName"),
        "endpoint": (endpoints.delete, "EndpointName"),
    }[kind]
    try:
        delete(Scope(account, region), {field: name})
    except ApiError as error:
        if not error.message.startswith("Could not find"):
            raise


def sweep(models: Models, endpoints: Endpoints, made: DurableMap) -> None:
    """Delete what CloudFormation made and no longer knows of.

    A killed deployment leaves the stacks as they were before it, so what it had created by then
    belongs to nobody; a model process among it would run for ever.
    """
    stacks = seams.module("services.cloudformation")._stacks.all_values()
    known = {
        resource.get("PhysicalResourceId")
        for stack in stacks
        for resource in stack.get("_resources", {}).values()
    }
    for arn, _ in made.items():
        if arn not in known:
            remove(models, endpoints, arn)
            made.delete(arn)


def _name(arn: str) -> str:
    return arn.rpartition("/")[2]
