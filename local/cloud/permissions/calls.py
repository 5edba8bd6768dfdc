"""Which permission a call needs, and on what, where ministack does not know the service."""

import json
from collections.abc import Callable
from typing import Any

from local.cloud import seams

_SAGEMAKER = "sagemaker"
_AUTOSCALING = "application-autoscaling"
_INVOCATIONS = {
    "invocations": "sagemaker:InvokeEndpoint",
    "async-invocations": "sagemaker:InvokeEndpointAsync",
}
# The condition keys of Application Auto Scaling, and the members of a request that they look at.
_SCALING_KEYS = {
    "application-autoscaling:service-namespace": "ServiceNamespace",
    "application-autoscaling:scalable-dimension": "ScalableDimension",
}


def install() -> None:
    """Have calls of SageMaker and Application Auto Scaling checked like all others."""
    known = seams.module("core.iam_actions")
    known.extract_iam_action = _with_actions(known.extract_iam_action)
    known.extract_resource_arn = _with_resources(known.extract_resource_arn)
    known.request_tag_context = _with_conditions(known.request_tag_context)


def action_of(service: str, path: str, headers: dict[str, str]) -> str | None:
    """Return the permission that a call of one of the added services needs."""
    if service not in (_SAGEMAKER, _AUTOSCALING):
        return None
    parts = path.strip("/").split("/")
    if service == _SAGEMAKER and parts[0] == "endpoints":
        return _INVOCATIONS[parts[-1]]
    return f"{service}:{headers['x-amz-target'].rpartition('.')[2]}"


def resource_of(service: str, path: str, body: bytes, region: str, account: str) -> str:
    """Return what such a call works on; the id of a scalable target is nothing a caller knows."""
    parts = path.strip("/").split("/")
    name = parts[1] if parts[0] == "endpoints" else _members(body).get("EndpointName")
    if service == _AUTOSCALING:
        return f"arn:aws:{service}:{region}:{account}:scalable-target/*"
    return f"arn:aws:{service}:{region}:{account}:endpoint/{name}" if name else "*"


def conditions_of(service: str, body: bytes) -> dict[str, str]:
    """Return the condition keys that such a call carries."""
    if service != _AUTOSCALING:
        return {}
    members = _members(body)
    return {key: members[name] for key, name in _SCALING_KEYS.items() if name in members}


def _members(body: bytes) -> dict[str, Any]:
    members = json.loads(body or b"{}")
    return members if isinstance(members, dict) else {}


def _with_actions(extract: Callable[..., str | None]) -> Callable[..., str | None]:
    def extract_iam_action(
        service: str, method: str, path: str, headers: dict[str, str], *more: Any
    ) -> str | None:
        return action_of(service, path, headers) or extract(service, method, path, headers, *more)

    return extract_iam_action


def _with_resources(extract: Callable[..., str]) -> Callable[..., str]:
    def extract_resource_arn(
        service: str,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        parameters: dict[str, Any],
        region: str,
        account: str,
    ) -> str:
        if service in (_SAGEMAKER, _AUTOSCALING):
            return resource_of(service, path, body, region, account)
        return extract(service, method, path, headers, body, parameters, region, account)

    return extract_resource_arn


def _with_conditions(extract: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def request_tag_context(
        service: str, action: str, body: bytes, parameters: dict[str, Any]
    ) -> dict[str, Any]:
        return {**extract(service, action, body, parameters), **conditions_of(service, body)}

    return request_tag_context
