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

# What shares something costly (a synthesis, a running service) stays in one process.
_TOGETHER = {"contract": "contract", "infrastructure": "infrastructure", "integration": "service"}
_ALSO_TOGETHER = {"test_model_failures.py": "service"}
_TURNS = {"e2e/test_power_cuts.py": 0, "integration/test_permissions.py": 2}


class BySuite(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """What belongs together, by its file: xdist's marks of groups have no effect in pytest 9."""

    def _split_scope(self, nodeid: str) -> str:
        path = Path(nodeid.partition("::")[0]).relative_to("tests")
        return _ALSO_TOGETHER.get(path.name) or _TOGETHER.get(path.parts[0]) or str(path)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> BySuite:
    return BySuite(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The longest first: what starts last decides when everything ends. What looks back on the
    # other tests of a service comes after them.
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    return _TURNS.get(str(item.path.relative_to(Path(__file__).parent)), 1)
