"""Reporting, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from deepstory.reports.service import PER_HOUR
from support.cases import Case
from support.stories import write


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
    def test_bad_field_is_named(self, case: Case, field: str, value: Any) -> None:
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
