"""Reporting and deciding on reports, over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from deepstory.reports.service import PER_HOUR
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


class TestReporting:
    def test_reported_things_are_listed_with_what_they_say(self, case: Case) -> None:
        for kind in ("post", "comment", "user"):
            answer = case.report(kind)
            assert (answer.status, answer.text) == (202, "")

        post, comment, user = case.listed()["items"]
        assert post.pop("id")
        assert post == {
            "target_type": "post",
            "target_id": case.ids["post"],
            "post_id": case.ids["post"],
            "reason": "욕설",
            "text": "첫눈\n\n눈이 왔다.\n오래 걸었다.",
            "state": "open",
            "reporter": {"id": case.ids["Jun"], "name": "Jun"},
            "created_at": "2026-11-22T03:00:02.000Z",
            "decided_by": None,
            "decided_at": None,
        }
        assert (comment["text"], comment["post_id"]) == ("안녕", case.ids["post"])
        assert (user["text"], user["post_id"]) == ("미나", None)

    def test_second_report_of_the_same_changes_nothing(self, case: Case) -> None:
        assert case.report("post").status == 202
        assert case.report("post", reason="다른 이유").status == 202
        case.be("미나")
        assert case.report("post").status == 202

        listed = case.listed()["items"]
        assert [(each["reporter"]["name"], each["reason"]) for each in listed] == [
            ("Jun", "욕설"),
            ("미나", "욕설"),
        ]

    def test_what_is_not_there_or_not_visible_cannot_be_reported(self, case: Case) -> None:
        case.be("미나").call("PATCH", case.post, {"visibility": "private"})
        case.be("Jun")

        for kind in ("post", "comment"):
            assert case.report(kind).status == 404
        for kind in ("post", "comment", "user"):
            assert case.report(kind, "0" * 26).status == 404
        assert case.listed()["items"] == []

    def test_somebody_kept_apart_can_be_reported(self, case: Case) -> None:
        case.be("Jun").call("PUT", f"/me/blocks/{case.ids['user']}")

        for kind in ("post", "comment", "user"):
            assert case.report(kind).status == 202

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("target_type", "diary"),
            ("target_type", None),
            ("target_id", "x"),
            ("target_id", 1),
            ("reason", " "),
            ("reason", "가" * 501),
            ("reason", "a\0"),
        ],
    )
    def test_bad_field_is_named(self, case: Case, field: str, value: object) -> None:
        answer = case.report("post", **{field: value})

        assert (answer.status, list(answer.json["error"]["fields"])) == (422, [field])

    def test_reporting_is_limited_by_the_hour_and_repetitions_are_free(self, case: Case) -> None:
        case.be("미나")
        posts = [write(case.api).json["id"] for _ in range(PER_HOUR)]
        case.be("Jun")
        for post_id in posts:
            assert case.report("post", post_id).status == 202
            assert case.report("post", post_id).status == 202

        refused = case.report("user")
        assert (refused.status, refused.code) == (429, "too_many_reports")
        assert 0 < int(refused.headers["Retry-After"]) <= 3600
        case.be("미나")
        assert case.report("user", case.ids["Jun"]).status == 202

        case.api.services.clock.advance(hours=1)
        refreshed = case.be(None).call(
            "POST", "/auth/login", {"email": "jun@example.com", "password": "correct horse"}
        )
        case.api.token = refreshed.json["access_token"]
        assert case.report("user").status == 202

    def test_report_made_twice_at_once_counts_once(
        self, case: Case, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        case.report("post")
        store = case.api.services.report_repository
        monkeypatch.setattr(store, "get", lambda _: None)
        for _ in range(PER_HOUR + 5):
            assert case.report("post").status == 202

    def test_reporting_needs_a_login(self, case: Case) -> None:
        case.be(None)

        assert case.report("post").status == 401


class TestDeciding:
    def test_hidden_post_is_seen_by_its_author_and_administrators_only(self, case: Case) -> None:
        case.report("post")

        answer = case.decide("hide")

        assert answer.status == 200
        assert answer.json["state"] == "hidden"
        assert answer.json["decided_by"] == case.be("admin").call("GET", "/me").json["id"]
        assert answer.json["decided_at"] == "2026-11-22T03:00:02.000Z"
        assert case.listed()["items"] == [answer.json]
        seen = {name: case.sees_post(name) for name in ("미나", "admin", "Jun", None)}
        assert seen == {"미나": True, "admin": True, "Jun": False, None: False}
        for sort in ("latest", "top"):
            for name in ("미나", "Jun", None):
                listed = case.be(name).call("GET", "/posts", query={"sort": sort}).json
                assert listed["items"] == []
        for method, path in (("PUT", "like"), ("GET", "comments")):
            assert case.be("Jun").call(method, f"{case.post}/{path}").status == 404

    def test_hidden_post_is_marked_for_its_author(self, case: Case) -> None:
        assert case.be("미나").call("GET", case.post).json["hidden"] is False
        case.be("Jun")
        case.report("post")
        case.decide("hide")

        (own,) = case.be("미나").call("GET", "/me/posts").json["items"]
        assert (own["hidden"], own["visibility"]) == (True, "public")

    def test_author_cannot_show_a_hidden_post_again(self, case: Case) -> None:
        case.report("post")
        case.decide("hide")

        for visibility in ("private", "public"):
            edited = case.be("미나").call("PATCH", case.post, {"visibility": visibility})
            assert (edited.json["visibility"], edited.json["hidden"]) == (visibility, True)
            assert not case.sees_post("Jun")
            assert case.be(None).call("GET", "/posts").json["items"] == []

    def test_hidden_comment_is_seen_by_its_author_and_administrators_only(self, case: Case) -> None:
        case.report("comment")
        assert case.sees_comment("Jun")

        assert case.decide("hide").json["state"] == "hidden"

        seen = {name: case.sees_comment(name) for name in ("미나", "admin", "Jun", None)}
        assert seen == {"미나": True, "admin": True, "Jun": False, None: False}
        case.be("Jun")
        assert case.report("comment", reason="again").status == 404

    def test_dismissed_report_changes_nothing(self, case: Case) -> None:
        case.report("post")

        assert case.decide("dismiss").json["state"] == "dismissed"

        assert case.sees_post("Jun")

    @pytest.mark.parametrize("kind", ["post", "comment"])
    def test_last_decision_counts(self, case: Case, kind: str) -> None:
        case.report(kind)
        sees = case.sees_post if kind == "post" else case.sees_comment

        for action, visible in (
            ("hide", False),
            ("hide", False),
            ("dismiss", True),
            ("dismiss", True),
            ("hide", False),
        ):
            assert case.decide(action).status == 200
            assert sees("Jun") is visible

    def test_dismissing_one_report_keeps_hidden_what_another_hid(self, case: Case) -> None:
        case.report("post")
        case.be("미나")
        case.report("post")

        case.decide("hide")
        case.decide("dismiss")

        states = [each["state"] for each in case.listed()["items"]]
        assert states == ["dismissed", "hidden"]
        assert not case.sees_post("Jun")

    def test_administrator_who_loses_a_race_decides_over_the_new_state(
        self, case: Case, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        case.report("post")
        store = case.api.services.report_repository
        whole = store.get

        def overtaken(report_id: str) -> Any:
            before = whole(report_id)
            monkeypatch.setattr(store, "get", whole)
            case.api.services.moderation.decide(
                report_id=report_id, action="hide", admin_id="another"
            )
            return before

        report_id = case.listed()["items"][0]["id"]
        monkeypatch.setattr(store, "get", overtaken)
        answer = case.api.call("PATCH", f"/admin/reports/{report_id}", {"action": "dismiss"})

        assert answer.json["state"] == "dismissed"
        assert case.sees_post("Jun")

    def test_report_that_stays_contended_is_unavailable(
        self, case: Case, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        case.report("post")
        monkeypatch.setattr(case.api.services.report_repository, "replace", lambda *_: False)

        assert case.decide("dismiss").status == 503

    def test_person_cannot_be_hidden(self, case: Case) -> None:
        case.report("user")

        answer = case.decide("hide")

        assert (answer.status, answer.code) == (409, "cannot_hide")
        assert case.listed()["items"][0]["state"] == "open"
        assert case.decide("dismiss").status == 200

    def test_target_that_is_gone_can_still_be_decided_on(self, case: Case) -> None:
        case.report("post")
        case.report("comment")
        case.be("미나").call("DELETE", f"{case.post}/comments/{case.ids['comment']}")
        case.be("미나").call("DELETE", case.post)

        for _ in range(2):
            answer = case.decide("hide")
            assert (answer.json["state"], answer.json["text"]) == ("hidden", None)

    def test_text_that_became_private_is_not_shown_to_administrators(self, case: Case) -> None:
        case.report("post")
        case.report("comment")
        case.be("미나").call("PATCH", case.post, {"visibility": "private"})

        assert [each["text"] for each in case.listed()["items"]] == [None, None]
        assert not case.sees_post("admin")

    def test_open_ones_come_first_and_pages_go_to_the_end(self, case: Case) -> None:
        for name in ("Jun", "미나"):
            case.be(name)
            for kind in ("post", "comment", "user"):
                case.report(kind)
        every = [each["id"] for each in case.listed()["items"]]
        for _ in range(2):
            case.decide("dismiss")
        found: list[str] = []
        query = {"limit": "1"}
        while True:
            page = case.listed(**query)
            found += [each["id"] for each in page["items"]]
            if page["next_cursor"] is None:
                break
            query |= {"cursor": page["next_cursor"]}

        assert found == [*every[2:], every[1], every[0]]

    def test_unknown_action_or_report_is_refused(self, case: Case) -> None:
        case.report("post")

        assert case.decide("burn").status == 422
        for report_id in ("0" * 26, "x"):
            path = f"/admin/reports/{report_id}"
            assert case.be("admin").call("PATCH", path, {"action": "hide"}).status == 404
