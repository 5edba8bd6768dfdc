"""The rules of others that every template must pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs
from cfnlint import lint
from cfnlint.config import ManualArgs

from deepstory_cdk.checks import accept, require_aws_solutions
from infrastructure import synthesis
from infrastructure.synthesis import Template

# Sets of options beside those of the stages; each is synthesised with cdk-nag, and linted.
OPTIONS: dict[str, dict[str, str]] = {
    "nothing given": {"stage": "dev"},
    "elsewhere, with a certificate and one kind of GPU": {
        "stage": "prod",
        "region": "ap-northeast-2",
        "domain": "diary.example.com",
        "certificate": "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d",
        "mail_from": "no-reply@diary.example.com",
        "model_instance_type": "ml.g5.xlarge",
        "model_instance_prices": "ml.g5.xlarge=1.73",
    },
}


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


def findings(template: Template) -> list[object]:
    # W3005: the CDK repeats in DependsOn what a reference says already.
    config = ManualArgs(regions=["us-east-1", "ap-northeast-2"], ignore_checks=["W3005"])
    return list(lint(template.path.read_text(), config=config))


def test_cfn_lint_finds_nothing(template: Template) -> None:
    assert findings(template) == []


def test_cfn_lint_finds_nothing_without_web_app_and_model(bare: Template) -> None:
    assert findings(bare) == []


@pytest.mark.parametrize("options", OPTIONS)
def test_other_options_pass_cdk_nag_and_cfn_lint(options: str, tmp_path: Path) -> None:
    template = synthesis.synthesize(folder=tmp_path / "synthesis", **OPTIONS[options])
    assert findings(template) == []
