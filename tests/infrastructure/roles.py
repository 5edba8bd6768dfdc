"""The roles of a template, and what their policies allow."""

from __future__ import annotations

from typing import Any

from infrastructure.synthesis import Json, Template


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def actions(template: Template, role: str) -> set[str]:
    return {
        action for statement in template.statements(role) for action in as_list(statement["Action"])
    }


def role_of(props: Json) -> str:
    role: str = props["Role"]["Fn::GetAtt"][0]
    return role


def role(template: Template, handler: str) -> str:
    return next(
        role_of(props) for props in template.lambdas().values() if handler in props["Handler"]
    )


def own_roles(template: Template) -> list[str]:
    return [name for name in template.of_type("AWS::IAM::Role") if "Custom" not in name]
