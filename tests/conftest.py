"""Fixtures that several suites share, and which suites may run beside each other."""

from pathlib import Path
from typing import Any

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # it has none

from support import api_models
from support.cloud import account, cloud, own_cloud
from support.service import service
from support.tables import dynamodb_endpoint, settings

__all__ = ["account", "cloud", "dynamodb_endpoint", "own_cloud", "service", "settings"]

# No test may depend on how fast the machine is.
hypothesis.settings.register_profile("deepstory", deadline=None)
hypothesis.settings.load_profile("deepstory")

api_models.read_once()

_HERE = Path(__file__).parent
# What shares something costly (a synthesis, a running service) stays in one process.
_TOGETHER = {"contract": "contract", "infrastructure": "infrastructure", "integration": "service"}
_ALSO_TOGETHER = {"test_model_failures.py": "service"}
# The longest first: what starts last decides when everything ends.
_LONGEST = (
    "service",
    "e2e/test_web_app.py",
    "e2e/test_rehearsal.py",
    "e2e/test_power_cuts.py",
    "contract",
    "infrastructure",
    "local/test_image.py",
    "local/test_run_service.py",
    "local/test_model_operations.py",
)
# Each test of these takes minutes.
_LONG_TESTS = frozenset({"e2e/test_web_app.py", "e2e/test_power_cuts.py"})
# Only these run the domain package in their own process; measuring slows whatever runs there.
_COVERING = ("unit", "contract")
# It looks back on the other tests of a service.
_LAST = "integration/test_permissions.py"


class BySuite(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """What belongs together, by its file: xdist's marks of groups have no effect in pytest 9."""

    def _split_scope(self, nodeid: str) -> str:
        return _scope_of(Path(nodeid.partition("::")[0]).relative_to("tests"))

    def _assign_work_unit(self, node: Any) -> None:
        # A process is given its next scope while it is at the last tests of one. What has to
        # wait there for a long test should be short, and that is what comes last.
        own = self.assigned_work.get(node, {})
        if any(False in own[scope].values() for scope in _LONG_TESTS & own.keys()):
            self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
        super()._assign_work_unit(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> BySuite:
    return BySuite(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_turn)
    for item in items:
        if item.path.relative_to(_HERE).parts[0] not in _COVERING:
            item.add_marker("no_cover")


def _scope_of(path: Path) -> str:
    return _ALSO_TOGETHER.get(path.name) or _TOGETHER.get(path.parts[0]) or path.as_posix()


def _turn(item: pytest.Item) -> tuple[int, bool]:
    path = item.path.relative_to(_HERE)
    scope = _scope_of(path)
    place = _LONGEST.index(scope) if scope in _LONGEST else len(_LONGEST)
    return place, path.as_posix() == _LAST
