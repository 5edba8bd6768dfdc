"""What every store of the model server's state must do."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from msgspec.structs import replace

from deepstory.audit.repository import AuditRepository
from deepstory.model_server.entities import Average, ModelServer
from deepstory.model_server.repository import ModelServerRepository
from deepstory.services import Services
from fakes.audit import MemoryAuditRepository
from fakes.core import START
from fakes.model_server import MemoryModelServerRepository
from support.entries import an_entry

FRESH = ModelServer(cold_start=Average(300.0), drawing=Average(8.0), interval=Average(8.0))


class Stores(NamedTuple):
    server: ModelServerRepository
    log: AuditRepository


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "memory":
        log = MemoryAuditRepository()
        return Stores(MemoryModelServerRepository(log), log)
    services = Services(request.getfixturevalue("settings"))
    return Stores(services.model_server_repository, services.audit_log)


@pytest.fixture
def repository(stores: Stores) -> ModelServerRepository:
    return stores.server


@pytest.fixture
def log(stores: Stores) -> AuditRepository:
    return stores.log


class TestModelServerRepository:
    def test_entry_of_the_log_is_written_with_the_state_or_not_at_all(
        self, repository: ModelServerRepository, log: AuditRepository
    ) -> None:
        first = replace(FRESH, version=1, mode="off")
        entry = an_entry("e1", action="model_mode_changed")

        assert repository.replace(first, entry)
        assert not repository.replace(first, replace(entry, entry_id="e2"))

        assert repository.get() == first
        assert log.entries(limit=9).items == [entry]

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
