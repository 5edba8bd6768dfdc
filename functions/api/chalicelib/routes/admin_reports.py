"""Deciding on reports."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.calls import Call
from chalicelib.endpoints import Endpoints
from chalicelib.runtime import services
from chalicelib.schemas.common import PageQuery, PageView, position
from chalicelib.schemas.reports import DecideReport, ReportView, report_view, reports_view
from chalicelib.validation import Nothing

blueprint = Blueprint(__name__)
endpoints = Endpoints(blueprint, tag="admin")

_SCOPE = "reports"


@endpoints.add("GET", "/admin/reports", query=PageQuery, returns=PageView[ReportView])
def list_reports(call: Call[Nothing, PageQuery]) -> PageView[ReportView]:
    """List reports: open ones first, from the oldest; then decided ones, from the newest."""
    page = services().moderation.list_of(
        limit=call.query.limit, position=position(call.query, _SCOPE)
    )
    return reports_view(page, _SCOPE)


@endpoints.add(
    "PATCH", "/admin/reports/{report_id}", body=DecideReport, returns=ReportView, errors=(409,)
)
def decide_report(call: Call[DecideReport, Nothing]) -> ReportView:
    """Hide what was reported, or dismiss the report; the last decision counts."""
    shown = services().moderation.decide(
        report_id=call.path_id("report_id"), action=call.body.action, admin_id=call.user_id
    )
    return report_view(shown)
