"""Permissions spelled out action by action, so that a role has what its code calls and no more."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam

GET = ("dynamodb:GetItem",)
BATCH_GET = ("dynamodb:BatchGetItem",)
QUERY = ("dynamodb:Query",)
SCAN = ("dynamodb:Scan",)
PUT = ("dynamodb:PutItem",)
UPDATE = ("dynamodb:UpdateItem",)
# What a transaction demands of an item that it does not write.
CHECK = ("dynamodb:ConditionCheckItem",)
DELETE = ("dynamodb:DeleteItem",)
BATCH_WRITE = ("dynamodb:BatchWriteItem",)


def allow(
    role: iam.IGrantable,
    actions: Sequence[str],
    resources: Sequence[str],
    conditions: dict[str, dict[str, object]] | None = None,
) -> None:
    """Let a role call these actions on these resources."""
    role.grant_principal.add_to_principal_policy(
        iam.PolicyStatement(actions=list(actions), resources=list(resources), conditions=conditions)
    )


def allow_table(
    role: iam.IGrantable,
    table: dynamodb.ITable,
    *actions: Sequence[str],
    indexes: Sequence[str] = (),
) -> None:
    """Let a role work on a table; each index is named, because only queries reach one."""
    if actions:
        allow(role, [action for group in actions for action in group], [table.table_arn])
    if indexes:
        allow(role, QUERY, [f"{table.table_arn}/index/{index}" for index in indexes])
