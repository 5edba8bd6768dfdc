"""What every store of the model server's state must do."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from deepstory.model_server.dynamodb import DynamoDBModelServerRepository
from deepstory.model_server.entities import Average, ModelServer
from deepstory.model_server.repository import ModelServerRepository
from fakes.core import START
from fakes.model_server import MemoryModelServerRepository

FRESH = ModelServer(cold_start=Average(300.0), drawing=Average(8.0), interval=Average(8.0))


@pytest.fixture(params=["memory", "dynamodb"])
def repository(request: pytest.FixtureRequest) -> ModelServerRepository:
    if request.param == "memory":
        return MemoryModelServerRepository()
    settings = request.getfixturevalue("settings")
    return DynamoDBModelServerRepository(settings.model_server_table)


class TestModelServerRepository:
    def test_nothing_is_known_at_first(self, repository: ModelServerRepository) -> None:
        assert repository.get() is None

    def test_first_write_needs_no_version_before(self, repository: ModelServerRepository) -> None:
        first = replace(FRESH, version=1)

        assert repository.replace(first)
        assert repository.get() == first
        assert not repository.replace(first)

    def test_everything_is_kept(self, repository: ModelServerRepository) -> None:
        repository.replace(replace(FRESH, version=1))
        full = replace(
            FRESH,
            mode="on",
            changed_by="u1",
            changed_at=START,
            state="ready",
            instances=2,
            observed_at=START,
            waking_since=START,
            finished_at=START,
            cold_start=Average(12.5, 3),
            version=2,
        )

        assert repository.replace(full)
        assert repository.get() == full

    def test_write_over_another_version_is_refused(self, repository: ModelServerRepository) -> None:
        repository.replace(replace(FRESH, version=1))
        repository.replace(replace(FRESH, mode="on", version=2))

        assert not repository.replace(replace(FRESH, mode="off", version=2))
        assert repository.get() == replace(FRESH, mode="on", version=2)
