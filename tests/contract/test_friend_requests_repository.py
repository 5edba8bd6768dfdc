"""What every store of friend requests must do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from deepstory.friends.entities import FriendRequest, Slot, by_email, by_id
from deepstory.friends.errors import (
    AlreadyAskedError,
)
from deepstory.idempotency import DuplicateRequestError
from fakes.core import START
from support.secret_stores import JUN, MINA, RECORD, SORA, Home

JUNS_ADDRESS = f"{JUN}@example.com"
NOBODYS_ADDRESS = "nobody@example.com"
REQUEST = FriendRequest(
    request_id="1r",
    asker_id=MINA,
    target=by_id(JUN),
    recipient_id=JUN,
    delivered=True,
    diary_name="우리 일기",
    created_at=START,
)


class TestRequestRepository:
    def test_added_request_is_read_as_it_was_and_fills_its_slot(self, home: Home) -> None:
        requests = home.services.friend_request_repository
        empty = Slot(recipient_id=JUN, asker_id=MINA)
        assert requests.slot(recipient_id=JUN, asker_id=MINA) == empty

        assert requests.add(REQUEST)

        assert requests.get("1r") == REQUEST
        assert requests.get_many(["1r", "2r"]) == {"1r": REQUEST}
        assert requests.get_many([]) == {}
        assert requests.slot(recipient_id=JUN, asker_id=MINA) == replace(empty, request_id="1r")
        assert requests.slot(recipient_id=MINA, asker_id=JUN).request_id is None

    def test_same_target_cannot_be_asked_twice_and_a_full_slot_takes_no_other(
        self, home: Home
    ) -> None:
        requests = home.services.friend_request_repository
        requests.add(REQUEST)

        with pytest.raises(AlreadyAskedError):
            requests.add(replace(REQUEST, request_id="2r", recipient_id="nobody"))
        assert not requests.add(replace(REQUEST, request_id="2r", target=by_email("j@x.kr")))

        assert requests.get("2r") is None

    def test_repeated_put_is_known_and_a_repeated_claim_is_a_duplicate(self, home: Home) -> None:
        requests = home.services.friend_request_repository
        assert requests.add(REQUEST)
        assert requests.add(REQUEST)
        other = replace(REQUEST, request_id="2r", target=by_id(SORA), recipient_id=SORA)
        requests.add(other, RECORD)

        with pytest.raises(DuplicateRequestError):
            requests.add(replace(other, request_id="3r"), RECORD)

    @pytest.mark.parametrize("step", [1, 2, 3, 9])
    def test_pages_are_newest_first_and_hold_nothing_but_requests(
        self, home: Home, step: int
    ) -> None:
        requests = home.services.friend_request_repository
        for number in (2, 0, 1):
            person = f"p{number}"
            requests.add(
                replace(
                    REQUEST,
                    request_id=f"{number}r",
                    target=by_id(person),
                    recipient_id=person,
                )
            )
        found: list[str] = []
        while True:
            after = found[-1] if found else None
            ids = requests.entries(MINA, "outgoing", limit=step, after=after)
            found += ids
            if len(ids) < step:
                break

        assert found == ["2r", "1r", "0r"]
        assert requests.entries("p1", "incoming", limit=9, after=None) == ["1r"]
        assert requests.entries(MINA, "incoming", limit=9, after=None) == []

    def test_request_that_changed_meanwhile_is_neither_cancelled_nor_declined(
        self, home: Home
    ) -> None:
        requests = home.services.friend_request_repository
        requests.add(REQUEST)
        later = START + timedelta(days=30)

        assert requests.decline(REQUEST, nobody_id="nobody", quiet_until=later)
        assert not requests.decline(REQUEST, nobody_id="other", quiet_until=later)
        assert not requests.cancel(REQUEST)

        declined = replace(REQUEST, recipient_id="nobody", delivered=False)
        assert requests.get("1r") == declined
        slot = requests.slot(recipient_id=JUN, asker_id=MINA)
        assert (slot.request_id, slot.quiet_until) == (None, int(later.timestamp()))
        assert not slot.is_open(START)
        assert slot.is_open(later)
        assert requests.cancel(declined)
        assert requests.get("1r") is None
