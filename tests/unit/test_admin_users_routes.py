"""Finding people over HTTP, and the log of what administrators did to them."""

from __future__ import annotations

from typing import Any

import pytest

from support.admins import ADDRESSES, People, as_admin


class TestFinding:
    def test_all_are_listed_newest_first(self, people: People) -> None:
        expected = ["admin@example.com", *ADDRESSES[::-1]]

        assert people.found() == expected
        for limit in ("1", "2", "4"):
            assert people.found(limit=limit) == expected

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("mina@example.com", ["mina@example.com"]),
            ("MINA@", ["mina@example.com"]),
            ("min", ["mina@example.com", "minho@example.com"]),
            ("  Mi ", ["mina@example.com", "minho@example.com"]),
            ("example", []),
            ("i", []),
        ],
    )
    def test_beginnings_of_addresses_and_names_are_found_once(
        self, people: People, query: str, expected: list[str]
    ) -> None:
        assert sorted(people.found(q=query)) == expected
        assert sorted(people.found(q=query, limit="1")) == expected

    def test_those_whose_address_fits_come_first(self, people: People) -> None:
        api = people.api
        for address, name in (("jana@example.com", "Zoe"), ("a@example.com", "Jay")):
            api.sign_up(email=address, name=name)
        api.token = people.admin_token
        expected = ["jana@example.com", "jun@example.com", "a@example.com"]

        for limit in ("1", "2", "3", "9"):
            assert people.found(q="j", limit=limit) == expected

    def test_id_finds_its_user(self, people: People) -> None:
        assert people.found(q=people.ids["jun@example.com"]) == ["jun@example.com"]
        assert people.found(q="0" * 26) == []

    def test_administrators_see_no_more_than_they_need(self, people: People) -> None:
        (item,) = people.api.call("GET", "/admin/users", query={"q": "jun"}).json["items"]

        assert item == {
            "id": people.ids["jun@example.com"],
            "email": "jun@example.com",
            "name": "Jun",
            "role": "user",
            "language": "ko",
            "created_at": "2026-11-22T03:00:03.000Z",
            "suspended": False,
            "suspended_at": None,
        }

    def test_cursor_of_another_search_is_refused(self, people: People) -> None:
        answer = people.api.call("GET", "/admin/users", query={"limit": "1"})
        query = {"q": "min", "cursor": answer.json["next_cursor"]}
        answer = people.api.call("GET", "/admin/users", query=query)

        assert (answer.status, answer.code) == (400, "invalid_cursor")


class TestLog:
    def test_entries_tell_who_did_what_when_to_whom(self, people: People) -> None:
        people.suspend()
        people.api.services.clock.advance(minutes=5)
        people.restore()

        restored, suspended = people.log()
        assert suspended == {
            "id": suspended["id"],
            "at": "2026-11-22T03:00:04.000Z",
            "actor": {"id": people.admin_id, "name": "Admin"},
            "action": "user_suspended",
            "target_type": "user",
            "target_id": people.ids["mina@example.com"],
            "before": {"suspended": "false"},
            "after": {"suspended": "true"},
        }
        assert restored["at"] == "2026-11-22T03:05:04.000Z"
        assert (restored["action"], restored["after"]) == ("user_restored", {"suspended": "false"})

    def test_log_is_read_in_pages(self, people: People) -> None:
        for address in ADDRESSES:
            people.api.services.clock.advance(seconds=1)
            people.suspend(address)
        targets: list[str] = []
        query = {"limit": "2"}
        while True:
            answer = people.api.call("GET", "/admin/audit", query=query)
            targets += [item["target_id"] for item in answer.json["items"]]
            if answer.json["next_cursor"] is None:
                break
            query["cursor"] = answer.json["next_cursor"]

        assert targets == [people.ids[address] for address in ADDRESSES[::-1]]

    def test_actor_whose_account_is_gone_has_no_name(self, people: People) -> None:
        people.suspend()
        users: Any = people.api.services.users
        other = as_admin(people.api, "second@example.com")
        assert other
        del users._users[people.admin_id]

        assert people.log()[0]["actor"] == {"id": people.admin_id, "name": None}
