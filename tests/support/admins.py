"""Administrators over HTTP, and people to administer."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from support.api import SIGN_UP, Answer, Api

ADDRESSES = ["mina@example.com", "minho@example.com", "jun@example.com"]


class People:
    """Three people, each with a session, and an administrator who is logged in."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.ids: dict[str, str] = {}
        self.sessions: dict[str, Any] = {}
        for address in ADDRESSES:
            api.services.clock.advance(seconds=1)
            answer = api.sign_up(email=address, name=address.partition("@")[0].title())
            self.sessions[address] = answer.json
            self.ids[address] = answer.json["user"]["id"]
        api.services.clock.advance(seconds=1)
        self.admin_id = as_admin(api)
        self.admin_token = api.token

    def change(self, user_id: str, *, suspended: bool) -> Answer:
        return self.api.call("PATCH", f"/admin/users/{user_id}", {"suspended": suspended})

    def suspend(self, address: str = "mina@example.com") -> Answer:
        return self.change(self.ids[address], suspended=True)

    def restore(self, address: str = "mina@example.com") -> Answer:
        return self.change(self.ids[address], suspended=False)

    def found(self, **query: str) -> list[str]:
        """Return the addresses on all pages."""
        found: list[str] = []
        while True:
            answer = self.api.call("GET", "/admin/users", query=query)
            assert answer.status == 200, answer.text
            found += [item["email"] for item in answer.json["items"]]
            if answer.json["next_cursor"] is None:
                return found
            assert answer.json["items"]
            query["cursor"] = answer.json["next_cursor"]

    def log(self) -> list[Any]:
        items: list[Any] = self.api.call("GET", "/admin/audit").json["items"]
        return items

    def as_user(self, method: str, path: str, address: str = "mina@example.com") -> Answer:
        """Call with the session that was opened before."""
        self.api.token = self.sessions[address]["access_token"]
        answer = self.api.call(method, path)
        self.api.token = self.admin_token
        return answer

    def log_in(self, password: str = str(SIGN_UP["password"])) -> Answer:
        body = {"email": "mina@example.com", "password": password, "token_delivery": "body"}
        return self.api.call("POST", "/auth/login", body)

    def refresh(self) -> Answer:
        body = {"refresh_token": self.sessions["mina@example.com"]["refresh_token"]}
        return self.api.call("POST", "/auth/refresh", body)


@pytest.fixture
def admin(api: Api) -> Api:
    """The API with the administrator logged in."""
    as_admin(api)
    return api


def as_admin(api: Api, email: str = "admin@example.com") -> str:
    """Make another administrator, send that one's token from now on, and return its id."""
    user, tokens = api.services.accounts.sign_up(
        email=email,
        password="correct horse",
        name="Admin",
        birth_date=date(1990, 1, 1),
        gender="undisclosed",
        language="en",
        timezone="Asia/Seoul",
        role="admin",
    )
    api.token = tokens.access_token
    return user.user_id


@pytest.fixture
def people(api: Api) -> People:
    return People(api)
