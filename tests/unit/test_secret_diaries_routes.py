"""Secret diaries through the API: who finds them, and what ends them."""

from __future__ import annotations

import pytest

from support.secret_friends import Friends


class TestEverybodyElse:
    @pytest.mark.parametrize(("name", "status"), [("소라", 404), ("admin", 404), ("nobody", 401)])
    def test_nobody_else_finds_anything_whoever_they_are(
        self, friends: Friends, name: str, status: int
    ) -> None:
        entry = friends.entry()
        comment_id = friends.comment(entry).json["id"]

        for method, path, body in friends.routes(entry, comment_id):
            answer = friends.be(name).call(method, path, body)
            assert answer.status == status, (method, path, answer.text)
            assert "우리" not in answer.text
        assert friends.be("Jun").call("GET", entry).status == 200

    def test_neither_reports_nor_administrators_have_a_way_in(self, friends: Friends) -> None:
        entry = friends.entry()
        comment_id = friends.comment(entry).json["id"]
        entry_id = entry.rpartition("/")[2]

        for name in ("Jun", "admin"):
            for kind, target_id in (("post", entry_id), ("comment", comment_id)):
                body = {"target_type": kind, "target_id": target_id, "reason": "x"}
                assert friends.be(name).call("POST", "/reports", body).status == 404
            for path in (f"/posts/{entry_id}", f"/posts/{entry_id}/comments"):
                assert friends.api.call("GET", path).status == 404
        assert friends.be("admin").call("GET", "/admin/reports").json["items"] == []
        assert friends.api.call("GET", "/posts").json["items"] == []

    @pytest.mark.parametrize("diary_id", ["x", "0" * 26])
    def test_what_is_no_diary_is_not_found(self, friends: Friends, diary_id: str) -> None:
        friends.diary, friends.entries = f"/diaries/{diary_id}", f"/diaries/{diary_id}/entries"

        for method, path, body in friends.routes(f"{friends.entries}/{'0' * 26}", "0" * 26):
            assert friends.be("미나").call(method, path, body).status == 404


class TestLeaving:
    def test_receipt_says_what_closed(self, friends: Friends) -> None:
        friends.entry()
        friends.entry("Jun")
        friends.entry()
        opened = friends.be("미나").call("GET", friends.diary).json

        answer = friends.api.call("DELETE", friends.diary)

        assert answer.status == 200
        assert answer.json == opened | {"closed_at": "2026-11-22T03:00:03.000Z", "own_entries": 2}

    @pytest.mark.parametrize("end", ["leave", "block"])
    def test_it_is_closed_for_both_and_for_good(self, friends: Friends, end: str) -> None:
        entry = friends.entry()
        comment_id = friends.comment(entry).json["id"]
        if end == "leave":
            assert friends.be("Jun").call("DELETE", friends.diary).status == 200
        else:
            path = f"/me/blocks/{friends.ids['미나']}"
            assert friends.be("Jun").call("PUT", path).status == 204
            assert friends.api.call("DELETE", path).status == 204

        for name in ("미나", "Jun"):
            assert friends.be(name).call("GET", "/diaries").json["items"] == []
            for method, path, body in friends.routes(entry, comment_id):
                assert friends.be(name).call(method, path, body).status == 404, (method, path)
        again = friends.befriend("Jun", "미나")
        assert f"/diaries/{again}" != friends.diary
        assert friends.api.call("GET", f"/diaries/{again}/entries").json["items"] == []
        assert friends.api.call("GET", entry).status == 404


class TestSuspended:
    def test_friend_reads_on_and_the_suspended_one_is_out(self, friends: Friends) -> None:
        entry = friends.entry()
        body = {"suspended": True}
        path = f"/admin/users/{friends.ids['미나']}"
        assert friends.be("admin").call("PATCH", path, body).status == 200

        assert friends.be("미나").call("GET", entry).status == 403
        seen = friends.be("Jun").call("GET", entry)
        assert (seen.status, seen.json["author"]["name"]) == (200, "미나")
        assert friends.api.call("GET", friends.diary).json["friend"]["name"] == "미나"
        assert friends.write("Jun").status == 201


class TestNaming:
    def test_name_is_checked_and_shown_to_both(self, friends: Friends) -> None:
        answer = friends.be("Jun").call("PATCH", friends.diary, {"name": "  겨울 일기 "})
        assert (answer.status, answer.json["name"]) == (200, "겨울 일기")
        assert friends.be("미나").call("GET", friends.diary).json["name"] == "겨울 일기"
        assert friends.api.call("PATCH", friends.diary, {}).json["name"] == "겨울 일기"
        for name in ("", "가" * 51, "a\tb"):
            answer = friends.api.call("PATCH", friends.diary, {"name": name})
            assert (answer.status, list(answer.json["error"]["fields"])) == (422, ["name"])


def test_logs_say_nothing_of_what_is_written(
    friends: Friends, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no route")

    entry = friends.entry()
    for store, name in (
        (friends.api.services.secret_entry_repository, "add"),
        (friends.api.services.secret_entry_repository, "change"),
        (friends.api.services.secret_comment_writes, "add"),
        (friends.api.services.friend_request_repository, "add"),
    ):
        monkeypatch.setattr(store, name, broken)
    secret = "아무도 모르는 말"

    assert friends.write(text=secret).status == 500
    assert friends.api.call("PATCH", entry, {"text": secret}).status == 500
    assert friends.comment(entry, text=secret).status == 500
    body = {"email": "someone@example.com", "diary_name": secret}
    assert friends.be("소라").call("POST", "/friend-requests", body).status == 500

    printed = capsys.readouterr()
    assert printed.out.count("unexpected error") == 4
    for said in (secret, "someone@example.com"):
        assert said not in printed.out + printed.err
