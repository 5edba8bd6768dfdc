"""Nobody changes what a table is made of by accident."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from infrastructure.synthesis import Template
from infrastructure.table_shapes import GUIDE, RELEASED, dangers, shapes


def released() -> dict[str, dict[str, Any]]:
    content: dict[str, dict[str, Any]] = json.loads(RELEASED.read_text())
    return content


def test_tables_are_as_they_were_released(template: Template) -> None:
    present = shapes(template.of_type("AWS::DynamoDB::Table"))

    found = dangers(released(), present)
    assert not found, f"{'; '.join(found)}: {GUIDE}"
    assert present == released(), f"tables have more than those that were released: {GUIDE}"


def test_a_harmless_addition_is_no_danger() -> None:
    now = copy.deepcopy(released())
    now["posts"]["indexes"]["by_mood"] = {"key": ["mood S HASH"], "projection": ["KEYS_ONLY"]}
    now["albums"] = copy.deepcopy(now["posts"])

    assert dangers(released(), now) == []


@pytest.mark.parametrize(
    ("change", "danger"),
    [
        (lambda now: now.pop("posts"), "posts would go"),
        (lambda now: now["likes"]["key"].reverse(), "likes would be replaced by an empty one"),
        (lambda now: now["posts"]["indexes"].pop("by_day"), "index posts.by_day would go"),
        (
            lambda now: now["posts"]["indexes"]["by_day"].update(projection=["ALL"]),
            "index posts.by_day would be made anew",
        ),
        (
            lambda now: now["posts"]["indexes"].update(one={}, two={}),
            "CloudFormation takes one at a time",
        ),
        (lambda now: now["likes"].update(stream=None), "likes would lose its stream"),
        (lambda now: now["sessions"].update(expires_at=None), "sessions would lose its expires_at"),
    ],
)
def test_each_danger_is_told(change: Any, danger: str) -> None:
    now = copy.deepcopy(released())
    change(now)

    assert any(danger in each for each in dangers(released(), now))
