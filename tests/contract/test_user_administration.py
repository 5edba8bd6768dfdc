"""Suspending, searching and logging, in memory and on a real DynamoDB engine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from deepstory.accounts.directory import DirectoryEntry, Order, UserDirectory
from deepstory.accounts.entities import Role
from deepstory.accounts.repository import SessionRepository, UserRepository
from deepstory.audit.entities import AuditEntry
from deepstory.audit.repository import AuditRepository
from deepstory.paging import Position
from deepstory.services import Services
from fakes.accounts import MemorySessionRepository, MemoryUserRepository
from fakes.audit import MemoryAuditRepository
from fakes.core import START
from fakes.posts import a_user
from support.entries import an_entry
from support.sessions import a_session

PEOPLE = {"u1": "Mina", "u2": "미나", "u3": "Minho", "u4": "Jun", "u5": "MINA", "u6": "ＭＩＮＡ"}


class Stores(NamedTuple):
    users: UserRepository
    directory: UserDirectory
    sessions: SessionRepository
    log: AuditRepository

    def add(self, user_id: str, *, name: str = "Mina", role: Role = "user") -> None:
        user = replace(a_user(user_id, name=name), role=role)
        self.users.add(user, a_session(user_id))


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "memory":
        sessions, log = MemorySessionRepository(), MemoryAuditRepository()
        users = MemoryUserRepository(sessions, audit=log)
        return Stores(users, users, sessions, log)
    services = Services(request.getfixturevalue("settings"))
    return Stores(
        services.users, services.user_directory, services.session_repository, services.audit_log
    )


class TestSuspension:
    def test_mark_and_entry_are_written_once(self, stores: Stores) -> None:
        stores.add("u1")
        entry = an_entry()

        assert stores.users.set_suspended("u1", suspended_at=START, entry=entry)
        assert not stores.users.set_suspended("u1", suspended_at=START, entry=an_entry("e2"))

        user = stores.users.get("u1")
        assert user and user.suspended_at == START
        assert stores.log.entries(limit=9).items == [entry]

    def test_mark_is_taken_away_once(self, stores: Stores) -> None:
        stores.add("u1")
        restored = an_entry("e2", action="user_restored")
        assert not stores.users.set_suspended("u1", suspended_at=None, entry=restored)
        stores.users.set_suspended("u1", suspended_at=START, entry=an_entry())

        assert stores.users.set_suspended("u1", suspended_at=None, entry=restored)
        assert not stores.users.set_suspended("u1", suspended_at=None, entry=an_entry("e3"))

        assert stores.users.get("u1") == a_user("u1", name="Mina")
        assert [each.entry_id for each in stores.log.entries(limit=9).items] == ["e2", "e1"]

    @pytest.mark.parametrize("user_id", ["admin", "nobody"])
    def test_administrators_and_nobody_are_not_marked(self, stores: Stores, user_id: str) -> None:
        stores.add("admin", role="admin")

        assert not stores.users.set_suspended(user_id, suspended_at=START, entry=an_entry())
        assert stores.log.entries(limit=9).items == []

    def test_profile_and_mark_do_not_disturb_each_other(self, stores: Stores) -> None:
        stores.add("u1")
        before = stores.users.get("u1")
        assert before
        stores.users.set_suspended("u1", suspended_at=START, entry=an_entry())

        assert stores.users.replace_profile(before, replace(before, name="Jun"))

        user = stores.users.get("u1")
        assert user and (user.name, user.is_suspended) == ("Jun", True)

    def test_all_sessions_of_one_user_are_marked(self, stores: Stores) -> None:
        stores.add("u1")
        stores.add("u2")
        second = replace(a_session("u1"), session_id="s2")
        stores.sessions.add(second)

        stores.sessions.suspend_all("u1")
        stores.sessions.suspend_all("nobody")

        assert stores.sessions.get("u1", "s1") == replace(a_session("u1"), is_suspended=True)
        assert stores.sessions.get("u1", "s2") == replace(second, is_suspended=True)
        assert stores.sessions.get("u2", "s1") == a_session("u2")

    def test_rotation_keeps_the_mark(self, stores: Stores) -> None:
        stores.add("u1")
        stores.sessions.suspend_all("u1")
        marked = stores.sessions.get("u1", "s1")
        assert marked

        assert stores.sessions.rotate(replace(marked, token_hash="new"), expected_hash="hash")

        rotated = stores.sessions.get("u1", "s1")
        assert rotated and rotated.is_suspended


class TestDirectory:
    @pytest.fixture
    def directory(self, stores: Stores) -> UserDirectory:
        for user_id, name in PEOPLE.items():
            stores.add(user_id, name=name)
        return stores.directory

    @pytest.mark.parametrize(
        ("order", "prefix", "expected"),
        [
            ("by_joined", "", ["u6", "u5", "u4", "u3", "u2", "u1"]),
            ("by_email", "", ["u1", "u2", "u3", "u4", "u5", "u6"]),
            ("by_email", "u3@", ["u3"]),
            ("by_email", "v", []),
            ("by_name", "min", ["u1", "u5", "u6", "u3"]),
            ("by_name", "mina", ["u1", "u5", "u6"]),
            ("by_name", "미", ["u2"]),
        ],
    )
    def test_entries_are_in_order_and_begin_so(
        self, directory: UserDirectory, order: Order, prefix: str, expected: list[str]
    ) -> None:
        found = [each.user_id for each in walk(directory, order, prefix, step=100)]

        # Equal names are in no order of their own.
        assert sorted(found) == sorted(expected)
        if order != "by_name":
            assert found == expected

    @pytest.mark.parametrize("order", ["by_joined", "by_email", "by_name"])
    def test_pages_neither_repeat_nor_skip(self, directory: UserDirectory, order: Order) -> None:
        whole = list(walk(directory, order, "", step=100))
        assert len(whole) == len(PEOPLE)

        for step in (1, 2, 5, 6):
            assert list(walk(directory, order, "", step=step)) == whole

    def test_new_name_is_found_and_the_old_one_is_not(
        self, stores: Stores, directory: UserDirectory
    ) -> None:
        user = stores.users.get("u4")
        assert user
        stores.users.replace_profile(user, replace(user, name="Robin"))

        assert [each.user_id for each in walk(directory, "by_name", "robin", step=9)] == ["u4"]
        assert list(walk(directory, "by_name", "jun", step=9)) == []


class TestLog:
    def test_entries_are_read_newest_first_in_pages(self, stores: Stores) -> None:
        wanted = []
        for number in range(5):
            stores.add(f"u{number}")
            wanted.append(an_entry(f"e{number}", target_id=f"u{number}"))
            stores.users.set_suspended(f"u{number}", suspended_at=START, entry=wanted[-1])

        for limit in (1, 2, 5, 6):
            found: list[AuditEntry] = []
            position: Position | None = None
            while True:
                page = stores.log.entries(limit=limit, position=position)
                assert len(page.items) <= limit
                found += page.items
                position = page.next
                if position is None:
                    break
            assert found == wanted[::-1]


def walk(
    directory: UserDirectory, order: Order, prefix: str, *, step: int
) -> Iterator[DirectoryEntry]:
    after = None
    while True:
        entries = directory.entries(order, prefix=prefix, limit=step, after=after)
        yield from entries
        if len(entries) < step:
            return
        after = entries[-1]
