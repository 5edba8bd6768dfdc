"""The whole life of a deployment, from an empty account to an empty account: ``make rehearse``."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from support.cloud import ROOT


def rehearse(stage: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "local.rehearsal"],
        cwd=ROOT,
        env=os.environ | {"STAGE": stage},
        capture_output=True,
        text=True,
        timeout=2700,
        check=False,
    )


def rehearsed(stage: str) -> str:
    done = rehearse(stage)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_dev_is_deployed_used_updated_and_destroyed_and_leaves_nothing_that_costs() -> None:
    told = rehearsed("dev")
    kept = told.partition("what is kept on purpose: ")[2]
    # The account's role by which API Gateway writes logs, which other APIs may use by now.
    assert kept.count("AWS::") == kept.count("AWS::IAM::Role") <= 1


def test_prod_restores_what_was_lost_and_keeps_its_data_when_it_is_destroyed() -> None:
    told = rehearsed("prod")
    assert "✓ Losing a post, a table and a picture, and restoring them" in told
    kept = told.partition("what is kept on purpose: ")[2]
    assert "AWS::DynamoDB::Table" in kept
    assert "AWS::S3::Bucket" in kept
    assert "AWS::SecretsManager::Secret" in kept


@pytest.mark.parametrize("stage", ["local", "staging"])
def test_only_stages_of_the_cloud_are_rehearsed(stage: str) -> None:
    done = rehearse(stage)
    assert done.returncode == 2
    assert "STAGE must be one of dev, prod" in done.stdout
