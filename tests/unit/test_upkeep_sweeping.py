"""Orphans go, everything that is somebody's or young stays, and lost pictures are drawn again."""

from __future__ import annotations

import hashlib
import random
from datetime import timedelta

import pytest

from deepstory.upkeep import sweeping
from deepstory.upkeep.filters import member_filter
from deepstory.upkeep.sweeping import PictureSweep, Row, SweepReport
from fakes.core import FixedClock
from fakes.posts import ZONE
from fakes.stats import MemoryCheckpoints
from fakes.upkeep import MemoryObjects, MemoryRows

LONG = timedelta(minutes=10)
OLD = timedelta(days=30)


def file_key(name: str) -> str:
    return hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest()


class Gallery:
    def __init__(self) -> None:
        self.clock = FixedClock()
        self.objects, self.rows = MemoryObjects(), MemoryRows()
        self.checkpoints = MemoryCheckpoints()

    def put(
        self, name: str, *, age: timedelta = OLD, kinds: tuple[str, ...] = ("png", "webp")
    ) -> None:
        for kind in kinds:
            self.objects.stored[f"pictures/{file_key(name)}.{kind}"] = self.clock.now() - age

    def row(self, name: str, *, is_ready: bool = True, age: timedelta = OLD) -> None:
        self.rows.stored[name] = Row(name, file_key(name), is_ready, self.clock.now() - age)

    def keep(self, *names: str) -> None:
        for name in names:
            self.put(name)
            self.row(name)

    def run(self, time_limit: timedelta = LONG) -> SweepReport | None:
        return PictureSweep(
            objects=self.objects,
            rows=self.rows,
            checkpoints=self.checkpoints,
            clock=self.clock,
            zone=ZONE,
        ).run(time_limit=time_limit)

    def names(self) -> set[str]:
        return {key for key in self.objects.stored if key.startswith("pictures/")}


@pytest.fixture
def gallery() -> Gallery:
    return Gallery()


def keys(*names: str) -> set[str]:
    return {f"pictures/{file_key(name)}.{kind}" for name in names for kind in ("png", "webp")}


def test_objects_of_no_picture_are_removed_and_all_others_stay(gallery: Gallery) -> None:
    gallery.keep(*(f"p{number}" for number in range(20)))
    gallery.put("orphan")
    gallery.put("half", kinds=("webp",))

    report = gallery.run()

    assert report == SweepReport(objects=43, rows=20, orphaned=3, removed=3)
    assert gallery.names() == keys(*(f"p{number}" for number in range(20)))


def test_nothing_young_is_removed(gallery: Gallery) -> None:
    gallery.put("young", age=timedelta(days=1, hours=23))

    report = gallery.run()

    assert report is not None and (report.orphaned, report.removed) == (0, 0)
    assert gallery.names() == keys("young")


def test_picture_that_is_asked_for_and_drawn_during_the_sweep_is_safe(gallery: Gallery) -> None:
    gallery.keep("p1", "p2", "p3")

    def draw(prefix: str) -> None:
        gallery.clock.advance(minutes=1)
        name = f"new {gallery.clock.now()}"
        gallery.put(name, age=timedelta(0))
        gallery.row(name, age=timedelta(0))

    gallery.objects.on_page = draw
    before = gallery.names()
    for _ in range(20):
        if gallery.run(time_limit=timedelta(minutes=3)):
            break

    assert before <= gallery.names()
    assert gallery.rows.redrawn == []
    assert all(gallery.objects.are_there(row.file_key) for row in gallery.rows.stored.values())


def test_waiting_picture_keeps_what_a_broken_delivery_left(gallery: Gallery) -> None:
    gallery.put("waiting")
    gallery.row("waiting", is_ready=False)

    gallery.run()

    assert gallery.names() == keys("waiting")
    assert gallery.rows.redrawn == []


@pytest.mark.parametrize("there", [(), ("png",), ("webp",)])
def test_ready_picture_without_an_object_is_drawn_again(
    gallery: Gallery, there: tuple[str, ...]
) -> None:
    gallery.keep("p1", "p2")
    gallery.row("lost")
    gallery.put("lost", kinds=there)

    report = gallery.run()

    assert report is not None and (report.lost, report.redrawn, report.orphaned) == (1, 1, 0)
    assert gallery.rows.redrawn == ["lost"]


def test_object_that_came_after_the_list_is_seen(gallery: Gallery) -> None:
    gallery.row("late")
    gallery.objects.on_page = lambda prefix: gallery.put("late", age=timedelta(0))
    gallery.objects.stored["pictures/zzz"] = gallery.clock.now()

    report = gallery.run()

    assert report is not None and report.lost == 0


def test_no_more_are_drawn_again_in_a_night_than_a_model_server_stands(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "MAXIMUM_REDRAWN", 2)
    for number in range(5):
        gallery.row(f"lost {number}")

    report = gallery.run()
    assert report is not None and (report.lost, report.redrawn) == (5, 2)
    gallery.clock.advance(days=1)
    report = gallery.run()
    assert report is not None and (report.lost, report.redrawn) == (3, 2)


def test_suspiciously_many_orphans_are_left_and_reported(gallery: Gallery) -> None:
    for number in range(60):
        gallery.put(f"orphan {number}")

    report = gallery.run()

    assert report is not None
    assert (report.orphaned, report.refused, report.removed) == (120, 120, 0)
    assert len(gallery.names()) == 120


def test_a_run_removes_a_bounded_number_and_the_next_night_the_rest(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "MAXIMUM_REMOVED", 4)
    for number in range(5):
        gallery.put(f"orphan {number}")

    for left in (6, 2, 0):
        assert gallery.run() is not None
        assert len(gallery.names()) == left
        gallery.clock.advance(days=1)


def test_objects_that_are_no_pictures_are_nobodys_business(gallery: Gallery) -> None:
    others = {"pictures/readme.txt", "exports/1.zip", f"pictures/{file_key('x')}.jpg"}
    for key in others:
        gallery.objects.stored[key] = gallery.clock.now() - OLD

    gallery.run()

    assert set(gallery.objects.stored) == others


def test_results_that_nobody_took_go_after_a_week(gallery: Gallery) -> None:
    now = gallery.clock.now()
    gallery.objects.stored["async-output/old.out"] = now - timedelta(days=7)
    gallery.objects.stored["async-output/new.out"] = now - timedelta(days=6)

    report = gallery.run()

    assert report is not None and report.outputs == 1
    assert set(gallery.objects.stored) == {"async-output/new.out"}


def test_sweep_goes_on_where_it_stopped_and_ends_once_a_night(gallery: Gallery) -> None:
    gallery.keep(*(f"p{number}" for number in range(5)))
    gallery.put("orphan")
    reports = [gallery.run(time_limit=timedelta(0)) for _ in range(30)]

    done = [report for report in reports if report]
    assert done == [SweepReport(objects=12, rows=5, orphaned=2, removed=2)]
    gallery.clock.advance(days=1)
    assert gallery.run() == SweepReport(objects=10, rows=5)


def test_nothing_begins_before_three_in_the_morning(gallery: Gallery) -> None:
    gallery.clock.advance(hours=13)

    assert gallery.run() is None
    gallery.clock.advance(hours=2)
    assert gallery.run() is not None


def test_filter_knows_every_member_and_mistakes_about_one_stranger_in_a_hundred() -> None:
    members = member_filter(salt="night", expected=20_000)
    numbers = random.Random(1)  # noqa: S311  # no secret
    inside = {f"{numbers.getrandbits(160):040x}" for _ in range(20_000)}
    for each in inside:
        members.add(each)

    assert all(each in members for each in inside)
    strangers = [f"{numbers.getrandbits(160):040x}" for _ in range(20_000)]
    mistaken = {each for each in strangers if each in members}
    assert 0 < len(mistaken) < 400

    others = member_filter(salt="next night", expected=20_000)
    for each in inside:
        others.add(each)
    again = {each for each in strangers if each in others}
    assert len(mistaken & again) < 30
