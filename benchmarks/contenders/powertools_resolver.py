"""The REST resolver of Powertools for AWS Lambda, with its validation on."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver

from benchmarks.contenders import Handler, World
from benchmarks.contenders.pydantic_schemas import UpdateMe, UserOut, user_out


def build(world: World) -> Handler:
    app = APIGatewayRestResolver(enable_validation=True)

    @app.patch("/v1/me")
    def update_me(change: UpdateMe) -> UserOut:
        user = world.authenticated(app.current_event.headers["authorization"])
        changed = world.changed(
            user,
            name=change.name,
            language=change.language,
            timezone=change.timezone,
            birth_date=change.birth_date,
        )
        return user_out(changed)

    # The resolver resolves the annotations of its routes by name.
    update_me.__annotations__ = {"change": UpdateMe, "return": UserOut}

    def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
        answer: dict[str, Any] = app.resolve(event, context)
        return answer

    return handle
