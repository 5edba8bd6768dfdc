from __future__ import annotations

from chalicelib.schemas.common import Timestamp, View, timestamp
from deepstory.exports.entities import ShownExport, Status


class ExportView(View, omit_defaults=True):
    """``url`` fetches the ZIP for an hour, a later call has a new one, until ``expires_at``."""

    id: str
    status: Status
    requested_at: Timestamp
    url: str | None = None
    size_bytes: int | None = None
    expires_at: Timestamp | None = None


class BegunExportView(View):
    export: ExportView


def export_view(export: ShownExport) -> ExportView:
    return ExportView(
        id=export.export_id,
        status=export.status,
        requested_at=timestamp(export.requested_at),
        url=export.url,
        size_bytes=export.size,
        expires_at=timestamp(export.expires_at) if export.expires_at else None,
    )
