"""Chalice and pydantic with nothing around them."""

from __future__ import annotations

from typing import Any

from chalice.app import Chalice, Response

from benchmarks.contenders import Handler, World
from benchmarks.contenders.pydantic_schemas import UpdateMe, user_out


def build(world: World) -> Handler:
    app = Chalice(app_name="bare", configure_logs=False)

    @app.route("/v1/me", methods=["PATCH"])
    def update_me() -> Response:
        request = app.current_request
        assert request is not None
        user = world.authenticated(request.headers["authorization"])
        change = UpdateMe.model_validate_json(request.raw_body)
        changed = world.changed(
            user,
            name=change.name,
            language=change.language,
            timezone=change.timezone,
            birth_date=change.birth_date,
        )
        return Response(
            user_out(changed).model_dump_json(), headers={"Content-Type": "application/json"}
        )

    def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
        answer: dict[str, Any] = app(event, context)
        return answer

    return handle
