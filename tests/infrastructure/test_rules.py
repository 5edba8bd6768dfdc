"""The rules of others that every template must pass."""

from __future__ import annotations

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs
from cfnlint import lint
from cfnlint.config import ManualArgs

from deepstory_cdk.checks import accept, require_aws_solutions
from infrastructure.synthesis import Template


def unsafe_app() -> tuple[App, sqs.Queue]:
    app = App(builtin_cloud_formation_validation=False)
    queue = sqs.Queue(Stack(app, "Unsafe"), "Queue", enforce_ssl=True)
    require_aws_solutions(app)
    return app, queue


def test_a_finding_of_cdk_nag_that_nobody_accepted_fails_synthesis() -> None:
    app, _ = unsafe_app()
    with pytest.raises(RuntimeError, match="AwsSolutions-SQS3"):
        app.synth()


def test_an_accepted_finding_of_cdk_nag_does_not_fail_synthesis() -> None:
    app, queue = unsafe_app()
    accept(queue, "AwsSolutions-SQS3", "a queue of a test")
    app.synth()


def test_cfn_lint_finds_nothing(template: Template) -> None:
    assert findings(template) == []


def test_cfn_lint_finds_nothing_without_web_app_and_model(bare: Template) -> None:
    assert findings(bare) == []


def findings(template: Template) -> list[object]:
    # W3005: the CDK repeats in DependsOn what a reference says already.
    config = ManualArgs(regions=["us-east-1", "ap-northeast-2"], ignore_checks=["W3005"])
    found: list[object] = lint(template.path.read_text(), config=config)
    return found
