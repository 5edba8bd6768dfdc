"""What every store of the model server's state must do."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from deepstory.audit.repository import AuditRepository
from deepstory.config import Settings
from deepstory.dynamodb import bound
from deepstory.model_server.averages import Average
from deepstory.model_server.dynamodb import ModelServerItem
from deepstory.model_server.entities import ModelServer
from deepstory.model_server.repository import ModelScheduleRepository, ModelServerRepository
from deepstory.model_server.schedule import ModelSchedule, Occurrence, OnWindow
from deepstory.model_server.usage import Usage
from deepstory.services import Services
from fakes.audit import MemoryAuditRepository
from fakes.core import START
from fakes.model_server import MemoryModelScheduleRepository, MemoryModelServerRepository
from support.entries import an_entry

FRESH = ModelServer(cold_start=Average(300.0), drawing=Average(8.0), interval=Average(8.0))


class Stores(NamedTuple):
    server: ModelServerRepository
    schedule: ModelScheduleRepository
    log: AuditRepository


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "memory":
        log = MemoryAuditRepository()
        return Stores(MemoryModelServerRepository(log), MemoryModelScheduleRepository(log), log)
    services = Services(request.getfixturevalue("settings"))
    return Stores(
        services.model_server_repository, services.model_schedule_repository, services.audit_log
    )


@pytest.fixture
def repository(stores: Stores) -> ModelServerRepository:
    return stores.server


@pytest.fixture
def schedules(stores: Stores) -> ModelScheduleRepository:
    return stores.schedule


@pytest.fixture
def log(stores: Stores) -> AuditRepository:
    return stores.log


class TestModelServerRepository:
    def test_entry_of_the_log_is_written_with_the_state_or_not_at_all(
        self, repository: ModelServerRepository, log: AuditRepository
    ) -> None:
        first = replace(FRESH, version=1, mode="off")
        entry = an_entry("e1", action="model_mode_changed")
        another = an_entry("e2", action="model_window_opened", actor_id="scheduler")

        assert repository.replace(first, [entry, another])
        assert not repository.replace(first, [replace(entry, entry_id="e3")])

        assert repository.get() == first
        assert log.entries(limit=9).items == [another, entry]

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
            applied="off",
            window=Occurrence(starts_at=START, ends_at=START + timedelta(hours=9)),
            unfinished="idle_stop",
            state="ready",
            instances=2,
            billed=3,
            observed_at=START,
            waking_since=START,
            finished_at=START,
            worked_at=START,
            cold_start=Average(12.5, 3),
            usage=(
                Usage(month="2026-10", seen=1),
                Usage(month="2026-11", seen=2**60, seen_cost=2**63, unseen=3, unseen_cost=4),
            ),
            version=2,
        )

        assert repository.replace(full)
        assert repository.get() == full

    def test_write_over_another_version_is_refused(self, repository: ModelServerRepository) -> None:
        repository.replace(replace(FRESH, version=1))
        repository.replace(replace(FRESH, mode="on", version=2))

        assert not repository.replace(replace(FRESH, mode="off", version=2))
        assert repository.get() == replace(FRESH, mode="on", version=2)


class TestModelScheduleRepository:
    SCHEDULE = ModelSchedule(
        zone="Europe/Paris",
        windows=(OnWindow(days=("mon", "sun"), begins="22:00", ends="06:00"),),
        enabled=False,
        idle_minutes=7,
        changed_by="u1",
        changed_at=START,
        version=1,
    )

    def test_there_is_none_at_first(self, schedules: ModelScheduleRepository) -> None:
        assert schedules.get() is None

    def test_everything_is_kept_with_the_entry_or_nothing(
        self, schedules: ModelScheduleRepository, log: AuditRepository
    ) -> None:
        entry = an_entry("e1", action="model_schedule_changed")

        assert schedules.replace(self.SCHEDULE, entry)
        assert not schedules.replace(replace(self.SCHEDULE, windows=()), an_entry("e2"))

        assert schedules.get() == self.SCHEDULE
        assert log.entries(limit=9).items == [entry]

    def test_next_version_replaces_it(self, schedules: ModelScheduleRepository) -> None:
        schedules.replace(self.SCHEDULE, an_entry("e1"))
        second = replace(self.SCHEDULE, windows=(), version=2)

        assert schedules.replace(second, an_entry("e2"))
        assert schedules.get() == second

    def test_server_and_schedule_are_two_things(
        self, schedules: ModelScheduleRepository, repository: ModelServerRepository
    ) -> None:
        schedules.replace(self.SCHEDULE, an_entry("e1"))

        assert repository.get() is None
        assert repository.replace(replace(FRESH, version=1))
        assert schedules.get() == self.SCHEDULE


def test_server_from_before_there_were_windows_does_what_its_mode_says(
    settings: Settings,
) -> None:
    services = Services(settings)
    services.model_server_repository.replace(replace(FRESH, mode="off", applied="off", version=1))
    old = ["applied", "unfinished", "billed", "usage", "worked_at"]
    bound(ModelServerItem, settings.model_server_table)("main").update(
        [getattr(ModelServerItem, name).remove() for name in old]
    )

    known = services.model_server_repository.get()
    assert known == replace(FRESH, mode="off", applied="off", version=1)
