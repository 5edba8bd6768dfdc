"""Load that does not wait for answers: people ask when they like, however slow the server is."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from typing import Any

SEED = 20261126
FINISHERS = 2  # threads, as many as a small server has left for it


@dataclass(frozen=True)
class Arrival:
    second: float
    kind: int


def schedule(rate: float, seconds: float, kinds: int) -> list[Arrival]:
    """Poisson arrivals, `rate` a second, of equally frequent kinds; the same at every call."""
    random_ = random.Random(SEED)  # noqa: S311 - no secret
    arrivals: list[Arrival] = []
    second = random_.expovariate(rate)
    while second < seconds:
        arrivals.append(Arrival(second, random_.randrange(kinds)))
        second += random_.expovariate(rate)
    return arrivals


@dataclass(frozen=True)
class Answers:
    """Seconds from the time that was scheduled, so that a late start is part of the waiting."""

    latencies: list[float]
    lost: int
    seconds: float


def offer(
    arrivals: Sequence[Arrival],
    submit: Callable[[int], Future[Any]],
    finish: Callable[[int, Any], None],
) -> Answers:
    """Submit each kind at its time, whether or not the ones before are done, and await all.

    `finish` is what is left to do with an answer before it counts, in a thread that does not draw.
    """
    answered: list[Future[float]] = []
    began = time.perf_counter()

    def settle(arrival: Arrival, answer: Future[float], drawn: Future[Any]) -> None:
        try:
            finish(arrival.kind, drawn.result())
        except Exception as error:
            answer.set_exception(error)
        else:
            answer.set_result(time.perf_counter() - began - arrival.second)

    with ThreadPoolExecutor(FINISHERS) as finishing:

        def settle_later(arrival: Arrival, answer: Future[float], drawn: Future[Any]) -> None:
            finishing.submit(settle, arrival, answer, drawn)

        for arrival in arrivals:
            time.sleep(max(0.0, began + arrival.second - time.perf_counter()))
            answer: Future[float] = Future()
            answered.append(answer)
            submit(arrival.kind).add_done_callback(partial(settle_later, arrival, answer))
        wait(answered)
    latencies = [answer.result() for answer in answered if not answer.exception()]
    return Answers(latencies, len(answered) - len(latencies), time.perf_counter() - began)
