"""What the roles of a deployed stack may do, and what a running service did with them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import unquote

# CDK and CloudFormation put these behind the name that a construct was given.
_SUFFIXES = re.compile(r"deepstory-local-(\w+?)[0-9A-F]{8}-[0-9A-F]+", re.IGNORECASE)
# The names of endpoints are made from those of their constructs too.
_ENDPOINTS = re.compile(r"endpoint/(\w+?)[0-9A-F]{8}-.*")
_LOGICAL_SUFFIX = re.compile(r"[0-9A-F]{8}$")


@dataclass(frozen=True, order=True)
class Use:
    """One action of a role on one resource, or on all that a pattern fits."""

    role: str
    action: str
    resource: str

    def covers(self, other: Use) -> bool:
        """Whether what this grants is what the other did."""
        same = (self.role, self.action) == (other.role, other.action)
        return same and fnmatchcase(other.resource, self.resource)

    def __str__(self) -> str:
        resource = _SUFFIXES.sub(r"\1", self.resource.split(":", 5)[-1])
        resource = _ENDPOINTS.sub(r"endpoint/\1", resource)
        return f"{self.role} {self.action} {resource}"


@dataclass(frozen=True)
class Role:
    """A role of the stack: who takes it, and what it may do."""

    name: str
    taken_by: str
    grants: frozenset[Use]


def roles(clients: Any, stack: str) -> dict[str, Role]:
    """Return the roles of a stack by their physical names; ``clients`` makes a client by name."""
    iam = clients("iam")
    pages = (
        clients("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
    )
    found = {}
    for resource in (each for page in pages for each in page["StackResourceSummaries"]):
        if resource["ResourceType"] != "AWS::IAM::Role":
            continue
        physical = resource["PhysicalResourceId"]
        name = _LOGICAL_SUFFIX.sub("", resource["LogicalResourceId"])
        trust = _document(iam.get_role(RoleName=physical)["Role"]["AssumeRolePolicyDocument"])
        (statement,) = trust["Statement"]
        documents = _documents(iam, physical)
        found[physical] = Role(
            name, statement["Principal"]["Service"], frozenset(_grants(name, documents))
        )
    return found


def used(record: Path, known: dict[str, Role], *, allowed: bool) -> set[Use]:
    """Return what the record says that these roles did, or wanted to do and were refused."""
    lines = [json.loads(line) for line in record.read_text().splitlines()]
    return {
        Use(known[line["role"]].name, line["action"], line["resource"])
        for line in lines
        if line["role"] in known and line["allowed"] is allowed
    }


def _documents(iam: Any, role: str) -> Iterator[dict[str, Any]]:
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        yield _document(iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"])
    for policy in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        arn = policy["PolicyArn"]
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        found = iam.get_policy_version(PolicyArn=arn, VersionId=version)
        yield _document(found["PolicyVersion"]["Document"])


def _document(document: Any) -> dict[str, Any]:
    """Return a policy; some clients leave it as text."""
    parsed: dict[str, Any] = (
        json.loads(unquote(document)) if isinstance(document, str) else document
    )
    return parsed


def _grants(role: str, documents: Iterable[dict[str, Any]]) -> Iterator[Use]:
    for statement in (each for document in documents for each in document["Statement"]):
        for action in _as_list(statement["Action"]):
            for resource in _as_list(statement["Resource"]):
                yield Use(role, action, resource)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
