"""Adding up running time: exactly, in whatever steps it is looked at, and never twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepstory.model_server.cost import cost_of
from deepstory.model_server.usage import BELIEVED_FOR, Meter, Usage
from fakes.core import START
from fakes.drawing import Studio
from fakes.model_server import METER, MICRO_USD, seen

NOW = timedelta(0)
HOUR = 3_600_000


@pytest.fixture
def studio() -> Studio:
    return Studio()


def this_month(studio: Studio) -> Usage:
    (usage,) = studio.server.current().usage
    return usage


def test_running_time_is_added_from_look_to_look(studio: Studio) -> None:
    studio.make_ready(instances=2)
    for _ in range(60):
        studio.clock.advance(minutes=1)
        studio.server.look(age=NOW)

    assert this_month(studio) == Usage(
        month="2026-11", seen=2 * HOUR, seen_cost=2 * HOUR * MICRO_USD
    )
    assert this_month(studio).usd == pytest.approx(2.2534)


def test_first_look_has_nothing_to_add(studio: Studio) -> None:
    studio.make_ready()

    assert studio.server.current().usage == ()


def test_same_look_again_adds_nothing(studio: Studio) -> None:
    studio.make_ready()
    studio.clock.advance(minutes=1)
    for _ in range(3):
        studio.server.look(age=NOW)

    assert this_month(studio).seen == 60_000


def test_look_that_comes_late_adds_and_changes_nothing(studio: Studio) -> None:
    studio.make_ready()
    studio.clock.advance(minutes=1)
    studio.server.look(age=NOW)
    known = studio.server.current()
    late = known.observed(seen("off"), at=START + timedelta(seconds=30), meter=METER)

    assert late is known


def test_write_that_was_lost_is_made_up_for_by_the_next(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.make_ready()
    studio.clock.advance(minutes=1)
    with monkeypatch.context() as crash:
        crash.setattr(studio.server_store, "replace", _crash)
        with pytest.raises(ConnectionError):
            studio.server.look(age=NOW)
    studio.clock.advance(minutes=1)
    studio.server.look(age=NOW)

    assert this_month(studio).seen == 120_000


def test_picture_that_is_drawn_is_a_look_too(studio: Studio) -> None:
    studio.make_ready()
    studio.clock.advance(seconds=10)
    studio.server.drew(received_at=START, finished_at=studio.clock.now())
    studio.clock.advance(seconds=50)
    studio.server.look(age=NOW)

    assert this_month(studio).seen == 60_000


def test_what_starts_and_stops_is_paid_for(studio: Studio) -> None:
    studio.host.observation = seen("starting", 0, billed=1)
    studio.server.look(age=NOW)
    studio.clock.advance(minutes=1)
    studio.host.observation = seen("off")
    studio.server.look(age=NOW)
    studio.clock.advance(hours=5)
    studio.server.look(age=NOW)

    assert this_month(studio).seen == 60_000


def test_gap_is_believed_for_a_while_and_then_told_apart(studio: Studio) -> None:
    studio.make_ready()
    studio.clock.advance(hours=2)
    studio.server.look(age=NOW)

    believed = BELIEVED_FOR // timedelta(milliseconds=1)
    usage = this_month(studio)
    assert (usage.seen, usage.unseen) == (believed, 2 * HOUR - believed)
    assert usage.unseen_usd == pytest.approx(1.95 * 1.1267)


def test_gap_after_which_more_runs_counts_the_more(studio: Studio) -> None:
    studio.server.look(age=NOW)
    studio.clock.advance(hours=1)
    studio.make_ready(instances=2)

    believed = BELIEVED_FOR // timedelta(milliseconds=1)
    assert (this_month(studio).seen, this_month(studio).unseen) == (0, 2 * (HOUR - believed))


def test_month_begins_at_midnight_of_the_service_s_zone() -> None:
    midnight = datetime(2026, 11, 30, 15, tzinfo=UTC)  # in Seoul
    usage = METER.read(
        (),
        since=midnight - timedelta(seconds=90),
        until=midnight + timedelta(seconds=30),
        instances=1,
        instances_after=1,
    )

    assert [(each.month, each.seen) for each in usage] == [("2026-11", 90_000), ("2026-12", 30_000)]


def test_price_that_changes_holds_from_then_on() -> None:
    dearer = Meter(micro_usd_per_hour=2 * MICRO_USD, zone=METER.zone)
    minute = timedelta(minutes=1)
    usage = METER.read((), since=START, until=START + minute, instances=1, instances_after=1)
    usage = dearer.read(
        usage,
        since=START + minute,
        until=START + 2 * minute,
        instances=1,
        instances_after=1,
    )

    assert usage[0].seen_cost == 3 * 60_000 * MICRO_USD


def test_two_months_are_kept(studio: Studio) -> None:
    studio.make_ready()
    for _ in range(3 * 31):
        studio.clock.advance(days=1)
        studio.server.look(age=NOW)

    assert [each.month for each in studio.server.current().usage] == ["2027-01", "2027-02"]


@given(
    st.lists(st.integers(min_value=1, max_value=170_000), min_size=1, max_size=40),
    st.integers(min_value=0, max_value=3),
)
def test_any_steps_add_up_to_the_whole(steps: list[int], instances: int) -> None:
    usage: tuple[Usage, ...] = ()
    at = began = datetime(2026, 11, 30, 14, 30, 0, 999, tzinfo=UTC)
    for step in steps:
        until = at + timedelta(milliseconds=step, microseconds=step % 7 * 100)
        usage = METER.read(
            usage, since=at, until=until, instances=instances, instances_after=instances
        )
        at = until

    whole = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    whole -= (began - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    assert sum(each.seen for each in usage) == whole * instances
    assert sum(each.seen_cost for each in usage) == whole * instances * MICRO_USD
    assert not any(each.unseen for each in usage)


def test_cost_of_a_new_month_begins_at_nothing_and_the_last_is_told(studio: Studio) -> None:
    studio.make_ready()
    studio.clock.advance(minutes=2)
    server = studio.server.look(age=NOW)
    december = datetime(2026, 12, 1, tzinfo=UTC)
    report = cost_of(server, METER, instance_type="x", is_idle=True, now=december)

    assert (report.month, report.month_usd, report.last_month_usd) == ("2026-12", 0, 0.0376)


def _crash(*_: object) -> bool:
    raise ConnectionError
