"""Documents an operator relies on: links lead somewhere, and the runbook knows every alarm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from deepstory_cdk.stage import stage_from_context
from infrastructure.synthesis import ROOT, Template

RUNBOOK = ROOT / "docs" / "operations.md"
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"```.*?```", re.DOTALL)
_NAME = re.compile(r"`([A-Z][A-Za-z0-9]+)`")
_HASH = re.compile(r"[0-9A-F]{8}$")


def documents() -> list[Path]:
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return sorted(path for path in found if "node_modules" not in path.parts)


def anchors(path: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings of a document."""
    headings = re.findall(r"^#+ (.+)$", _CODE.sub("", path.read_text()), re.MULTILINE)
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in kept}


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    for link in _LINK.findall(_CODE.sub("", path.read_text())):
        if "://" in link or link.startswith("mailto:"):
            continue
        target, _, anchor = link.partition("#")
        found = (path.parent / target).resolve() if target else path
        assert found.exists(), f"{path.name} links to {link}"
        if anchor and found.suffix == ".md":
            assert anchor in anchors(found), f"{path.name} links to {link}"


def headed() -> set[str]:
    """Return what the runbook's headings name."""
    headings = re.findall(r"^###+ (.+)$", RUNBOOK.read_text(), re.MULTILINE)
    return {name for heading in headings for name in _NAME.findall(heading)}


def names(template: Template) -> Iterator[str]:
    """Name alarms and queues as their constructs are called: an alarm of a queue like the queue."""
    for kind in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm", "AWS::SQS::Queue"):
        for logical_id in template.of_type(kind):
            yield _HASH.sub("", logical_id).removesuffix("Alarm")


def is_called(logical_name: str, name: str) -> bool:
    return logical_name.endswith(name)


def test_the_runbook_has_a_heading_for_every_alarm_and_queue(dev: Template, prod: Template) -> None:
    known = headed()
    missing = {
        name
        for template in (dev, prod)
        for name in names(template)
        if not any(is_called(name, heading) for heading in known)
    }
    assert not missing, "docs/operations.md has no heading for these"


def test_the_runbook_has_a_heading_for_nothing_that_is_not_there(
    dev: Template, prod: Template
) -> None:
    there = {name for template in (dev, prod) for name in names(template)}
    gone = {name for name in headed() if not any(is_called(each, name) for each in there)}
    assert not gone, "docs/operations.md has headings for what no template has"


def test_the_deploy_guide_has_a_row_for_every_option() -> None:
    asked: set[str] = set()

    def read(name: str) -> str | None:
        asked.add(name)
        return None

    stage_from_context(read)
    rows = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "deploy.md").read_text(), re.MULTILINE)
    assert set(rows) == asked
