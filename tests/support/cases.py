"""Something to report, somebody who reports it, and an administrator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from support.api import Answer, Api
from support.stories import me, someone_else, write


@dataclass
class Case:
    """Mina has a post with a comment of her own; Jun reports; an administrator decides."""

    api: Api
    tokens: dict[str, str | None]
    ids: dict[str, str]

    def be(self, name: str | None) -> Api:
        self.api.token = self.tokens[name] if name else None
        return self.api

    @property
    def post(self) -> str:
        return f"/posts/{self.ids['post']}"

    def report(self, kind: str, target_id: str | None = None, **changes: Any) -> Answer:
        self.api.services.clock.advance(seconds=1)
        body = {"target_type": kind, "target_id": target_id or self.ids[kind], "reason": "욕설"}
        return self.api.call("POST", "/reports", body | changes)

    def listed(self, **query: str) -> Any:
        return self.be("admin").call("GET", "/admin/reports", query=query).json

    def decide(self, action: str, number: int = 0) -> Answer:
        """Decide on a report by its place in the list."""
        report_id = self.listed()["items"][number]["id"]
        return self.api.call("PATCH", f"/admin/reports/{report_id}", {"action": action})

    def sees_post(self, name: str | None) -> bool:
        return self.be(name).call("GET", self.post).status == 200

    def sees_comment(self, name: str | None) -> bool:
        answer = self.be(name).call("GET", f"{self.post}/comments")
        return [each["id"] for each in answer.json["items"]] == [self.ids["comment"]]


@pytest.fixture
def case(stories: Api) -> Case:
    tokens, ids = {"미나": stories.token}, {"user": me(stories)}
    ids["post"] = write(stories).json["id"]
    comments = f"/posts/{ids['post']}/comments"
    ids["comment"] = stories.call("POST", comments, {"text": "안녕"}).json["id"]
    _, admin = stories.services.accounts.sign_up(
        email="admin@example.com",
        password="correct horse",
        name="관리자",
        birth_date=stories.services.clock.now().date(),
        gender="undisclosed",
        language="ko",
        timezone="Asia/Seoul",
        role="admin",
    )
    tokens["admin"] = admin.access_token
    someone_else(stories)
    tokens["Jun"], ids["Jun"] = stories.token, me(stories)
    return Case(stories, tokens, ids)
