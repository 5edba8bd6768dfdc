"""The CloudFormation types of application-autoscaling."""

from local.cloud import seams
from local.cloud.autoscaling.operations import ObjectNotFoundError, Operations
from local.cloud.sagemaker.control import Operation
from local.cloud.sagemaker.resources import generated_name
from local.cloud.sagemaker.scope import Scope
from local.cloud.sagemaker.store import Record

_IDENTITY = ("ResourceId", "ScalableDimension", "ServiceNamespace")


def register(operations: Operations) -> None:
    """Teach CloudFormation ScalableTarget and ScalingPolicy; Ref is the id and the ARN."""

    def put_target(logical_id: str, props: Record, stack: str) -> tuple[str, Record]:
        operations.register_target(Scope.current(), props)
        identity = "|".join(str(props[name]) for name in _IDENTITY)
        return identity, {"Id": identity}

    def update_target(identity: str, old: Record, new: Record, stack: str) -> tuple[str, Record]:
        return put_target("", new, stack)

    def delete_target(identity: str, props: Record) -> None:
        _if_there(operations.deregister_target, _identified(identity))

    def create_policy(logical_id: str, props: Record, stack: str) -> tuple[str, Record]:
        return put_policy({**props, "PolicyName": _policy_name(props, stack, logical_id)})

    def update_policy(arn: str, old: Record, new: Record, stack: str) -> tuple[str, Record]:
        name = new.get("PolicyName") or arn.rpartition("policyName/")[2]
        return put_policy({**new, "PolicyName": name})

    def put_policy(props: Record) -> tuple[str, Record]:
        request = {**props, **_policy_target(props)}
        arn = operations.put_policy(Scope.current(), request)["PolicyARN"]
        return arn, {"Arn": arn, "PolicyName": props["PolicyName"]}

    def delete_policy(arn: str, props: Record) -> None:
        name = arn.rpartition("policyName/")[2]
        _if_there(operations.delete_policy, {**_policy_target(props), "PolicyName": name})

    seams.add_resource_type(
        "AWS::ApplicationAutoScaling::ScalableTarget", put_target, delete_target, update_target
    )
    seams.add_resource_type(
        "AWS::ApplicationAutoScaling::ScalingPolicy", create_policy, delete_policy, update_policy
    )


def _policy_name(props: Record, stack: str, logical_id: str) -> str:
    return str(props.get("PolicyName") or generated_name(stack, logical_id))


def _policy_target(props: Record) -> Record:
    if "ScalingTargetId" in props:
        return _identified(str(props["ScalingTargetId"]))
    return {name: props.get(name) for name in _IDENTITY}


def _identified(identity: str) -> Record:
    return dict(zip(_IDENTITY, identity.split("|"), strict=True))


def _if_there(remove: Operation, request: Record) -> None:
    try:
        remove(Scope.current(), request)
    except ObjectNotFoundError:
        return
