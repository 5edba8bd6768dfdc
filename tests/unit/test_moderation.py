"""Deciding on reports, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from support.cases import Case
from support.stories import index


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

    def test_hidden_post_is_found_nowhere_until_it_is_shown_again(self, case: Case) -> None:
        postings: Any = case.api.services.posting_repository
        post_id = case.ids["post"]
        page = f"/users/{case.ids['user']}/posts"
        case.be("미나").call("PATCH", case.post, {"tags": ["눈"]})
        case.be("Jun")
        case.report("post")

        for action, found in (("dismiss", [post_id]), ("hide", []), ("dismiss", [post_id])):
            case.decide(action)
            index(case.api, post_id)
            for name in ("미나", "Jun", None):
                for path, query in (
                    ("/posts", {"q": "첫눈"}),
                    ("/posts", {"tag": "눈"}),
                    ("/posts", {"tag": "눈", "sort": "top"}),
                    (page, {}),
                ):
                    listed = case.be(name).call("GET", path, query=query).json["items"]
                    assert [post["id"] for post in listed] == found
            assert bool(postings.terms_of(post_id)) is bool(found)

    def test_hidden_post_stays_whole_in_its_authors_diary(self, case: Case) -> None:
        case.report("post")
        case.decide("hide")

        own = case.be("미나").call("GET", "/me/posts", query={"q": "첫눈"}).json["items"]
        days = case.api.call("GET", "/me/calendar").json["days"]
        assert [post["id"] for post in own] == [case.ids["post"]]
        assert [day["entry_ids"] for day in days] == [[case.ids["post"]]]

    def test_hidden_post_is_counted_until_it_is_deleted(self, case: Case) -> None:
        def counted() -> Any:
            return case.be("admin").call("GET", "/admin/stats/overview").json["posts"]

        case.report("post")
        case.decide("hide")
        assert counted() == 1
        case.be("미나").call("DELETE", case.post)
        assert counted() == 0

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

    def test_decisions_are_in_the_audit_log_once(self, case: Case) -> None:
        case.report("post")
        for action in ("hide", "hide", "dismiss"):
            report_id = case.decide(action).json["id"]

        admin_id = case.be("admin").call("GET", "/me").json["id"]
        log = case.api.call("GET", "/admin/audit").json["items"]
        assert [(entry["before"], entry["after"]) for entry in log] == [
            ({"state": "hidden"}, {"state": "dismissed"}),
            ({"state": "open"}, {"state": "hidden"}),
        ]
        for entry in log:
            assert entry["actor"] == {"id": admin_id, "name": "관리자"}
            assert (entry["action"], entry["target_type"]) == ("report_decided", "report")
            assert entry["target_id"] == report_id

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
