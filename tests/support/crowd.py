"""Everyone who may come by, and the things of one person that they may or may not touch."""

from __future__ import annotations

from typing import Any

import pytest

from fakes.pictures import MemoryPictureRepository
from support.admins import as_admin
from support.api import SIGN_UP, Answer, Api
from support.stories import write

OWNER, FRIEND, FORMER, PENDING = "owner", "friend", "former friend", "pending"
STRANGER, BLOCKED, SUSPENDED = "stranger", "blocked", "suspended"
ADMIN, ANONYMOUS = "admin", "anonymous"
MEMBERS = (OWNER, FRIEND, FORMER, PENDING, STRANGER, BLOCKED, SUSPENDED)
VIEWERS = (ANONYMOUS, *MEMBERS, ADMIN)


class Crowd:
    """One owner of everything, and what each of the others is to that person.

    ``ids`` are those that routes' paths name; they belong to the owner unless a name says more.
    """

    def __init__(self, api: Api) -> None:
        self.api = api
        self.tokens: dict[str, str | None] = {ANONYMOUS: None}
        self.people: dict[str, str] = {}
        for name in MEMBERS:
            answer = api.sign_up(email=f"{name.split()[0]}@example.com", name=name)
            self.tokens[name] = answer.json["access_token"]
            self.people[name] = answer.json["user"]["id"]
        self.people[ADMIN] = as_admin(api)
        self.tokens[ADMIN] = api.token
        self.ids: dict[str, str] = {"user_id": self.people[OWNER]}
        self._own_things()
        self._diaries()
        self._apart()

    def call(self, viewer: str, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        # Everyone comes from elsewhere, for addresses have limits.
        self.api.token, self.api.address = self.tokens[viewer], f"192.0.2.{VIEWERS.index(viewer)}"
        return self.api.call(method, path, body, **more)

    def values_for(self, viewer: str) -> dict[str, str]:
        """Return what a request of this viewer may name: things of the owner, and what is fresh."""
        word = viewer.split()[0]
        passer_by = self.api.sign_up(email=f"for-{word}@example.com", name="Passer-by").json
        return self.ids | {
            "password": str(SIGN_UP["password"]),
            "new_email": f"new-{word}@example.com",
            "refresh_token": passer_by["refresh_token"],
            "passer_by": passer_by["user"]["id"],
            "other_id": self.people[STRANGER if viewer != STRANGER else FORMER],
        }

    def made(self, viewer: str, method: str, path: str, body: Any = None) -> Any:
        answer = self.call(viewer, method, path, body)
        assert answer.status in (200, 201, 202, 204), answer.text
        return answer.json if answer.text else None

    def befriend(self, name: str) -> str:
        """Give the owner a secret diary with somebody and return its id."""
        path = f"/friend-requests/{self._ask(name)}/accept"
        return str(self.made(OWNER, "POST", path)["diary"]["id"])

    def _ask(self, name: str) -> str:
        body = {"user_id": self.people[OWNER], "diary_name": "우리 일기"}
        return str(self.made(name, "POST", "/friend-requests", body)["id"])

    def _diaries(self) -> None:
        self.made(FORMER, "DELETE", f"/diaries/{self.befriend(FORMER)}")
        self.ids["diary_id"] = diary_id = self.befriend(FRIEND)
        self.ids["request_id"] = self._ask(PENDING)
        written = {"title": "첫눈", "text": "우리만 아는 이야기."}
        entry = self.made(OWNER, "POST", f"/diaries/{diary_id}/entries", written)
        self.ids["entry_id"] = entry["id"]
        path = f"/diaries/{diary_id}/entries/{entry['id']}/comments"
        self.ids["entry_comment_id"] = self.made(OWNER, "POST", path, {"text": "안녕"})["id"]

    def _own_things(self) -> None:
        self.api.token = self.tokens[OWNER]
        self.ids["post_id"] = write(self.api).json["id"]
        self.ids["private_post_id"] = write(self.api, visibility="private").json["id"]
        comment = {"text": "안녕"}
        path = f"/posts/{self.ids['post_id']}/comments"
        self.ids["comment_id"] = self.made(OWNER, "POST", path, comment)["id"]
        (picture,) = self.made(OWNER, "POST", "/pictures", {"prompt": "a cat"})["items"]
        self.ids["picture_id"] = picture["id"]
        self.ids["export_id"] = self.made(OWNER, "GET", "/me/export")["export"]["id"]

    def _apart(self) -> None:
        report = {"target_type": "post", "target_id": self.ids["post_id"], "reason": "spam"}
        self.made(STRANGER, "POST", "/reports", report)
        self.ids["report_id"] = self.made(ADMIN, "GET", "/admin/reports")["items"][0]["id"]
        self.made(OWNER, "PUT", f"/me/blocks/{self.people[BLOCKED]}")
        path = f"/admin/users/{self.people[SUSPENDED]}"
        self.made(ADMIN, "PATCH", path, {"suspended": True})


@pytest.fixture
def crowd(stories: Api) -> Crowd:
    services: Any = stories.services
    services.picture_repository = MemoryPictureRepository(
        services.limits, services.idempotency_repository, services.counters
    )
    return Crowd(stories)
