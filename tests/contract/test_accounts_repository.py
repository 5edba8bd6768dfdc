"""What every store of users and sessions must do."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from deepstory.accounts.dynamodb import DynamoDBSessionRepository, DynamoDBUserRepository
from deepstory.accounts.entities import Session, User
from deepstory.accounts.errors import EmailTakenError
from deepstory.accounts.repository import SessionRepository, UserRepository
from deepstory.audit.dynamodb import DynamoDBAuditRepository
from deepstory.dynamodb import connection
from deepstory.idempotency import (
    DuplicateRequestError,
    DynamoDBIdempotencyRepository,
    IdempotencyRecord,
)
from deepstory.stats.dynamodb import DynamoDBCounterRepository
from fakes.accounts import MemorySessionRepository, MemoryUserRepository
from fakes.core import START

USER = User(
    user_id="u1",
    email="mina@example.com",
    name="미나",
    password_hash="hash",
    birth_date=date(1995, 5, 5),
    gender="female",
    language="ko",
    timezone="Asia/Seoul",
    role="user",
    created_at=START,
    updated_at=START,
)
SESSION = Session(
    user_id="u1",
    session_id="s1",
    role="user",
    token_hash="first",
    previous_hash=None,
    key_id="k1",
    rotated_at=START,
    created_at=START,
    expires_at=START.replace(year=2027),
)
RECORD = IdempotencyRecord(key="claim", fingerprint="k1:f", answer="u1", expires_at=2_000_000_000)


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> tuple[UserRepository, SessionRepository]:
    if request.param == "memory":
        memory = MemorySessionRepository()
        return MemoryUserRepository(memory), memory
    settings = request.getfixturevalue("settings")
    users = DynamoDBUserRepository(
        users_table=settings.users_table,
        emails_table=settings.emails_table,
        sessions_table=settings.sessions_table,
        idempotency=DynamoDBIdempotencyRepository(settings.idempotency_table),
        counters=DynamoDBCounterRepository(settings.counters_table),
        audit=DynamoDBAuditRepository(settings.audit_table),
        connection=connection(),
    )
    return users, DynamoDBSessionRepository(settings.sessions_table)


@pytest.fixture
def users(stores: tuple[UserRepository, SessionRepository]) -> UserRepository:
    return stores[0]


@pytest.fixture
def sessions(stores: tuple[UserRepository, SessionRepository]) -> SessionRepository:
    return stores[1]


class TestUserRepository:
    def test_added_user_is_found_by_id_and_address(self, users: UserRepository) -> None:
        users.add(USER, SESSION)

        assert users.get("u1") == USER
        assert users.find_by_email("mina@example.com") == USER

    def test_adding_opens_the_first_session(
        self, users: UserRepository, sessions: SessionRepository
    ) -> None:
        users.add(USER, SESSION)

        assert sessions.get("u1", "s1") == SESSION

    def test_unknown_user_is_none(self, users: UserRepository) -> None:
        assert users.get("nobody") is None
        assert users.find_by_email("nobody@example.com") is None

    def test_second_user_with_an_address_changes_nothing(
        self, users: UserRepository, sessions: SessionRepository
    ) -> None:
        users.add(USER, SESSION)

        with pytest.raises(EmailTakenError):
            users.add(replace(USER, user_id="u2"), replace(SESSION, user_id="u2"))

        assert users.get("u2") is None
        assert sessions.get("u2", "s1") is None

    def test_repeated_claim_is_a_duplicate_request(self, users: UserRepository) -> None:
        users.add(USER, SESSION, RECORD)

        with pytest.raises(DuplicateRequestError):
            users.add(replace(USER, user_id="u2"), replace(SESSION, user_id="u2"), RECORD)

        assert users.get("u2") is None

    def test_many_users_are_found_at_once_and_missing_ones_left_out(
        self, users: UserRepository
    ) -> None:
        other = replace(USER, user_id="u2", email="jun@example.com")
        users.add(USER, SESSION)
        users.add(other, replace(SESSION, user_id="u2"))

        assert users.get_many(["u1", "u2", "u3"]) == {"u1": USER, "u2": other}
        assert users.get_many([]) == {}

    def test_profile_is_replaced_and_the_password_kept(self, users: UserRepository) -> None:
        users.add(USER, SESSION)

        assert users.replace_profile(USER, replace(USER, name="Mina", password_hash="ignored"))

        assert users.get("u1") == replace(USER, name="Mina")

    def test_profile_of_nobody_is_not_written(self, users: UserRepository) -> None:
        assert not users.replace_profile(USER, replace(USER, name="Mina"))
        assert not users.replace_profile(USER, replace(USER, gender="other"))
        assert users.get("u1") is None

    def test_password_is_replaced_only_over_the_expected_one(self, users: UserRepository) -> None:
        users.add(USER, SESSION)

        assert users.replace_password("u1", old_hash="hash", new_hash="new", now=START)
        assert not users.replace_password("u1", old_hash="hash", new_hash="newer", now=START)

        assert users.get("u1") == replace(USER, password_hash="new")


class TestSessionRepository:
    def test_rotation_needs_the_expected_token(self, sessions: SessionRepository) -> None:
        sessions.add(SESSION)
        rotated = replace(SESSION, token_hash="second", previous_hash="first", key_id="k2")

        assert sessions.rotate(rotated, expected_hash="first")
        assert not sessions.rotate(replace(rotated, token_hash="third"), expected_hash="first")

        assert sessions.get("u1", "s1") == rotated

    def test_rotation_does_not_revive_an_ended_session(self, sessions: SessionRepository) -> None:
        assert not sessions.rotate(SESSION, expected_hash="first")
        assert sessions.get("u1", "s1") is None

    def test_removing_twice_is_the_same_as_once(self, sessions: SessionRepository) -> None:
        sessions.add(SESSION)
        sessions.remove("u1", "s1")
        sessions.remove("u1", "s1")

        assert sessions.get("u1", "s1") is None

    def test_removing_all_keeps_the_named_one_and_other_users(
        self, sessions: SessionRepository
    ) -> None:
        for number in range(30):
            sessions.add(replace(SESSION, session_id=f"s{number}"))
        sessions.add(replace(SESSION, user_id="u2"))

        sessions.remove_all("u1", keep="s7")

        assert [n for n in range(30) if sessions.get("u1", f"s{n}")] == [7]
        assert sessions.get("u2", "s1")

        sessions.remove_all("u1")

        assert sessions.get("u1", "s7") is None
