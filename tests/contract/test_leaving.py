"""Leaving, on a real engine: everything goes, nothing else does, whatever breaks off."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from deepstory.accounts.entities import User
from deepstory.config import Settings
from deepstory.erasure.cascade import LEASE
from deepstory.erasure.entities import LATE_LOOK_AFTER, EraseOrder, Erasure
from deepstory.errors import NotFoundError
from deepstory.observability import pseudonym
from deepstory.password_resets.entities import ResetRequest
from deepstory.stats.entities import Overview
from support.homes import LONG, RealHome, real_home


@pytest.fixture
def home(settings: Settings, account: str) -> RealHome:
    return real_home(settings, account)


@pytest.fixture
def pair(home: RealHome) -> tuple[User, User]:
    """Two people with everything of each other's; the first is about to leave."""
    mina, jun = home.sign_up("Mina"), home.sign_up("Jun")
    home.live(mina, jun)
    home.account.mailer = Postman()
    (body,) = home.account.reset_queue.take()
    assert home.account.reset_sender.answer(msgspec.json.decode(body, type=ResetRequest))
    return mina, jun


class Postman:
    def send(self, mail: Any) -> None: ...


def run(home: RealHome) -> None:
    """Do what the worker does, until no message comes any more."""
    while home.account.erasure_queue.sent:
        home.clock.advance(seconds=31)
        for body in home.account.erasure_queue.take():
            order = msgspec.json.decode(body, type=EraseOrder)
            home.account.cascade.step(user_id=order.user_id, time_limit=LONG)


def settle(home: RealHome) -> None:
    """Take the late look, a day later."""
    home.clock.advance(seconds=LATE_LOOK_AFTER.total_seconds())
    home.account.due_erasures.resume_due()
    run(home)


def test_every_kind_of_trace_is_there_before(home: RealHome, pair: tuple[User, User]) -> None:
    """Otherwise the other tests would prove nothing."""
    places = set(home.traces(pair[0].user_id))
    expected = {"users", "emails", "sessions", "password_resets", "posts", "pictures", "comments"}
    expected |= {"likes", "blocks", "notices", "reports", "exports", "idempotency", "limits"}
    expected |= {"friend_requests", "friendships", "secret_diaries", "secret_entries"}
    assert places == expected
    assert {key.partition("/")[0] for key in home.objects()} == {"pictures", "exports"}
    counts = {each.name: each.count(pair[0].user_id) for each in home.account.erasers}
    assert all(counts.values()), counts


def test_nothing_is_left_but_the_note_that_it_goes_on(
    home: RealHome, pair: tuple[User, User]
) -> None:
    mina, jun = pair
    home.close(mina)
    assert set(home.traces(mina.user_id)) & {"users", "emails", "sessions"} == set()
    run(home)

    assert set(home.traces(mina.user_id)) == {"erasures"}
    assert home.traces("mina@example.com") == {}
    assert home.objects() == {}
    assert home.account.erasure_repository.get(mina.user_id).verified_at

    settle(home)
    assert home.traces(mina.user_id) == {}
    receipt = home.account.erasure_repository.receipt(pseudonym(mina.user_id))
    assert receipt.found["posts"] == 2
    assert receipt.found["pictures"] == 2
    assert set(receipt.left.values()) == {0}
    assert set(receipt.found) == {each.name for each in home.account.erasers}
    gone_at_once = {"sessions", "friendships"}
    assert all(number for name, number in receipt.found.items() if name not in gone_at_once)
    assert jun.user_id in str(home.traces(jun.user_id))


def test_what_others_have_stays_and_names_nobody(home: RealHome, pair: tuple[User, User]) -> None:
    mina, jun = pair
    services = home.services
    before = services.notices.list_of(user_id=jun.user_id, limit=10)
    assert [each.actor_name for each in before.items] == [None, None], "they are apart"
    services.blocks.unblock(user_id=jun.user_id, blocked_id=mina.user_id)
    home.close(mina)
    run(home)

    after = services.notices.list_of(user_id=jun.user_id, limit=10)
    assert (after.unread, len(after.items)) == (before.unread, len(before.items))
    assert {each.notice.news.actor_id for each in after.items} == {None}
    (report,) = services.moderation.list_of(limit=10).items
    assert (report.report.reporter_id, report.reporter_name) == (None, None)
    assert report.text, "what was reported may still have to be decided"
    assert services.moderation.decide(
        report_id=report.report.report_id, action="hide", admin_id="a"
    )
    assert len(services.posts.own(author_id=jun.user_id, limit=10).items) == 1


def test_statistics_are_those_of_who_is_left(home: RealHome, pair: tuple[User, User]) -> None:
    mina, _ = pair
    stats = home.services.stats
    assert stats.overview() == Overview(users=3, posts=3, pictures=1)
    home.close(mina)
    assert stats.overview().users == 2
    assert stats.genders().female == 2
    run(home)

    assert stats.overview() == Overview(users=2, posts=1, pictures=0)
    assert sum(each.genders.female for each in stats.age_bands()) == 2


def test_secret_diaries_close_for_the_friend_before_anything_is_erased(
    home: RealHome, pair: tuple[User, User]
) -> None:
    mina, jun = pair
    services = home.services
    third = services.users.find_by_email("sora@example.com")
    assert third
    (shown,) = services.secret_diaries.list_of(user_id=third.user_id, limit=10).items
    home.close(mina)

    assert services.secret_diaries.list_of(user_id=third.user_id, limit=10).items == []
    with pytest.raises(NotFoundError):
        services.secret_reader.open_diary(diary_id=shown.diary.diary_id, user_id=third.user_id)
    with pytest.raises(NotFoundError):
        home.ask(third.user_id, mina.user_id)
    run(home)

    for friend in (jun, third):
        (own,) = services.own_secret_entries.list_of(author_id=friend.user_id, limit=10).items
        assert (own.diary_name, own.entry.author_id) == ("우리 일기", friend.user_id)
    assert home.traces(mina.user_id).keys() == {"erasures"}


def test_friendship_that_could_not_be_ended_at_once_goes_with_the_rest(
    home: RealHome, pair: tuple[User, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> bool:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(home.services.friendship_repository, "part", broken)
        home.close(pair[0])
    assert "friendships" in home.traces(pair[0].user_id)
    run(home)

    assert home.traces(pair[0].user_id).keys() == {"erasures"}


@pytest.mark.parametrize("removals", [1, 3, 6, 9, 12])
def test_worker_that_dies_in_the_middle_three_times_leads_to_the_same_end(
    home: RealHome, pair: tuple[User, User], removals: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    mina, _ = pair
    home.close(mina)
    for _ in range(3):
        left = removals

        def die(left_at: int = left) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise SystemExit

        with monkeypatch.context() as patch:
            for eraser in home.account.erasers:
                whole = eraser.erase

                def erase(user_id: str, *, limit: int, whole: Any = whole, die: Any = die) -> int:
                    found: int = whole(user_id, limit=1)
                    die()
                    return found

                patch.setattr(eraser, "erase", erase, raising=False)
            order = EraseOrder(mina.user_id)
            with pytest.raises(SystemExit):
                home.account.cascade.step(user_id=order.user_id, time_limit=LONG)
        # The same message comes three times, once while the dead one may still be alive.
        home.account.cascade.step(user_id=order.user_id, time_limit=LONG)
        home.clock.advance(seconds=LEASE.total_seconds())
    home.account.erasure_queue.send(msgspec.json.encode(EraseOrder(mina.user_id)))
    run(home)
    settle(home)

    assert home.traces(mina.user_id) == {}
    assert home.objects() == {}
    receipt = home.account.erasure_repository.receipt(pseudonym(mina.user_id))
    assert (receipt.found["posts"], receipt.found["pictures"]) == (2, 2)
    assert set(receipt.left.values()) == {0}


def test_export_that_is_just_being_finished_leaves_no_file(
    home: RealHome, pair: tuple[User, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = home.account.export_files
    remove, late = files.remove, iter([b"of a worker that ends now"])

    def overtaken(key: str) -> None:
        remove(key)
        for content in late:
            with files.writing(key) as sink:
                sink.write(content)

    monkeypatch.setattr(files, "remove", overtaken)
    home.close(pair[0])
    run(home)

    assert home.objects() == {}


def test_account_that_changed_meanwhile_is_not_closed_on_old_knowledge(home: RealHome) -> None:
    mina = home.sign_up("Mina")
    closing = home.account.closing_repository
    erasure = home.account.erasure_repository
    begun = Erasure(user_id=mina.user_id, closed_at=home.clock.now(), due_at=home.clock.now())
    for change in ({"gender": "male"}, {"password_hash": "x"}, {"user_id": "nobody"}):
        assert not closing.close(msgspec.structs.replace(mina, **change), begun)
    assert erasure.get(mina.user_id) is None
    assert home.services.users.get(mina.user_id) == mina

    assert closing.close(mina, begun)
    assert not closing.close(mina, begun)
    assert home.services.users.get(mina.user_id) is None
    assert home.services.users.find_by_email(mina.email) is None
    assert erasure.get(mina.user_id) == begun
