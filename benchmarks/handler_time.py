"""Time of one request inside the handler, ours and others' doing the same work."""

from __future__ import annotations

import gc
import json
import statistics
import time
from dataclasses import dataclass

from benchmarks.contenders import (
    Handler,
    World,
    bare_chalice,
    deepstory_api,
    fastapi_mangum,
    powertools_resolver,
)
from deepstory.rates import RateLimiter
from support.api import SIGN_UP, Api, FakeServices

CONTENDERS = {
    "deepstory": deepstory_api,
    "bare Chalice + pydantic": bare_chalice,
    "Powertools resolver": powertools_resolver,
    "FastAPI + Mangum": fastapi_mangum,
}
ROUNDS = 25
REQUESTS = 400


@dataclass(frozen=True)
class Timing:
    """Microseconds a request: the median of the rounds, and the fastest round."""

    name: str
    median: float
    best: float


class Context:
    """The little of Lambda's context that adapters look at."""

    aws_request_id = "6ec3c9e0-2b35-4a3c-8d57-5d0f4f5a4a10"
    function_name = "api"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:ap-northeast-2:000000000000:function:api"


def measure() -> list[Timing]:
    """Measure in rounds that take turns, so that a busy moment of the machine hits all alike."""
    world = _world()
    handlers = {name: module.build(world) for name, module in CONTENDERS.items()}
    event, context = world.event(), Context()
    _expect_same_answers(handlers, world)
    rounds: dict[str, list[float]] = {name: [] for name in handlers}
    gc.disable()
    for _ in range(ROUNDS):
        for name, handle in handlers.items():
            started = time.perf_counter()
            for _ in range(REQUESTS):
                handle(event, context)
            rounds[name].append((time.perf_counter() - started) / REQUESTS * 1e6)
        gc.collect()
    gc.enable()
    return [Timing(name, statistics.median(each), min(each)) for name, each in rounds.items()]


def _world() -> World:
    services = FakeServices()
    # Nobody calls that often, and counting is what is to be measured, not refusing.
    services.rates = RateLimiter(limits=services.limits, clock=services.clock, scale=1_000_000)
    world = World(services, access_token="")
    deepstory_api.build(world)
    from app import app

    answer = Api(services, app).call("POST", "/auth/signup", SIGN_UP)
    return World(services, access_token=answer.json["access_token"])


def _expect_same_answers(handlers: dict[str, Handler], world: World) -> None:
    answers = {}
    for name, handle in handlers.items():
        answer = handle(world.event(), Context())
        assert answer["statusCode"] == 200, (name, answer)
        answers[name] = json.loads(answer["body"])
    assert len({json.dumps(each, sort_keys=True) for each in answers.values()}) == 1, answers
