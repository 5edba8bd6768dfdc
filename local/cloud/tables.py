"""What CloudFormation's tables lack in ministack: time to live and point-in-time recovery."""

from collections.abc import Callable
from typing import Any

from local.cloud import seams

_TYPES = ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")


def install() -> None:
    """Apply both settings after ministack has created or updated a table."""
    handlers = seams.module("services.cloudformation.provisioners")._RESOURCE_HANDLERS
    for kind in _TYPES:
        provisioner = handlers[kind]
        for step, properties_at in (("create", 1), ("update", 2)):
            provisioner[step] = _with_settings(provisioner[step], properties_at)


def _with_settings(provision: Callable[..., Any], properties_at: int) -> Callable[..., Any]:
    def provision_and_set(*arguments: Any) -> Any:
        result = provision(*arguments)
        _apply(result[0], arguments[properties_at])
        return result

    return provision_and_set


def _apply(table: str, properties: dict[str, Any]) -> None:
    dynamodb = seams.module("services.dynamodb")
    replica = (properties.get("Replicas") or [{}])[0]
    expiry = properties.get("TimeToLiveSpecification")
    if expiry and expiry.get("AttributeName"):
        wanted = {"Enabled": True, **expiry}
        wanted["Enabled"] = str(wanted["Enabled"]).lower() == "true"
        dynamodb._update_ttl({"TableName": table, "TimeToLiveSpecification": wanted})
    elif dynamodb._ttl_settings.get(table):
        dynamodb._ttl_settings[table] = {"TimeToLiveStatus": "DISABLED", "AttributeName": ""}
    name = "PointInTimeRecoverySpecification"
    recovery = (properties.get(name) or replica.get(name) or {}).get("PointInTimeRecoveryEnabled")
    dynamodb._pitr_settings[table] = str(recovery).lower() == "true"
