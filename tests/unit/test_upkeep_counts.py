"""Counts that are wrong are repaired, and counting under way is never undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from deepstory.counting import Change, Counting
from deepstory.likes.entities import Like
from deepstory.upkeep import counts
from deepstory.upkeep.counts import CountsReport, CountVerification, Kind
from fakes.posts import ZONE, World
from fakes.stats import MemoryCheckpoints
from fakes.upkeep import MemoryPostCounts

LONG = timedelta(minutes=10)


class Night:
    """Posts with likes that a worker counts, sooner or later, and the verification."""

    def __init__(self, posts: int = 5, likes: int = 3) -> None:
        self.world = World()
        self.checkpoints = MemoryCheckpoints()
        self.pages = MemoryPostCounts(self.world.posts)
        self.during_pause: Callable[[], None] = lambda: None
        self.pauses = 0
        self._counting = Counting(self.world.posts.counters, self.world.likes)
        self._counted = 0
        self.posts = [self.world.write() for _ in range(posts)]
        for post_id in self.posts:
            for number in range(likes):
                self.like(post_id, f"u{number}")
        self.work()

    def like(self, post_id: str, user_id: str) -> None:
        self.world.likes.add(Like(post_id=post_id, user_id=user_id, liked_id=f"l{user_id}"))

    def unlike(self, post_id: str, user_id: str) -> None:
        self.world.likes.remove(post_id=post_id, user_id=user_id)

    def work(self) -> None:
        """Count what the stream has."""
        stream = self.world.likes.stream
        for post_id, change in stream[self._counted :]:
            self._counting.count(counted_id=post_id, changes=[change])
        self._counted = len(stream)

    def damage(self, post_id: str, *, by: int) -> None:
        counter = self.world.posts.counters.get(post_id)
        assert counter
        self.world.posts.counters.replace(
            counter, count=counter.count + by, last_sequence=counter.last_sequence
        )

    def run(self, time_limit: timedelta = LONG) -> CountsReport:
        return CountVerification(
            counts=self.pages,
            kinds={
                "likes": Kind(self.world.posts.counters, self.world.likes),
                "comments": Kind(self.world.posts.comment_counters, self.world.comments),
            },
            checkpoints=self.checkpoints,
            clock=self.world.clock,
            zone=ZONE,
            sleep=self._pause,
        ).run(time_limit=time_limit)

    def hours(self, number: int) -> list[CountsReport]:
        """Run every hour for so long."""
        reports = []
        for _ in range(number):
            reports.append(self.run())
            self.world.clock.advance(hours=1)
        return reports

    def count(self, post_id: str) -> int:
        return self.world.posts.posts[post_id].like_count

    def _pause(self, seconds: float) -> None:
        self.pauses += 1
        self.during_pause()


def test_right_counts_are_looked_at_once_a_night_and_left_alone() -> None:
    night = Night()
    first, second = night.run(), night.run()

    assert first == CountsReport(looked_at=5, suspects=0, repaired=0, drift=0, is_over=True)
    assert second.looked_at == 0
    assert night.pauses == 0


@pytest.mark.parametrize("by", [4, -2, 1])
def test_count_that_stays_wrong_for_a_day_is_repaired(by: int) -> None:
    night = Night()
    night.damage(night.posts[2], by=by)

    reports = night.hours(25)
    assert [report.suspects for report in reports] == [1] * 25
    assert night.count(night.posts[2]) == 3 + by
    assert night.run() == CountsReport(
        looked_at=0, suspects=0, repaired=1, drift=abs(by), is_over=True
    )
    assert [night.count(each) for each in night.posts] == [3] * 5


def test_comments_are_verified_too() -> None:
    night = Night(posts=1)
    comment = night.world.comment_service.write(post_id=night.posts[0], author_id="u2", text="안녕")
    assert comment

    reports = night.hours(26)

    # The one comment was never counted: its record is lost.
    assert sum(report.repaired for report in reports) == 1
    assert night.world.posts.posts[night.posts[0]].comment_count == 1


def test_repaired_count_goes_on_counting_from_where_it_was() -> None:
    night = Night()
    post_id = night.posts[0]
    night.damage(post_id, by=7)
    night.hours(26)
    night.like(post_id, "late")
    night.unlike(post_id, "u0")
    night.like(post_id, "later")
    night.work()

    assert night.count(post_id) == 4


def test_like_that_is_not_counted_yet_is_no_difference() -> None:
    night = Night()
    night.like(night.posts[0], "just now")
    night.during_pause = night.work

    report = night.run()

    assert report.suspects == 0
    assert (night.pauses, night.count(night.posts[0])) == (1, 4)


def test_stuck_worker_is_given_a_day_and_its_changes_are_counted_once() -> None:
    night = Night()
    post_id = night.posts[0]
    night.like(post_id, "pending")
    night.hours(20)
    assert night.count(post_id) == 3

    night.work()
    night.hours(30)

    assert night.count(post_id) == 4


def test_likes_during_the_repair_are_counted_on_top_of_it() -> None:
    night = Night()
    post_id = night.posts[0]
    night.damage(post_id, by=5)
    night.hours(25)

    def like_and_count() -> None:
        night.like(post_id, f"busy {night.pauses}")
        night.work()

    night.during_pause = like_and_count
    assert night.run().repaired == 0
    night.during_pause = lambda: None
    night.like(post_id, "uncounted")
    # The difference is another one now, because of the like under way.
    assert night.run().repaired == 0
    night.work()
    assert night.run().repaired == 1

    assert night.count(post_id) == 3 + 1 + 1


def test_write_that_comes_between_look_and_repair_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    night = Night()
    post_id = night.posts[0]
    night.damage(post_id, by=5)
    night.hours(25)
    counters = night.world.posts.counters
    replace = counters.replace

    def late(counter: object, **values: int) -> bool:
        monkeypatch.setattr(counters, "replace", replace)
        night.like(post_id, "first")
        night.work()
        return replace(counter, **values)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(counters, "replace", late)
    assert night.run().repaired == 0
    assert night.count(post_id) == 3 + 5 + 1

    assert night.run().repaired == 1
    assert night.count(post_id) == 4


def test_difference_that_changes_is_watched_anew() -> None:
    night = Night()
    night.damage(night.posts[0], by=5)
    night.hours(23)
    night.damage(night.posts[0], by=1)
    reports = night.hours(10)

    assert not any(report.repaired for report in reports)
    assert sum(report.repaired for report in night.hours(35)) == 1
    assert night.count(night.posts[0]) == 3


def test_run_that_breaks_off_is_gone_on_with() -> None:
    night = Night()
    night.damage(night.posts[4], by=5)

    reports = [night.run(time_limit=timedelta(0)) for _ in range(4)]

    assert [report.looked_at for report in reports] == [2, 2, 1, 0]
    assert [report.is_over for report in reports] == [False, False, True, True]
    assert [report.suspects for report in reports] == [0, 0, 1, 1]


def test_deleted_post_is_no_suspect_any_more() -> None:
    night = Night()
    night.damage(night.posts[0], by=5)
    night.run()
    night.world.posts.remove(night.posts[0], author_id="u1")

    reports = night.hours(30)
    assert sum(report.repaired for report in reports) == 0
    assert (reports[0].suspects, reports[-1].suspects) == (1, 0)


def test_nothing_begins_before_three_in_the_morning() -> None:
    night = Night()
    night.world.clock.advance(hours=13)  # one in the morning of the next day

    assert night.run().looked_at == 0
    night.world.clock.advance(hours=2)
    assert night.run().looked_at == 5


def test_no_more_suspects_are_watched_than_a_checkpoint_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(counts, "MAXIMUM_SUSPECTS", 2)
    night = Night()
    for post_id in night.posts:
        night.damage(post_id, by=1)

    assert night.run().suspects == 2
    night.hours(150)
    assert [night.count(each) for each in night.posts] == [3] * 5


def test_checkpoint_of_another_release_begins_anew() -> None:
    night = Night()
    night.checkpoints.save(b"\x00")

    assert night.run().looked_at == 5


def test_count_without_any_counted_change_is_repaired() -> None:
    night = Night(likes=0)
    night.like(night.posts[0], "lost")
    night.hours(26)
    assert night.count(night.posts[0]) == 1

    counting = Counting(night.world.posts.counters, night.world.likes)
    counting.count(counted_id=night.posts[0], changes=[Change(900, 1)])
    assert night.count(night.posts[0]) == 2
