"""Taking everything along."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.calls import Call
from chalicelib.endpoints import Endpoints
from chalicelib.runtime import services
from chalicelib.schemas.exports import BegunExportView, ExportView, export_view
from chalicelib.validation import Nothing

blueprint = Blueprint(__name__)
endpoints = Endpoints(blueprint, tag="me")


@endpoints.add("GET", "/me/export", returns=BegunExportView, status=202)
def begin_export(call: Call[Nothing, Nothing]) -> BegunExportView:
    """Have everything of one's own packed into a ZIP: JSON, pictures, and a page to read it on.

    While that is under way the same export is answered; it can be fetched for a week.
    """
    return BegunExportView(
        export=export_view(services().account.exports.begin(user_id=call.user_id))
    )


@endpoints.add("GET", "/me/export/{export_id}", returns=ExportView)
def get_export(call: Call[Nothing, Nothing]) -> ExportView:
    """Return how far an export is, and where to fetch it once it is ready."""
    export = services().account.exports.show(
        user_id=call.user_id, export_id=call.path_id("export_id")
    )
    return export_view(export)
