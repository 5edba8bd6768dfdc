"""Reporting to the administrators."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.calls import Call, Reply
from chalicelib.endpoints import Endpoints
from chalicelib.runtime import services
from chalicelib.schemas.reports import SendReport
from chalicelib.validation import Nothing

blueprint = Blueprint(__name__)
endpoints = Endpoints(blueprint, tag="reports")


@endpoints.add("POST", "/reports", body=SendReport, status=202, errors=(404,))
def send_report(call: Call[SendReport, Nothing]) -> Reply:
    """Report a post, a comment or a person; a second report of the same changes nothing."""
    services().reports.report(
        reporter_id=call.user_id,
        target_type=call.body.target_type,
        target_id=call.body.target_id,
        reason=call.body.reason,
    )
    return Reply()
