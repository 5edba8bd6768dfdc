"""The nightly recount: what it repairs, what it leaves alone, and how it survives breaks."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest

from deepstory.observability import logger
from deepstory.stats.counting import of_user
from deepstory.stats.entities import Bucket, Cells, Kind, Tally
from scheduler import rebuild_stats
from support.nights import TODAY, Night, Snapshot
from support.people import bands_of, people


@pytest.fixture(scope="module")
def truth() -> Snapshot:
    return Night(5000).held()


def test_recount_of_what_is_right_changes_nothing() -> None:
    night = Night(300)
    before = dict(night.counters.stored)
    reports = night.run()

    assert night.counters.stored == before
    assert [reports[kind].number for kind in ("users", "posts", "pictures")] == [300, 60, 60]
    assert {report.drift for report in reports.values()} == {0}
    assert reports["users"].checked > 300
    assert sum(report.changed for report in reports.values()) == 0


def test_damage_is_repaired_and_the_dashboard_is_right_again(truth: Snapshot) -> None:
    night = Night(5000)
    night.damage()
    assert night.held() != truth

    reports = night.run()

    assert night.held() == truth
    assert night.bands() == bands_of(night.users, TODAY)
    overview = night.stats.overview()
    assert (overview.users, overview.posts, overview.pictures) == (5000, 1000, 1000)
    assert reports["users"].repaired > 0
    assert reports["users"].drift >= 40


def test_people_from_before_there_were_counters_are_counted(truth: Snapshot) -> None:
    night = Night(5000)
    night.counters.stored.clear()
    night.run()

    assert night.held() == truth


@pytest.mark.parametrize("broken_page", [1, 2, 21, 37, 50, 51, 58, 63])
def test_three_runs_with_a_crash_in_the_middle_end_the_same(
    truth: Snapshot, broken_page: int
) -> None:
    night = Night(5000)
    night.damage()

    def crash(kind: Kind, page: int) -> None:
        if page == broken_page:
            raise RuntimeError("power cut")

    night.census.on_page = crash
    with pytest.raises(RuntimeError):
        night.run()
    for _ in range(3):
        night.run()
        night.clock.advance(days=1)

    assert night.held() == truth
    # Of 70 pages no more than one checkpoint's worth was looked at twice in the broken night.
    assert night.census.pages <= 3 * 70 + 20


def test_crash_while_repairing_ends_the_same(truth: Snapshot) -> None:
    night = Night(5000)
    night.damage()
    repair, repairs = night.counters.repair, []

    def crash(bucket: Bucket, tally: Tally, cells: Cells) -> bool:
        repairs.append(bucket)
        if len(repairs) == 30:
            raise RuntimeError("power cut")
        return repair(bucket, tally, cells)

    night.counters.repair = crash  # type: ignore[method-assign]  # for this test
    with pytest.raises(RuntimeError):
        night.run()
    night.run()

    assert night.held() == truth
    assert len(repairs) == len(set(repairs)) + 1


def test_run_whose_time_is_over_is_gone_on_with(truth: Snapshot) -> None:
    night = Night(5000)
    night.damage()
    night.census.on_page = lambda kind, page: night.clock.advance(minutes=1)

    finished: list[Kind] = []
    runs = 0
    while len(finished) < 3:
        finished += night.run(timedelta(minutes=9))
        runs += 1

    assert night.held() == truth
    assert finished == ["users", "posts", "pictures"]
    assert night.census.pages == 70
    assert runs == 8


def test_what_people_do_meanwhile_is_never_undone() -> None:
    night = Night(1000)
    newcomers = iter(people(60, seed=9, today=TODAY))
    leaving = iter(sorted(night.census.things["users"])[::17])

    def live(kind: Kind, page: int) -> None:
        for _ in range(3):
            newcomer = next(newcomers, None)
            if newcomer:
                night.users.append(newcomer)
                night.add("users", newcomer.user_id, of_user(newcomer))
        key = next(leaving, None)
        if key:
            night.remove("users", key)
            night.users = [user for user in night.users if user.user_id != key]

    night.damage()
    night.census.on_page = live
    report = night.run()["users"]

    assert report.changed > 0
    assert report.repaired > 0
    # What changed in the night that was damaged before is found in the next, quiet one.
    night.census.on_page = lambda kind, page: None
    night.clock.advance(days=1)
    night.run()
    assert night.bands() == bands_of(night.users, TODAY + timedelta(days=1))
    assert night.stats.overview().users == len(night.users)


def test_bucket_that_changes_at_the_last_moment_is_left_for_the_next_night() -> None:
    night = Night(200)
    bucket = next(bucket for bucket in sorted(night.counters.stored) if bucket.counter == "posts")
    tally = night.counters.stored[bucket]
    night.counters.stored[bucket] = Tally({"all": 99}, tally.version)
    repair = night.counters.repair

    def overtaken(bucket: Bucket, tally: Tally, cells: Cells) -> bool:
        night.counters.add({bucket: {"all": 1}})
        return repair(bucket, tally, cells)

    night.counters.repair = overtaken  # type: ignore[method-assign]  # for this test
    report = night.run()["posts"]

    assert (report.changed, report.repaired, report.drift) == (1, 0, 0)
    assert night.counters.stored[bucket].cells == {"all": 100}


def test_transactions_under_way_may_end_before_the_first_page() -> None:
    night = Night(10)
    looked_at: list[int] = []
    night.census.on_page = lambda kind, page: looked_at.append(len(night.pauses))
    night.run()

    assert looked_at == [1, 2, 3]
    assert min(night.pauses) >= 1


class TestWhen:
    def test_a_night_is_recounted_once(self) -> None:
        night = Night(10)

        assert len(night.run()) == 3
        assert night.run() == {}
        assert night.census.pages == 3

    def test_it_begins_at_three_in_the_zone_of_the_service(self) -> None:
        night = Night(10)  # noon
        night.clock.advance(hours=12)
        assert night.run() == {}
        night.clock.advance(hours=2, minutes=59)
        assert night.run() == {}
        night.clock.advance(minutes=1)
        assert len(night.run()) == 3

    def test_what_was_left_is_gone_on_with_before_three(self) -> None:
        night = Night(10)
        assert night.run(timedelta(0)) == {}
        night.census.on_page = lambda kind, page: night.clock.advance(minutes=1)
        assert list(night.run(timedelta(minutes=1))) == ["users"]
        night.clock.advance(hours=12)
        night.census.on_page = lambda kind, page: None

        assert list(night.run()) == ["posts", "pictures"]

    def test_checkpoint_of_another_release_is_begun_anew(self) -> None:
        night = Night(10)
        night.checkpoints.content = b"\x81\xa5night\x01"

        assert len(night.run()) == 3


def test_the_lambda_reports_the_drift_as_a_metric(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test-rebuild")
    logger.cache_clear()
    night = Night(50)
    night.damage()
    services = SimpleNamespace(stats_rebuild=night.rebuild())
    monkeypatch.setattr(rebuild_stats, "services", lambda: services)
    context = SimpleNamespace(
        aws_request_id="request-1", get_remaining_time_in_millis=lambda: 600_000
    )

    rebuild_stats.handler({}, context)

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    metrics = [line["StatisticsDrift"] for line in lines if "StatisticsDrift" in line]
    reports = [line for line in lines if line.get("message") == "recounted"]
    assert len(reports) == 3
    assert reports[0]["drift"] > 0
    # Of a kind that had no drift, no metric is written, which would be billed.
    assert [line["drift"] for line in reports if line["drift"]] == [each[0] for each in metrics]
    logger.cache_clear()
