"""Two who have a secret diary over HTTP, and others who have no business with it."""

from __future__ import annotations

from typing import Any

import pytest

from support.admins import as_admin
from support.api import Answer, Api
from support.friends import diary_routes
from support.stories import me, someone_else

ENTRY = {"title": "첫눈", "text": "우리만 아는 이야기."}


class Friends:
    """미나 and Jun have a secret diary; 소라 is somebody else, and there is an administrator."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.tokens: dict[str, str | None] = {"미나": api.token}
        self.ids = {"미나": me(api)}
        someone_else(api)
        self._note("Jun")
        api.sign_up(email="sora@example.com", name="소라")
        self._note("소라")
        as_admin(api)
        self.tokens["admin"], self.tokens["nobody"] = api.token, None
        self.diary = f"/diaries/{self.befriend('미나', 'Jun')}"
        self.entries = f"{self.diary}/entries"

    def _note(self, name: str) -> None:
        self.tokens[name], self.ids[name] = self.api.token, me(self.api)

    def be(self, name: str) -> Api:
        self.api.token = self.tokens[name]
        return self.api

    def befriend(self, asker: str, friend: str) -> str:
        body = {"user_id": self.ids[friend], "diary_name": "우리 일기"}
        request_id = self.be(asker).call("POST", "/friend-requests", body).json["id"]
        path = f"/friend-requests/{request_id}/accept"
        return str(self.be(friend).call("POST", path).json["diary"]["id"])

    def write(self, name: str = "미나", headers: Any = None, **changes: Any) -> Answer:
        self.api.services.clock.advance(seconds=1)
        return self.be(name).call("POST", self.entries, ENTRY | changes, headers=headers)

    def entry(self, name: str = "미나", **changes: Any) -> str:
        answer = self.write(name, **changes)
        assert answer.status == 201, answer.text
        return f"{self.entries}/{answer.json['id']}"

    def comment(self, entry: str, name: str = "Jun", text: str = "예쁘다") -> Answer:
        self.api.services.clock.advance(seconds=1)
        return self.be(name).call("POST", f"{entry}/comments", {"text": text})

    def routes(self, entry: str, comment_id: str) -> list[tuple[str, str, Any]]:
        return diary_routes(self.diary, entry, comment_id)


@pytest.fixture
def friends(stories: Api) -> Friends:
    return Friends(stories)
