"""Which aggregates the API has, and the answers to methods that a path does not take."""

from __future__ import annotations

from collections.abc import Iterator

from chalice.app import Chalice, Response

from chalicelib.calls import id_of
from chalicelib.endpoints import CORS, PREFIX, Endpoint, current_request
from chalicelib.responses import plain_error
from chalicelib.routes import (
    admin_model,
    admin_reports,
    admin_stats,
    admin_users,
    auth,
    blocks,
    calendar,
    comments,
    exports,
    friends,
    likes,
    me,
    meta,
    notifications,
    password_resets,
    pictures,
    posts,
    reports,
    secret_diaries,
    secret_reactions,
    users,
)

AGGREGATES = (
    meta,
    auth,
    password_resets,
    me,
    exports,
    users,
    pictures,
    posts,
    likes,
    comments,
    calendar,
    notifications,
    blocks,
    reports,
    friends,
    secret_diaries,
    secret_reactions,
    admin_model,
    admin_reports,
    admin_stats,
    admin_users,
)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def declared_endpoints() -> Iterator[Endpoint]:
    for aggregate in AGGREGATES:
        yield from aggregate.endpoints.declared


def assemble(app: Chalice) -> None:
    """Register every aggregate on the app."""
    # Deployment sets up the binary types; JSON must not be among them.
    app.api.binary_types = []
    for aggregate in AGGREGATES:
        app.register_blueprint(aggregate.blueprint, url_prefix=PREFIX)
    for path in sorted(app.routes):
        _refuse_other_methods(app, path)


def _refuse_other_methods(app: Chalice, path: str) -> None:
    """Answer 405 for the methods that the path lacks.

    API Gateway cannot tell a wrong method from a wrong path: it answers both alike, before the
    Lambda. So the missing methods are routes of their own.
    """
    taken = sorted(app.routes[path])
    missing = [method for method in METHODS if method not in taken]

    def refuse(**_: str) -> Response:
        return plain_error(
            status=405,
            code="method_not_allowed",
            message=f"This path takes {', '.join(taken)}.",
            request_id=id_of(current_request(app)),
            headers={"Allow": ", ".join(taken)},
        )

    app.route(path, methods=missing, cors=CORS, content_types=[])(refuse)
