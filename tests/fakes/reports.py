"""Reports in memory, with the behaviour that the contract tests demand of both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from deepstory.audit.entities import AuditEntry
from deepstory.reports.entities import Queue, Report, ReportEntry
from fakes.audit import MemoryAuditRepository


class MemoryReportRepository:
    def __init__(self, audit: MemoryAuditRepository | None = None) -> None:
        self.audit = audit or MemoryAuditRepository()
        self.reports: dict[str, Report] = {}

    def add(self, report: Report) -> bool:
        if report.report_id in self.reports:
            return False
        self.reports[report.report_id] = report
        return True

    def get(self, report_id: str) -> Report | None:
        return self.reports.get(report_id)

    def get_many(self, report_ids: Iterable[str]) -> dict[str, Report]:
        return {each: self.reports[each] for each in report_ids if each in self.reports}

    def replace(self, before: Report, after: Report, entry: AuditEntry | None = None) -> bool:
        stored = self.reports.get(before.report_id)
        if stored is None or stored.state != before.state:
            return False
        self.reports[before.report_id] = after
        if entry is not None:
            self.audit.add(entry)
        return True

    def entries(
        self, queue: Queue, *, limit: int, after: ReportEntry | None
    ) -> Sequence[ReportEntry]:
        entries = sorted(
            (each.entry for each in self.reports.values() if each.entry.queue == queue),
            key=lambda entry: entry.key,
            reverse=queue == "decided",
        )
        if after is not None:
            entries = [
                each
                for each in entries
                if (each.key > after.key if queue == "open" else each.key < after.key)
            ]
        return entries[:limit]
