"""Accounts and their sessions over memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from deepstory.accounts.entities import Tokens
from deepstory.accounts.service import AccountService
from deepstory.accounts.sessions import SessionService
from deepstory.keys import SigningKeys
from fakes.accounts import FakePasswords, MemorySessionRepository, MemoryUserRepository
from fakes.core import (
    CountedRandom,
    FakeSecret,
    FixedClock,
    MemoryLimitRepository,
    fake_ids,
)
from fakes.stats import FakeVisits


@dataclass
class World:
    clock: FixedClock
    secret: FakeSecret
    sessions: MemorySessionRepository
    users: MemoryUserRepository
    service: SessionService
    accounts: AccountService
    visits: FakeVisits

    def signed_up(self) -> Tokens:
        return self.accounts.sign_up(
            email="mina@example.com",
            password="correct horse",
            name="Mina",
            birth_date=date(1995, 5, 5),
            gender="female",
            language="ko",
            timezone="Asia/Seoul",
        )[1]

    def refresh(self, token: str) -> str:
        return self.service.refresh(refresh_token=token)[1].refresh_token


@pytest.fixture
def world() -> World:
    clock, secret = FixedClock(), FakeSecret()
    sessions = MemorySessionRepository()
    users = MemoryUserRepository(sessions)
    limits, passwords, ids = MemoryLimitRepository(), FakePasswords(), fake_ids(clock)
    visits = FakeVisits()
    service = SessionService(
        users=users,
        sessions=sessions,
        limits=limits,
        passwords=passwords,
        visits=visits,
        keys=SigningKeys(secret, clock),
        clock=clock,
        ids=ids,
        random_bytes=CountedRandom(),
    )
    accounts = AccountService(
        users=users,
        sessions=sessions,
        session_service=service,
        limits=limits,
        passwords=passwords,
        clock=clock,
        ids=ids,
    )
    return World(clock, secret, sessions, users, service, accounts, visits)
