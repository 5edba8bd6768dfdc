"""Every Lambda that events or the clock call: three times, shuffled, with crashes, same result.

The list of Lambdas is the folder's; the cases are in ``support/redelivered``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from deepstory.config import Settings
from deepstory.posts.items import PostItem
from support.cloud import Cloud
from support.redelivered import every_case
from support.redelivery import Case, Stage
from support.scenes import Scene
from workers import like_counts

FUNCTIONS = Path(__file__).parents[2] / "functions"
SEEDS = (1, 2, 3)
CASES = {case.name: case for case in every_case()}


@pytest.fixture
def scene(settings: Settings, account: str, cloud: Cloud) -> Scene:
    return Scene(settings, account, cloud.data_dir / "mailbox")


def handlers() -> set[str]:
    return {
        f"{package}.{path.stem}"
        for package in ("workers", "scheduler")
        for path in (FUNCTIONS / package).glob("*.py")
        if "\ndef handler(" in path.read_text(encoding="utf-8")
    }


def test_every_handler_has_a_case() -> None:
    assert {case.module for case in CASES.values()} == handlers()
    assert len(CASES) == len(every_case())


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_three_shuffled_deliveries_with_crashes_are_the_same_as_one(
    case: Case, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(case, scene, monkeypatch)
    before = stage.untouched()
    wanted = stage.once()
    assert wanted != before, "a case in which nothing happens shows nothing"
    for seed in SEEDS:
        assert stage.badly(seed) == wanted, f"seed {seed}"
    assert stage.chaos.crashes and stage.chaos.errors


def test_worker_that_counts_what_it_is_told_is_found_out(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def naive(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        posts = scene.services.post_repository
        for record in event["Records"]:
            post_id = record["dynamodb"]["Keys"]["post_id"]["S"]
            post = posts.get(post_id)
            if post is not None:
                amount = 1 if record["eventName"] == "INSERT" else -1
                count = PostItem.like_count.set(post.like_count + amount)
                posts._posts(post_id).update([count])
        return {"batchItemFailures": []}

    monkeypatch.setattr(like_counts, "handler", naive)
    stage = Stage(CASES["workers.like_counts"], scene, monkeypatch)

    assert stage.once() != stage.badly(1)
