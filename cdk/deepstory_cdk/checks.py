"""cdk-nag, and the one way to accept a finding of it."""

from __future__ import annotations

from typing import Any

from aws_cdk import Acknowledgment, App, Stack, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from cdk_nag import AwsSolutionsChecks
from constructs import IConstruct


def require_aws_solutions(app: App) -> None:
    """Make synthesis fail on every finding of the AWS Solutions rules that nobody accepted."""
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))


def accept(construct: IConstruct, finding: str, reason: str) -> None:
    """Accept one finding on a construct and what is below it; the reason is for reviewers."""
    Validations.of(construct).acknowledge(Acknowledgment(id=finding, reason=reason))


def accept_resource(role: IConstruct, arn: str, reason: str) -> None:
    """Accept that a role reaches what this ARN with a ``*`` in it stands for."""
    resource = _as_reported(Stack.of(role).resolve(arn))
    accept(role, f"AwsSolutions-IAM5[Resource::{resource}]", reason)


def _as_reported(value: Any) -> str:
    if isinstance(value, str):
        return value
    ((function, argument),) = value.items()
    if function == "Fn::Join":
        return "".join(_as_reported(part) for part in argument[1])
    return f"<{'.'.join(argument) if isinstance(argument, list) else argument}>"


def role_of(function: lambda_.IFunction) -> iam.IRole:
    """Return the role of a Lambda, on which findings about its permissions are reported."""
    if function.role is None:
        raise ValueError(f"{function.node.path} was imported without its role")
    return function.role
