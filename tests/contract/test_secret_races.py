"""Leaving, writing, asking, accepting and blocking at the same time, on a real engine."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from deepstory.dynamodb import transact
from deepstory.errors import ConflictError, DeepStoryError, NotFoundError
from deepstory.posts.entities import EntryChanges
from deepstory.secret_diaries import writing
from support.secret_stores import JUN, MINA, Home

ROUNDS = 5

Use = Callable[[], object]


@pytest.fixture
def home(engine_home: Home) -> Home:
    return engine_home


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deepstory.friends.asking.PER_TARGET", 100)


def at_once(*uses: Use) -> list[object]:
    """Do all at the same time and return what each gave, or the error with which it failed."""
    start = Barrier(len(uses))

    def run(use: Use) -> object:
        start.wait()
        try:
            return use()
        except DeepStoryError as error:
            return error

    with ThreadPoolExecutor(len(uses)) as pool:
        return [done.result() for done in [pool.submit(run, use) for use in uses]]


def open_diaries(home: Home) -> set[str]:
    """Return what the edges of both say; they must say the same."""
    friendships = home.services.friendship_repository
    edges = [friendships.get(MINA, JUN), friendships.get(JUN, MINA)]
    ids = {edge.diary_id for edge in edges if edge}
    assert len(ids) in (0, 1)
    assert all(edges) or not any(edges)
    return ids


def writes_of(home: Home, diary_id: str) -> dict[str, Use]:
    """Return every way to write into a diary, each of which works while it is open."""
    services, entry_id = home.services, home.write(diary_id)
    place: dict[str, Any] = {"diary_id": diary_id, "entry_id": entry_id}
    to_remove = {"diary_id": diary_id, "entry_id": home.write(diary_id)}
    comment = services.secret_comments.write(**place, author_id=MINA, text="a").comment
    services.secret_likes.like(diary_id=diary_id, entry_id=entry_id, user_id=JUN)
    return {
        "write": lambda: home.write(diary_id),
        "edit": lambda: services.secret_entries.edit(
            **place, author_id=MINA, changes=EntryChanges(title="새 제목")
        ),
        "delete": lambda: services.secret_entries.delete(**to_remove, author_id=MINA),
        "like": lambda: services.secret_likes.like(**place, user_id=MINA),
        "unlike": lambda: services.secret_likes.unlike(**place, user_id=JUN),
        "comment": lambda: services.secret_comments.write(**place, author_id=JUN, text="b"),
        "uncomment": lambda: services.secret_comments.delete(
            **place, comment_id=comment.comment_id, user_id=MINA
        ),
        "rename": lambda: services.secret_diaries.rename(
            diary_id=diary_id, user_id=JUN, name="새 이름"
        ),
    }


def everything_in(home: Home, diary_id: str) -> object:
    """Return what lies in the tables of a diary, open or closed."""
    services = home.services
    entries = services.secret_entry_repository.entries(diary_id, limit=100, after=None)
    diary = services.secret_diary_repository.get(diary_id)
    assert diary
    keys = [entry.key for entry in entries]
    return (
        entries,
        diary.name,
        [services.comment_repository.entries(key, limit=100, after=None) for key in keys],
        [services.like_repository.liked_by(user_id, keys) for user_id in (MINA, JUN)],
    )


WRITES = ("write", "edit", "delete", "like", "unlike", "comment", "uncomment", "rename")


@pytest.mark.usefixtures("unlimited")
@pytest.mark.parametrize("end", ["leave", "block"])
def test_write_that_looked_before_the_end_and_writes_after_it_changes_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    left: list[object] = []

    def end_now(diary_id: str) -> None:
        if end == "leave":
            home.services.secret_diaries.leave(diary_id=diary_id, user_id=JUN)
        else:
            home.block(JUN, MINA)
            home.services.block_repository.remove(user_id=JUN, blocked_id=MINA)
        left.append(everything_in(home, diary_id))

    for name in WRITES:
        diary_id = home.befriend()
        write = writes_of(home, diary_id)[name]
        left.clear()

        def end_in_between(*arguments: Any, diary_id: str = diary_id) -> None:
            if not left:
                end_now(diary_id)
            transact(*arguments)

        with monkeypatch.context() as between:
            between.setattr(writing, "transact", end_in_between)
            with pytest.raises(NotFoundError):
                write()

        assert [everything_in(home, diary_id)] == left, name
        assert open_diaries(home) == set()


@pytest.mark.parametrize("seed", range(3))
def test_writes_and_leaving_at_the_same_time_are_one_after_the_other(home: Home, seed: int) -> None:
    choice = random.Random(seed)  # noqa: S311  # no secret
    diary_id = home.befriend()
    uses = writes_of(home, diary_id)

    def leave() -> object:
        return home.services.secret_diaries.leave(
            diary_id=diary_id, user_id=choice.choice([MINA, JUN])
        )

    def write_on() -> list[str]:
        written: list[str] = []
        try:
            while True:
                written.append(home.write(diary_id))
        except NotFoundError:
            return written

    names = choice.sample(WRITES[1:], 4)
    results = at_once(write_on, write_on, *(uses[name] for name in names), leave)

    assert not isinstance(results[-1], DeepStoryError)
    kept = everything_in(home, diary_id)
    entries = home.services.secret_entry_repository.entries(diary_id, limit=100, after=None)
    stored = {entry.entry_id for entry in entries}
    for written in results[:2]:
        assert isinstance(written, list)
        assert stored.issuperset(written)
    for name, result in zip(names, results[2:-1], strict=True):
        assert not isinstance(result, DeepStoryError) or isinstance(result, NotFoundError), name
    for write in uses.values():
        with pytest.raises(NotFoundError):
            write()
    assert everything_in(home, diary_id) == kept


@pytest.mark.usefixtures("unlimited")
def test_two_who_leave_at_once_leave_once(home: Home) -> None:
    for _ in range(ROUNDS):
        diary_id = home.befriend()
        leave = partial(home.services.secret_diaries.leave, diary_id=diary_id)
        results = at_once(partial(leave, user_id=MINA), partial(leave, user_id=JUN))

        assert sum(isinstance(each, NotFoundError) for each in results) == 1
        assert open_diaries(home) == set()


def pairs(home: Home) -> Iterator[tuple[str, str]]:
    """Have the two ask each other at the same time, again and again."""
    for _ in range(ROUNDS):
        by_mina, by_jun = at_once(lambda: home.ask(MINA, JUN), lambda: home.ask(JUN, MINA))
        assert isinstance(by_mina, str)
        assert isinstance(by_jun, str)
        yield by_mina, by_jun
        for diary_id in open_diaries(home):
            home.services.secret_diaries.leave(diary_id=diary_id, user_id=MINA)
        for asker_id in (MINA, JUN):
            for request_id in home.listed(asker_id, "outgoing"):
                home.services.friend_requests.cancel(request_id=request_id, asker_id=asker_id)


@pytest.mark.usefixtures("unlimited")
def test_two_who_ask_and_accept_each_other_at_once_get_one_diary(home: Home) -> None:
    for by_mina, by_jun in pairs(home):
        results = at_once(
            partial(home.accept, by_mina, JUN),
            partial(home.accept, by_jun, MINA),
            partial(home.accept, by_mina, JUN),
        )

        diaries = {each for each in results if isinstance(each, str)}
        refused = [each for each in results if not isinstance(each, str)]
        assert diaries == open_diaries(home)
        assert len(diaries) == 1
        assert all(isinstance(each, (NotFoundError, ConflictError)) for each in refused)
        assert home.listed(MINA, "incoming") == home.listed(JUN, "incoming") == []


@pytest.mark.usefixtures("unlimited")
def test_accepting_and_blocking_at_once_leave_no_friendship(home: Home) -> None:
    for by_mina, _ in pairs(home):
        at_once(
            partial(home.accept, by_mina, JUN),
            lambda: home.block(MINA, JUN),
        )

        assert open_diaries(home) == set()
        assert home.services.block_repository.exists(user_id=MINA, blocked_id=JUN)
        home.services.block_repository.remove(user_id=MINA, blocked_id=JUN)
        assert home.listed(MINA, "incoming") == home.listed(JUN, "incoming") == []


@pytest.mark.usefixtures("unlimited")
def test_answering_and_cancelling_at_once_do_one_of_the_two(home: Home) -> None:
    for by_mina, _ in pairs(home):
        accepted, cancelled, _ = at_once(
            partial(home.accept, by_mina, JUN),
            partial(home.services.friend_requests.cancel, request_id=by_mina, asker_id=MINA),
            partial(home.services.friend_answers.decline, request_id=by_mina, user_id=JUN),
        )

        assert isinstance(accepted, str) == bool(open_diaries(home))
        assert not (isinstance(accepted, str) and cancelled is None)
        assert home.listed(JUN, "incoming") == []


def test_same_request_sent_many_times_at_once_is_made_once(home: Home) -> None:
    results = at_once(*[lambda: home.ask(MINA, JUN)] * 6)

    made = [each for each in results if isinstance(each, str)]
    assert home.listed(MINA, "outgoing") == home.listed(JUN, "incoming") == made
    assert len(made) == 1
