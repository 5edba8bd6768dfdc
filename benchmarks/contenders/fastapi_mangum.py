"""FastAPI behind Mangum."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, Header
from mangum import Mangum

from benchmarks.contenders import Handler, World
from benchmarks.contenders.pydantic_schemas import UpdateMe, UserOut, user_out

Authorization = Annotated[str, Header()]


def build(world: World) -> Handler:
    app = FastAPI()

    @app.patch("/v1/me")
    async def update_me(change: UpdateMe, authorization: Authorization) -> UserOut:
        user = world.authenticated(authorization)
        changed = world.changed(
            user,
            name=change.name,
            language=change.language,
            timezone=change.timezone,
            birth_date=change.birth_date,
        )
        return user_out(changed)

    adapter = Mangum(app, lifespan="off")

    def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
        answer: dict[str, Any] = adapter(event, context)
        return answer

    return handle
