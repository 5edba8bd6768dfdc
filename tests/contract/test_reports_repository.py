"""What every store of reports must do."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import pytest
from msgspec.structs import replace
from pynamodb.exceptions import PynamoDBException

from deepstory.audit.dynamodb import DynamoDBAuditRepository
from deepstory.audit.repository import AuditRepository
from deepstory.dynamodb import connection
from deepstory.reports.dynamodb import DynamoDBReportRepository
from deepstory.reports.entities import Queue, Report, ReportEntry
from deepstory.reports.repository import ReportRepository
from deepstory.services import Services
from fakes.audit import MemoryAuditRepository
from fakes.core import START
from fakes.reports import MemoryReportRepository
from support.entries import an_entry

REPORT = Report(
    report_id="r1",
    reporter_id="u1",
    target_type="comment",
    target_id="c1",
    post_id="p1",
    reason="욕설\n그리고",
    created_at=START,
)
HIDDEN = replace(
    REPORT, state="hidden", decided_by="admin", decided_at=START + timedelta(minutes=1)
)


class Stores(NamedTuple):
    reports: ReportRepository
    log: AuditRepository


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "memory":
        log = MemoryAuditRepository()
        return Stores(MemoryReportRepository(log), log)
    services = Services(request.getfixturevalue("settings"))
    return Stores(services.report_repository, services.audit_log)


@pytest.fixture
def reports(stores: Stores) -> ReportRepository:
    return stores.reports


def walk(reports: ReportRepository, queue: Queue, *, step: int) -> list[str]:
    found: list[ReportEntry] = []
    while True:
        entries = reports.entries(queue, limit=step, after=found[-1] if found else None)
        found += entries
        if len(entries) < step:
            return [each.report_id for each in found]


class TestReportRepository:
    def test_added_report_is_read_as_it_was(self, reports: ReportRepository) -> None:
        person = replace(REPORT, report_id="r2", target_type="user", target_id="u2", post_id=None)
        assert reports.add(REPORT)
        assert reports.add(person)

        assert reports.get("r1") == REPORT
        assert reports.get("r3") is None
        assert reports.get_many(["r1", "r2", "r3"]) == {"r1": REPORT, "r2": person}
        assert reports.get_many([]) == {}

    def test_second_report_changes_nothing(self, reports: ReportRepository) -> None:
        reports.add(REPORT)

        assert not reports.add(replace(REPORT, reason="again"))

        assert reports.get("r1") == REPORT

    def test_decision_is_written_only_over_the_state_it_was_made_from(
        self, reports: ReportRepository
    ) -> None:
        reports.add(REPORT)

        assert reports.replace(REPORT, HIDDEN)
        assert not reports.replace(REPORT, replace(HIDDEN, state="dismissed"))
        assert not reports.replace(replace(REPORT, report_id="r2"), replace(HIDDEN, report_id="r2"))

        assert reports.get("r1") == HIDDEN
        assert reports.get("r2") is None

    def test_entry_of_the_log_is_written_with_the_decision_or_not_at_all(
        self, stores: Stores
    ) -> None:
        entry = an_entry("e1", action="report_decided", target_type="report", target_id="r1")
        stores.reports.add(REPORT)

        assert stores.reports.replace(REPORT, HIDDEN, entry)
        assert not stores.reports.replace(REPORT, HIDDEN, replace(entry, entry_id="e2"))

        assert stores.log.entries(limit=9).items == [entry]

    @pytest.mark.parametrize("step", [1, 3, 9])
    def test_open_ones_are_oldest_first_and_decided_ones_newest_first(
        self, reports: ReportRepository, step: int
    ) -> None:
        for number in (3, 0, 5, 1, 4, 2):
            report = replace(
                REPORT, report_id=f"r{number}", created_at=START + timedelta(hours=number)
            )
            reports.add(report)
            if number > 2:
                decided = replace(HIDDEN, report_id=f"r{number}", created_at=report.created_at)
                assert reports.replace(report, decided)

        assert walk(reports, "open", step=step) == ["r0", "r1", "r2"]
        assert walk(reports, "decided", step=step) == ["r5", "r4", "r3"]


@pytest.mark.usefixtures("settings")
def test_failure_that_is_no_refusal_is_not_taken_for_one() -> None:
    reports = DynamoDBReportRepository(
        reports_table="missing", audit=DynamoDBAuditRepository("missing"), connection=connection()
    )

    for attempt in (
        lambda: reports.add(REPORT),
        lambda: reports.get("r1"),
        lambda: reports.replace(REPORT, HIDDEN),
    ):
        with pytest.raises(PynamoDBException):
            attempt()
