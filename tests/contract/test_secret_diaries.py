"""Secret diaries and what ends them, on stores in memory and on a real engine."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from deepstory.errors import NotFoundError
from fakes.core import START
from support.secret_stores import JUN, MINA, SORA, Home

LATER = START + timedelta(hours=1)


@pytest.fixture
def diary_id(home: Home) -> str:
    return home.befriend()


class TestDiaries:
    def test_either_renames_for_both_and_nobody_else_does(self, home: Home, diary_id: str) -> None:
        diaries = home.services.secret_diaries

        renamed = diaries.rename(diary_id=diary_id, user_id=JUN, name="새 이름")

        assert renamed.diary.name == "새 이름"
        shown = diaries.read(diary_id=diary_id, user_id=MINA)
        assert (shown.diary.name, shown.friend_name) == ("새 이름", "Jun")
        assert diaries.rename(diary_id=diary_id, user_id=MINA, name=None) == shown
        with pytest.raises(NotFoundError):
            diaries.rename(diary_id=diary_id, user_id=SORA, name="x")

    @pytest.mark.parametrize("limit", [1, 2, 9])
    def test_list_holds_every_open_diary_once(self, home: Home, diary_id: str, limit: int) -> None:
        other = home.befriend(SORA, MINA)
        found: list[str] = []
        position = None
        while True:
            page = home.services.secret_diaries.list_of(
                user_id=MINA, limit=limit, position=position
            )
            found += [shown.diary.diary_id for shown in page.items]
            if page.next is None:
                break
            position = page.next

        assert found == [diary_id, other]

    def test_leaving_closes_it_for_both_at_once(self, home: Home, diary_id: str) -> None:
        home.write(diary_id)
        home.write(diary_id, JUN)
        home.write(diary_id, JUN)

        receipt = home.services.secret_diaries.leave(diary_id=diary_id, user_id=JUN)

        assert receipt.own_entries == 2
        assert receipt.shown.friend_name == "미나"
        assert home.diaries(MINA) == home.diaries(JUN) == []
        assert home.services.friendship_repository.get(MINA, JUN) is None
        assert home.services.friendship_repository.get(JUN, MINA) is None
        for user_id in (MINA, JUN):
            for use in (
                home.services.secret_diaries.read,
                home.services.secret_diaries.leave,
            ):
                with pytest.raises(NotFoundError):
                    use(diary_id=diary_id, user_id=user_id)
            with pytest.raises(NotFoundError):
                home.write(diary_id, user_id)

    def test_each_keeps_the_own_entries_for_the_export(self, home: Home, diary_id: str) -> None:
        mine = [home.write(diary_id) for _ in range(3)]
        home.write(diary_id, JUN)
        home.services.secret_diaries.leave(diary_id=diary_id, user_id=JUN)
        found = []
        position = None
        while True:
            page = home.services.own_secret_entries.list_of(
                author_id=MINA, limit=2, position=position
            )
            found += [(own.entry.entry_id, own.diary_name) for own in page.items]
            if page.next is None:
                break
            position = page.next

        assert found == [(entry_id, "우리 일기") for entry_id in mine]

    def test_blocking_a_friend_closes_the_diary(self, home: Home, diary_id: str) -> None:
        home.write(diary_id)

        home.block(JUN, MINA)
        home.block(JUN, MINA)

        assert home.services.block_repository.apart_from(MINA, [JUN]) == {JUN}
        assert home.diaries(MINA) == home.diaries(JUN) == []
        closed = home.services.secret_diary_repository.get(diary_id)
        assert closed
        assert closed.closed_at == START
        with pytest.raises(NotFoundError):
            home.write(diary_id)

    def test_block_makes_what_was_asked_reach_nobody_either_way(self, home: Home) -> None:
        by_mina, by_jun = home.ask(MINA, JUN), home.ask(JUN, MINA)

        home.block(JUN, MINA)
        home.services.block_repository.remove(user_id=JUN, blocked_id=MINA)

        assert home.listed(MINA, "incoming") == home.listed(JUN, "incoming") == []
        assert home.listed(MINA, "outgoing") == [by_mina]
        assert home.listed(JUN, "outgoing") == [by_jun]

    def test_both_may_block_each_other(self, home: Home, diary_id: str) -> None:
        home.block(JUN, MINA)
        home.block(MINA, JUN)

        assert home.services.block_repository.exists(user_id=MINA, blocked_id=JUN)
        assert home.services.block_repository.exists(user_id=JUN, blocked_id=MINA)


class TestSuspended:
    def test_diary_of_a_suspended_friend_stays_readable(self, home: Home, diary_id: str) -> None:
        entry_id = home.write(diary_id, JUN)
        home.people.users[JUN] = replace(home.people.users[JUN], suspended_at=START)

        shown = home.services.secret_diaries.read(diary_id=diary_id, user_id=MINA)
        details = home.services.secret_entries.read(
            diary_id=diary_id, entry_id=entry_id, user_id=MINA
        )

        assert (shown.friend_name, details.author_name) == ("Jun", "Jun")


class TestErasing:
    def test_everything_of_a_person_goes_and_what_is_others_stays(self, home: Home) -> None:
        services = home.services
        with_jun, left = home.befriend(MINA, JUN), home.befriend(SORA, MINA)
        home.write(with_jun, MINA)
        kept = home.write(with_jun, JUN)
        home.write(left, MINA)
        services.secret_diaries.leave(diary_id=left, user_id=SORA)
        home.ask(MINA, SORA)
        home.ask_address("nobody@example.com", MINA)
        services.friend_answers.decline(request_id=home.listed(SORA, "incoming")[0], user_id=SORA)
        to_address = home.ask_address(home.people.users[MINA].email, SORA)
        by_id = home.ask(SORA, MINA)
        assert home.listed(MINA, "incoming") == [to_address], "the other one reaches nobody"
        assert home.listed(SORA, "outgoing") == [by_id, to_address]

        for _ in range(2):
            for eraser in services.secret_erasers:
                while eraser.erase(MINA, limit=2):
                    pass

        assert {each.name: each.count(MINA) for each in services.secret_erasers} == {
            "friend_requests": 0,
            "friendships": 0,
            "secret_entries": 0,
            "secret_diaries": 0,
        }
        assert home.diaries(JUN) == []
        assert home.listed(SORA, "outgoing") == [to_address], "that somebody had it is not told"
        own = services.own_secret_entries.list_of(author_id=JUN, limit=9).items
        assert [(each.entry.entry_id, each.diary_name) for each in own] == [(kept, "우리 일기")]

    def test_diary_goes_with_the_last_of_its_members(self, home: Home, diary_id: str) -> None:
        for user_id in (MINA, JUN):
            assert sum(each.count(user_id) for each in home.services.secret_erasers)
            for eraser in home.services.secret_erasers:
                while eraser.erase(user_id, limit=9):
                    pass

        assert home.services.secret_diary_repository.get(diary_id) is None
