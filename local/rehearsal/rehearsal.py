"""The order of a rehearsal, and what has to be true after each step."""

from __future__ import annotations

import json
import time
from pathlib import Path

from local import accounts
from local.deploy import Deployment
from local.errors import StartError
from local.progress import Console
from local.rehearsal import drill, inventory, release, smoke
from local.rehearsal.trial import Trial

# The change of a property that is visible in the deployed stack.
_IDLE_MINUTES = 4
_CHANGE = (f"model_idle_minutes={_IDLE_MINUTES}",)


def rehearse(trial: Trial, console: Console, directory: Path) -> None:
    """Deploy, use, update, look again, destroy.

    ``directory`` is where the next release's sources are put. StartError, SmokeError or DemoError
    says what went wrong.
    """
    began = time.monotonic()
    with console.step("Starting the embedded cloud"):
        trial.start_cloud()
    first = trial.deployment()
    with console.step("Bootstrapping the account"):
        first.bootstrap(console.detail)
    before = inventory.take(trial.client)
    with console.step("Deploying everything with the CDK"):
        first.deploy(console.detail)
    _expect_watched(trial)
    deployed = inventory.take(trial.client) - before
    with console.step("Starting the API"):
        trial.serve(first)
    with console.step("Signing up, drawing, posting, liking, befriending, switching the model"):
        traces = smoke.play(trial.settings.url, accounts.password(trial.settings))
    with console.step(f"Losing {drill.LOSSES[trial.keeps_versions]}, and restoring them"):
        drill.lose_and_restore(trial, traces)
    directory.mkdir()
    second = trial.deployment(context=_CHANGE, source=release.prepare(directory))
    with console.step("Updating to the next release: changed code and a changed property"):
        second.deploy(console.detail)
    _expect_updated(trial, second)
    trial.serve(second)
    with console.step("Looking whether everything survived the update"):
        smoke.look_again(traces)
    with console.step("Checking that cdk diff finds nothing"):
        # It synthesises anew: whatever differs from one synthesis to the next shows here.
        second.cdk.run("diff", "--fail", "--all")
    with console.step("Checking that deploying again does nothing"):
        options = ("--all", "--require-approval", "never")
        if "(no changes)" not in second.cdk.run("deploy", *options, again=True):
            raise StartError("A second deployment of the same release changed something.")
    kept = _kept(trial)
    with console.step("Destroying it"):
        trial.unlock()
        second.cdk.run("destroy", "--all", "--force", again=True)
    left = inventory.take(trial.client) - before
    _expect_only(kept, left)
    console.line(
        f"✓ {len(deployed)} resources came, worked, were updated and went in "
        f"{time.monotonic() - began:.0f} s; {_told(left)}"
    )


def _expect_watched(trial: Trial) -> None:
    if unknown := inventory.unwatched(trial.client, trial.stack):
        raise StartError(
            f"Nobody would see whether these are left: {', '.join(sorted(unknown))}. "
            "Add them to local/rehearsal/inventory.py."
        )


def _expect_updated(trial: Trial, deployment: Deployment) -> None:
    version = trial.deployed_version(deployment)
    if version != release.VERSION:
        raise StartError(f"The deployed API Lambda still is version {version}.")
    minutes = deployment.api_function().variables["MODEL_IDLE_MINUTES"]
    if minutes != str(_IDLE_MINUTES):
        raise StartError(f"MODEL_IDLE_MINUTES still is {minutes} after the update.")


def _kept(trial: Trial) -> set[tuple[str, str]]:
    """Return what the template says stays when the stack goes."""
    stacks = trial.client("cloudformation")
    body = stacks.get_template(StackName=trial.stack)["TemplateBody"]
    template = body if isinstance(body, dict) else json.loads(body)
    retained = {
        name
        for name, resource in template["Resources"].items()
        if resource.get("DeletionPolicy") == "Retain"
    }
    pages = stacks.get_paginator("list_stack_resources").paginate(StackName=trial.stack)
    return {
        (resource["ResourceType"], resource["PhysicalResourceId"])
        for page in pages
        for resource in page["StackResourceSummaries"]
        if resource["LogicalResourceId"] in retained
    }


def _expect_only(kept: set[tuple[str, str]], left: set[tuple[str, str]]) -> None:
    kept = {each for each in kept if each[0] not in inventory.PARTS}
    if too_many := left - kept:
        raise StartError(f"Destroyed, and still there: {_listed(too_many)}.")
    if missing := kept - left:
        raise StartError(f"Should have been kept, and is gone: {_listed(missing)}.")


def _told(left: set[tuple[str, str]]) -> str:
    return f"what is kept on purpose: {_listed(left)}." if left else "nothing is left."


def _listed(resources: set[tuple[str, str]]) -> str:
    return ", ".join(f"{kind} {name}" for kind, name in sorted(resources))
