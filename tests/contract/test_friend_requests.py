"""Asking and answering, on stores in memory and on a real engine."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from deepstory.errors import NotFoundError, UnavailableError
from deepstory.friends.asking import PER_TARGET
from deepstory.friends.entities import by_id
from deepstory.friends.errors import (
    AlreadyAskedError,
    AlreadyFriendsError,
    CannotAskYourselfError,
    TooManyFriendRequestsError,
)
from fakes.core import START
from support.secret_stores import JUN, MINA, SORA, Home

JUNS_ADDRESS = f"{JUN}@example.com"
NOBODYS_ADDRESS = "nobody@example.com"


class TestAsking:
    def test_asked_person_sees_the_request_and_the_asker_sees_it_too(self, home: Home) -> None:
        request_id = home.ask()

        assert home.listed(JUN, "incoming") == home.listed(MINA, "outgoing") == [request_id]
        assert home.listed(JUN, "outgoing") == home.listed(MINA, "incoming") == []

    def test_address_that_nobody_has_is_asked_like_any_other(self, home: Home) -> None:
        known, unknown = home.ask_address(JUNS_ADDRESS), home.ask_address(NOBODYS_ADDRESS)

        assert home.listed(MINA, "outgoing") == [unknown, known]
        for email in (JUNS_ADDRESS, NOBODYS_ADDRESS):
            with pytest.raises(AlreadyAskedError):
                home.ask_address(email)
        for request_id in (known, unknown):
            home.services.friend_requests.cancel(request_id=request_id, asker_id=MINA)
        assert home.listed(MINA, "outgoing") == home.listed(JUN, "incoming") == []

    def test_nobody_asks_themselves(self, home: Home) -> None:
        with pytest.raises(CannotAskYourselfError):
            home.ask(MINA, MINA)
        with pytest.raises(CannotAskYourselfError):
            home.ask_address(f"{MINA}@example.com")

    def test_whoever_is_out_of_sight_cannot_be_asked_by_id(self, home: Home) -> None:
        home.block(SORA, MINA)
        home.people.users[JUN] = replace(home.people.users[JUN], suspended_at=START)

        for user_id in (SORA, JUN, "07" + "z" * 24):
            with pytest.raises(NotFoundError):
                home.ask(MINA, user_id)

    def test_blocked_asker_sees_a_request_like_any_other_and_it_reaches_nobody(
        self, home: Home
    ) -> None:
        home.block(JUN, MINA)

        request_id = home.ask_address(JUNS_ADDRESS)
        home.services.block_repository.remove(user_id=JUN, blocked_id=MINA)

        assert home.listed(MINA, "outgoing") == [request_id]
        assert home.listed(JUN, "incoming") == []
        with pytest.raises(NotFoundError):
            home.accept(request_id)

    def test_one_person_asked_by_address_and_by_id_is_asked_once(self, home: Home) -> None:
        first, second = home.ask_address(JUNS_ADDRESS), home.ask()

        assert home.listed(MINA, "outgoing") == [second, first]
        assert home.listed(JUN, "incoming") == [first]

    def test_friend_is_told_from_others_only_by_what_the_asker_knows(self, home: Home) -> None:
        home.accept(home.ask_address(JUNS_ADDRESS))

        with pytest.raises(AlreadyFriendsError):
            home.ask_address(JUNS_ADDRESS)
        for asker_id, user_id in ((MINA, JUN), (JUN, MINA)):
            with pytest.raises(AlreadyFriendsError):
                home.ask(asker_id, user_id)
        # Jun was asked, and was never told the address.
        request_id = home.ask_address(f"{MINA}@example.com", JUN)
        assert home.listed(JUN, "outgoing") == [request_id]
        assert home.listed(MINA, "incoming") == []

    def test_same_target_is_asked_a_few_times_whoever_has_it(self, home: Home) -> None:
        for email in (JUNS_ADDRESS, NOBODYS_ADDRESS):
            for _ in range(PER_TARGET):
                request_id = home.ask_address(email)
                home.services.friend_requests.cancel(request_id=request_id, asker_id=MINA)
            with pytest.raises(TooManyFriendRequestsError) as refused:
                home.ask_address(email)
            assert refused.value.retry_after

    def test_refused_requests_use_up_nothing(self, home: Home) -> None:
        home.ask()
        for _ in range(2 * PER_TARGET):
            with pytest.raises(AlreadyAskedError):
                home.ask()

    def test_request_for_which_the_service_was_too_busy_uses_up_nothing(
        self, home: Home, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as busy:
            busy.setattr(home.services.friend_request_repository, "add", lambda *_: False)
            for _ in range(PER_TARGET):
                with pytest.raises(UnavailableError):
                    home.ask()

        request_id = home.ask()
        assert home.listed(JUN, "incoming") == [request_id]


class TestAnswering:
    def test_accepted_request_makes_two_friends_and_a_diary(self, home: Home) -> None:
        request_id = home.ask()
        diary_id = home.accept(request_id)

        friendships = home.services.friendship_repository
        edge, mirrored = friendships.get(MINA, JUN), friendships.get(JUN, MINA)
        assert edge
        assert mirrored
        assert edge.diary_id == mirrored.diary_id == diary_id
        assert (edge.asked_as, mirrored.asked_as) == (by_id(JUN), None)
        assert home.diaries(MINA) == home.diaries(JUN) == [diary_id]
        assert home.listed(MINA, "outgoing") == home.listed(JUN, "incoming") == []
        diary = home.services.secret_diary_repository.get(diary_id)
        assert diary
        assert (diary.name, set(diary.members)) == ("우리 일기", {MINA, JUN})

    def test_accepting_twice_is_the_same_as_once_until_the_friendship_ends(
        self, home: Home
    ) -> None:
        request_id = home.ask()
        diary_id = home.accept(request_id)

        assert home.accept(request_id) == diary_id
        home.services.secret_diaries.leave(diary_id=diary_id, user_id=MINA)
        with pytest.raises(NotFoundError):
            home.accept(request_id)

    def test_nobody_but_the_asked_answers(self, home: Home) -> None:
        request_id = home.ask()

        for user_id in (MINA, SORA):
            with pytest.raises(NotFoundError):
                home.accept(request_id, user_id)
            with pytest.raises(NotFoundError):
                home.services.friend_answers.decline(request_id=request_id, user_id=user_id)
        for user_id in (JUN, SORA):
            with pytest.raises(NotFoundError):
                home.services.friend_requests.cancel(request_id=request_id, asker_id=user_id)
        assert home.listed(JUN, "incoming") == [request_id]

    def test_declined_request_looks_pending_to_its_asker_and_can_be_cancelled(
        self, home: Home
    ) -> None:
        request_id = home.ask()
        home.services.friend_answers.decline(request_id=request_id, user_id=JUN)

        assert home.listed(JUN, "incoming") == []
        assert home.listed(MINA, "outgoing") == [request_id]
        for again in (
            lambda: home.accept(request_id),
            lambda: home.services.friend_answers.decline(request_id=request_id, user_id=JUN),
        ):
            with pytest.raises(NotFoundError):
                again()
        with pytest.raises(AlreadyAskedError):
            home.ask()
        home.services.friend_requests.cancel(request_id=request_id, asker_id=MINA)
        assert home.listed(MINA, "outgoing") == []

    def test_what_is_asked_again_after_a_decline_does_not_arrive(self, home: Home) -> None:
        first = home.ask()
        home.services.friend_answers.decline(request_id=first, user_id=JUN)
        home.services.friend_requests.cancel(request_id=first, asker_id=MINA)

        second = home.ask()

        assert home.listed(MINA, "outgoing") == [second]
        assert home.listed(JUN, "incoming") == []
        # The other way it is open.
        third = home.ask(JUN, MINA)
        assert home.listed(MINA, "incoming") == [third]

    def test_two_who_asked_each_other_become_friends_once(self, home: Home) -> None:
        by_mina, by_jun = home.ask(MINA, JUN), home.ask(JUN, MINA)

        diary_id = home.accept(by_mina, JUN)

        with pytest.raises(NotFoundError):
            home.accept(by_jun, MINA)
        assert home.diaries(MINA) == home.diaries(JUN) == [diary_id]
        assert home.listed(MINA, "incoming") == []
        # It comes back to nobody after the end either.
        home.services.secret_diaries.leave(diary_id=diary_id, user_id=JUN)
        assert home.listed(MINA, "incoming") == home.listed(JUN, "incoming") == []

    def test_request_of_somebody_suspended_or_gone_waits_unseen(self, home: Home) -> None:
        request_id = home.ask()
        mina = home.people.users[MINA]
        home.people.users[MINA] = replace(mina, suspended_at=START)

        assert home.listed(JUN, "incoming") == []
        with pytest.raises(NotFoundError):
            home.accept(request_id)
        home.people.users[MINA] = mina
        assert home.listed(JUN, "incoming") == [request_id]

    def test_friends_who_parted_may_begin_anew(self, home: Home) -> None:
        first = home.befriend()
        home.services.secret_diaries.leave(diary_id=first, user_id=JUN)

        second = home.befriend(JUN, MINA)

        assert first != second
        assert home.diaries(MINA) == home.diaries(JUN) == [second]
