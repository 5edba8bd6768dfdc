"""Erasing in steps: bounded, repeated, shuffled, broken off, and counted at the end."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from deepstory.erasure.cascade import LEASE, LOOKS, PATIENCE, Cascade
from deepstory.erasure.entities import LATE_LOOK_AFTER, EraseOrder, Erasure
from deepstory.erasure.errors import ErasureIncompleteError
from deepstory.observability import pseudonym
from fakes.account import MemoryEraser, MemoryErasureRepository, MemoryQueue
from fakes.core import START, FixedClock
from scheduler import resume_erasures
from workers import erasures as worker

LONG = timedelta(seconds=120)
SETTLING = timedelta(seconds=30)
FOUND = {"posts": 250, "pictures": 30, "likes": 1000}


class Leaving:
    """People whose accounts are closed, and one who stays."""

    def __init__(self, *user_ids: str) -> None:
        self.clock = FixedClock()
        self.queue = MemoryQueue()
        self.erasures = MemoryErasureRepository()
        self.erasers = [
            MemoryEraser(name, dict.fromkeys((*user_ids, "stays"), number))
            for name, number in FOUND.items()
        ]
        self.cascade = Cascade(
            erasures=self.erasures,
            erasers=self.erasers,
            messages=self.queue,
            clock=self.clock,
            settling=SETTLING,
        )
        for user_id in user_ids:
            self.erasures.erasures[user_id] = Erasure(
                user_id=user_id, closed_at=START, due_at=START + timedelta(minutes=5)
            )
            self.queue.send(msgspec.json.encode(EraseOrder(user_id)))

    def left(self, user_id: str = "u1") -> dict[str, int]:
        return {eraser.name: eraser.count(user_id) for eraser in self.erasers}

    def step(self, user_id: str = "u1", time_limit: timedelta = LONG) -> None:
        self.cascade.step(user_id=user_id, time_limit=time_limit)

    def run(self) -> None:
        """Take messages until none comes any more."""
        while self.queue.sent:
            self.clock.advance(seconds=max(d.total_seconds() for _, d in self.queue.sent))
            for body in self.queue.take():
                self.step(msgspec.json.decode(body, type=EraseOrder).user_id)

    def wait_a_day(self) -> None:
        self.clock.advance(seconds=LATE_LOOK_AFTER.total_seconds())
        self.cascade.resume_due()
        self.run()


@pytest.fixture
def leaving() -> Leaving:
    return Leaving("u1")


def test_everything_goes_and_what_others_have_stays(leaving: Leaving) -> None:
    leaving.run()

    assert leaving.left() == {"posts": 0, "pictures": 0, "likes": 0}
    assert leaving.left("stays") == FOUND


def test_nothing_left_is_proved_only_after_what_was_under_way_has_ended(leaving: Leaving) -> None:
    leaving.step()
    erasure = leaving.erasures.erasures["u1"]
    assert leaving.left()["likes"] == 0
    assert erasure.verified_at is None
    assert [delay for _, delay in leaving.queue.sent[1:]] == [SETTLING]

    # A request that had begun before writes its post now.
    leaving.erasers[0].things["u1"] = 1
    leaving.run()

    erasure = leaving.erasures.erasures["u1"]
    assert erasure.verified_at == START + SETTLING
    assert leaving.left()["posts"] == 0


def test_receipt_holds_counts_and_nobodys_id(leaving: Leaving) -> None:
    leaving.run()
    leaving.wait_a_day()

    assert leaving.erasures.erasures == {}
    receipt = leaving.erasures.receipts[pseudonym("u1")]
    assert receipt.found == FOUND
    assert receipt.left == {"posts": 0, "pictures": 0, "likes": 0}
    assert "u1" not in str(receipt)


def test_what_a_stream_brought_back_within_the_day_goes_too(leaving: Leaving) -> None:
    leaving.run()
    leaving.erasers[2].things["u1"] = 3
    leaving.wait_a_day()

    assert leaving.left()["likes"] == 0
    assert leaving.erasures.receipts[pseudonym("u1")].left["likes"] == 0


def test_step_ends_when_its_time_is_over_and_the_next_goes_on(leaving: Leaving) -> None:
    for eraser in leaving.erasers:
        eraser.on_erase = lambda: leaving.clock.advance(seconds=1)
    leaving.queue.take()
    leaving.step(time_limit=timedelta(seconds=90))

    assert leaving.left() == {"posts": 150, "pictures": 30, "likes": 1000}
    steps = 1
    while any(leaving.left().values()):
        assert len(leaving.queue.take()) == 1
        before = sum(leaving.left().values())
        leaving.step(time_limit=timedelta(seconds=90))
        # One page may be under way when the time is over.
        assert before - sum(leaving.left().values()) <= 190
        steps += 1
    assert steps >= 8


def test_second_worker_leaves_it_to_the_first(leaving: Leaving) -> None:
    seen: list[dict[str, int]] = []

    def second() -> None:
        leaving.erasers[0].on_erase = lambda: None
        before = leaving.left()
        leaving.step()
        seen.append(before)
        assert leaving.left() == before

    leaving.erasers[0].on_erase = second
    leaving.step()

    assert len(seen) == 1
    assert leaving.left()["posts"] == 0


def test_worker_that_died_is_gone_on_with_by_its_message_or_the_clock(leaving: Leaving) -> None:
    die_after(leaving, 120)
    with pytest.raises(SystemExit):
        leaving.step()
    assert leaving.left()["posts"] == 130
    leaving.queue.take()

    leaving.step()
    assert leaving.left()["posts"] == 130, "it may still be alive"
    leaving.clock.advance(seconds=LEASE.total_seconds())
    assert leaving.cascade.resume_due() == 1
    leaving.run()
    leaving.wait_a_day()

    assert leaving.erasures.receipts[pseudonym("u1")].found == FOUND


def test_lost_messages_are_made_good_by_the_clock(leaving: Leaving) -> None:
    leaving.queue.take()
    leaving.clock.advance(minutes=4, seconds=59)
    assert leaving.cascade.resume_due() == 0
    leaving.clock.advance(seconds=1)
    assert leaving.cascade.resume_due() == 1


def test_clock_sends_messages_for_what_is_due(
    leaving: Leaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = SimpleNamespace(due_erasures=leaving.cascade)
    monkeypatch.setattr(resume_erasures, "services", lambda: SimpleNamespace(account=account))
    leaving.queue.take()
    leaving.clock.advance(minutes=5)
    resume_erasures.handler({}, SimpleNamespace(aws_request_id="request-1"))

    assert leaving.queue.take() == [msgspec.json.encode(EraseOrder("u1"))]


def test_message_that_is_lost_on_the_way_is_made_good_by_the_clock(leaving: Leaving) -> None:
    leaving.step()
    leaving.queue.take()
    leaving.clock.advance(seconds=(SETTLING + PATIENCE).total_seconds() - 1)
    assert leaving.cascade.resume_due() == 0
    leaving.clock.advance(seconds=1)
    assert leaving.cascade.resume_due() == 1
    leaving.run()
    assert leaving.erasures.erasures["u1"].verified_at


def test_something_that_never_goes_calls_people(leaving: Leaving) -> None:
    leaving.clock.advance(seconds=SETTLING.total_seconds())
    stuck = leaving.erasers[1]
    stuck.erase = nothing  # type: ignore[method-assign]  # an eraser with a mistake
    leaving.queue.take()

    for _ in range(LOOKS - 1):
        leaving.step()
        leaving.clock.advance(seconds=SETTLING.total_seconds())
    for _ in range(2):
        with pytest.raises(ErasureIncompleteError):
            leaving.step()
    assert leaving.erasures.erasures["u1"].verified_at is None

    del stuck.erase
    leaving.step()
    assert leaving.erasures.erasures["u1"].verified_at
    leaving.wait_a_day()
    assert leaving.erasures.receipts[pseudonym("u1")].left["pictures"] == 0


def test_step_for_nobody_does_nothing(leaving: Leaving) -> None:
    leaving.step("stays")
    assert leaving.left("stays") == FOUND


@pytest.mark.parametrize("seed", range(20))
def test_three_times_the_same_events_shuffled_and_broken_off_lead_to_the_same_end(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers die at random removals; every message comes three times, in batches cut at random."""
    choice = random.Random(seed)  # noqa: S311  # no secret
    people = ["u1", "u2", "u3"]
    leaving = Leaving(*people)
    monkeypatch.setattr(
        worker,
        "services",
        lambda: SimpleNamespace(account=SimpleNamespace(cascade=leaving.cascade)),
    )
    deaths = 3

    for _ in range(500):
        if all(leaving.erasures.erasures[each].verified_at for each in people):
            break
        messages = leaving.queue.take() * 3
        choice.shuffle(messages)
        while messages:
            size = choice.randint(1, 4)
            batch, messages = messages[:size], messages[size:]
            if deaths and choice.random() < 0.5:
                deaths -= 1
                die_after(leaving, choice.randint(1, 300))
            again = failed(batch)
            messages += again
        leaving.clock.advance(seconds=choice.choice([1, 60, 400]))
        leaving.cascade.resume_due()

    leaving.wait_a_day()
    assert leaving.erasures.erasures == {}
    for each in people:
        receipt = leaving.erasures.receipts[pseudonym(each)]
        assert receipt.found == FOUND
        assert set(receipt.left.values()) == {0}
    assert leaving.left("stays") == FOUND


def nothing(user_id: str, *, limit: int) -> int:
    return 0


def failed(batch: Sequence[bytes]) -> list[bytes]:
    """Have the worker take a batch; return what comes again, all of it if the worker died."""
    records = [{"messageId": str(n), "body": body.decode()} for n, body in enumerate(batch)]
    context: Any = SimpleNamespace(
        aws_request_id="request-1", get_remaining_time_in_millis=lambda: 180_000
    )
    try:
        answer = worker.handler({"Records": records}, context)
    except SystemExit:
        return list(batch)
    return [batch[int(each["itemIdentifier"])] for each in answer["batchItemFailures"]]


def die_after(leaving: Leaving, removals: int) -> None:
    left = removals

    def count_down() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            for eraser in leaving.erasers:
                eraser.on_erase = lambda: None
            raise SystemExit

    for eraser in leaving.erasers:
        eraser.on_erase = count_down
