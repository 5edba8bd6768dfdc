"""Secrets of CloudFormation: a reference is the secret's ARN, as on AWS.

ministack makes it the name, so that no policy of a template allows anything on a secret.
"""

from collections.abc import Callable
from typing import Any

from local.cloud import seams

_TYPE = "AWS::SecretsManager::Secret"


def install() -> None:
    """Let ministack go on with names, and the stacks see ARNs."""
    provisioner = seams.module("services.cloudformation.provisioners")._RESOURCE_HANDLERS[_TYPE]
    create, update, delete = (provisioner[step] for step in ("create", "update", "delete"))

    def create_secret(*arguments: Any) -> tuple[str, dict[str, Any]]:
        return _by_arn(create(*arguments))

    def update_secret(secret: str, *arguments: Any, **more: Any) -> tuple[str, dict[str, Any]]:
        return _by_arn(update(_name(secret), *arguments, **more))

    def delete_secret(secret: str, *arguments: Any) -> None:
        delete(_name(secret), *arguments)

    provisioner.update(create=create_secret, update=update_secret, delete=delete_secret)
    seams.on_ready(_know_by_arn)


async def _know_by_arn() -> None:
    """Have stacks that an earlier cloud deployed refer to ARNs from their next update on."""
    for stack in seams.module("services.cloudformation")._stacks.all_values():
        for resource in stack.get("_resources", {}).values():
            if resource["ResourceType"] == _TYPE and "Arn" in resource.get("Attributes", {}):
                resource["PhysicalResourceId"] = resource["Attributes"]["Arn"]


def _by_arn(made: tuple[str, dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    return made[1]["Arn"], made[1]


def _name(secret: str) -> str:
    """Return the name of a secret, by which ministack keeps it."""
    resolve: Callable[[str], tuple[str | None, Any]] = seams.module(
        "services.secretsmanager"
    )._resolve
    return resolve(secret)[0] or secret
