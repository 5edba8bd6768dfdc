"""The project's CDK app, run as the ``cdk`` command runs it, and its templates to look into."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
STAGES = ("local", "dev", "prod")
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/deepstory-model:1"

Json = dict[str, Any]


@dataclass(frozen=True)
class Template:
    """One synthesised stack, and the cloud assembly it lies in."""

    stage: str
    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / f"deepstory-{self.stage}.template.json"

    @cached_property
    def content(self) -> Json:
        content: Json = json.loads(self.path.read_text())
        return content

    @property
    def resources(self) -> dict[str, Json]:
        found: dict[str, Json] = self.content["Resources"]
        return found

    def of_type(self, kind: str) -> dict[str, Json]:
        """Return the properties of all resources of a type, by logical id."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.resources.items()
            if resource["Type"] == kind
        }

    def only(self, kind: str, *, containing: str = "") -> Json:
        """Return the properties of the one resource of a type whose id contains the text."""
        found = [props for name, props in self.of_type(kind).items() if containing in name]
        assert len(found) == 1, f"{len(found)} resources {kind} contain {containing!r}"
        return found[0]

    def lambdas(self) -> dict[str, Json]:
        """Return the project's own Lambdas, by logical id."""
        functions = self.of_type("AWS::Lambda::Function") | self.of_type(
            "AWS::Serverless::Function"
        )
        return {name: props for name, props in functions.items() if "Custom" not in name}

    def statements(self, role: str) -> list[Json]:
        """Return what the policies attached to a role allow.

        What does not fit into a role's own policy, CDK puts into a managed one beside it.
        """
        kinds = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
        policies = [policy for kind in kinds for policy in self.of_type(kind).values()]
        return [
            statement
            for policy in policies
            if {"Ref": role} in policy.get("Roles", [])
            for statement in policy["PolicyDocument"]["Statement"]
        ]


def synthesize(stage: str, folder: Path, **context: str) -> Template:
    """Run the app in a new folder."""
    settings = json.loads((ROOT / "cdk.json").read_text())["context"] | {"stage": stage} | context
    environment = os.environ | {
        "CDK_OUTDIR": str(folder / "cdk.out"),
        "CDK_CONTEXT_JSON": json.dumps(settings),
        "CDK_DEFAULT_ACCOUNT": "123456789012",
        "CDK_DEFAULT_REGION": "us-east-1",
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
    }
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, str(ROOT / "cdk" / "app.py")],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return Template(stage, folder / "cdk.out")
