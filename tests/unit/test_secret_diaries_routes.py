"""Secret diaries through the API, over in-memory stores: two friends, and everybody else."""

from __future__ import annotations

from typing import Any

import pytest

from fakes.posts import a_picture
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


class TestEntries:
    def test_written_entry_has_every_field_and_no_visibility(self, friends: Friends) -> None:
        picture = a_picture("0" * 26, owner_id=friends.ids["미나"])
        friends.api.services.picture_repository.pictures[picture.picture_id] = picture
        answer = friends.write(
            picture_id=picture.picture_id,
            weather="snowy",
            tags=["#눈", "walk"],
            visibility="public",
        )

        assert answer.status == 201
        body = answer.json
        assert len(body.pop("id")) == 26
        assert body.pop("picture")["id"] == picture.picture_id
        assert body == {
            "diary_id": friends.diary.removeprefix("/diaries/"),
            "author": {"id": friends.ids["미나"], "name": "미나"},
            "title": "첫눈",
            "text": "우리만 아는 이야기.",
            "diary_date": "2026-11-22",
            "weather": "snowy",
            "mood": None,
            "tags": ["눈", "walk"],
            "sensitive": False,
            "like_count": 0,
            "liked": False,
            "comment_count": 0,
            "created_at": "2026-11-22T03:00:01.000Z",
            "updated_at": "2026-11-22T03:00:01.000Z",
        }

    def test_picture_of_an_entry_is_seen_by_both(self, friends: Friends) -> None:
        mine = a_picture("0" * 26, owner_id=friends.ids["미나"])
        friends.api.services.picture_repository.pictures[mine.picture_id] = mine
        entry = friends.entry(picture_id=mine.picture_id)

        seen = friends.be("Jun").call("GET", entry).json["picture"]

        assert seen["id"] == mine.picture_id
        assert "prompt" not in seen
        assert friends.write("Jun", picture_id=mine.picture_id).status == 422
        assert friends.api.call("GET", f"/pictures/{mine.picture_id}").status == 404

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"title": ""}, "title"),
            ({"text": "가" * 5001}, "text"),
            ({"weather": "hail"}, "weather"),
            ({"diary_date": "2999-01-01"}, "diary_date"),
            ({"picture_id": "x"}, "picture_id"),
            ({"tags": ["a#b"]}, "tags"),
        ],
    )
    def test_what_is_wrong_is_named(
        self, friends: Friends, changes: dict[str, Any], field: str
    ) -> None:
        answer = friends.write(**changes)

        assert (answer.status, list(answer.json["error"]["fields"])) == (422, [field])

    def test_both_read_what_both_wrote_newest_first(self, friends: Friends) -> None:
        written = [friends.write(name).json["id"] for name in ("미나", "Jun", "미나")]

        for name in ("미나", "Jun"):
            page = friends.be(name).call("GET", friends.entries, query={"limit": "2"}).json
            query = {"limit": "2", "cursor": page["next_cursor"]}
            rest = friends.api.call("GET", friends.entries, query=query).json
            found = [each["id"] for each in page["items"] + rest["items"]]
            assert found == written[::-1]
            assert rest["next_cursor"] is None

    def test_author_edits_and_deletes_and_the_friend_does_not(self, friends: Friends) -> None:
        entry = friends.entry(weather="rainy")

        for method in ("PATCH", "DELETE"):
            assert friends.be("Jun").call(method, entry, {"title": "x"}).status == 404
        edited = friends.be("미나").call("PATCH", entry, {"title": "새 제목", "weather": None})
        assert (edited.status, edited.json["title"]) == (200, "새 제목")
        assert edited.json["weather"] is None
        assert friends.api.call("PATCH", entry, {}).json == edited.json
        assert friends.be("Jun").call("GET", entry).json["text"] == ENTRY["text"]
        assert friends.be("미나").call("DELETE", entry).status == 204
        assert friends.api.call("GET", entry).status == 404
        assert friends.api.call("DELETE", entry).status == 404

    def test_edit_with_a_wrong_date_or_picture_is_refused(self, friends: Friends) -> None:
        entry = friends.entry()

        for changes in ({"diary_date": "2999-01-01"}, {"picture_id": "0" * 26}):
            answer = friends.be("미나").call("PATCH", entry, changes)
            assert (answer.status, list(answer.json["error"]["fields"])) == (422, list(changes))

    def test_same_key_and_body_get_the_same_entry(self, friends: Friends) -> None:
        first = friends.write(headers={"idempotency-key": "tap"})
        again = friends.write(headers={"idempotency-key": "tap"})

        assert (again.status, again.json) == (201, first.json)
        assert len(friends.api.call("GET", friends.entries).json["items"]) == 1
        records = friends.api.services.idempotency_repository.records
        assert ENTRY["text"] not in str(records)

    def test_entry_of_one_diary_is_in_no_other(self, friends: Friends) -> None:
        other = friends.befriend("미나", "소라")
        entry_id = friends.write().json["id"]

        for name in ("미나", "소라"):
            path = f"/diaries/{other}/entries/{entry_id}"
            assert friends.be(name).call("GET", path).status == 404


class TestReactions:
    def test_like_is_counted_once_and_taken_back(self, friends: Friends) -> None:
        entry = friends.entry()

        for _ in range(2):
            answer = friends.be("Jun").call("PUT", f"{entry}/like")
            assert answer.json == {"liked": True, "like_count": 1}
        assert friends.api.call("GET", entry).json["liked"] is True
        assert friends.be("미나").call("GET", entry).json["liked"] is False
        assert friends.be("Jun").call("GET", "/me/likes").json["items"] == []
        for _ in range(2):
            answer = friends.be("Jun").call("DELETE", f"{entry}/like")
            assert answer.json == {"liked": False, "like_count": 0}

    def test_comments_are_read_oldest_first_by_both(self, friends: Friends) -> None:
        entry = friends.entry()
        written = [friends.comment(entry, name).json for name in ("Jun", "미나", "Jun")]

        for name in ("미나", "Jun"):
            page = friends.be(name).call("GET", f"{entry}/comments", query={"limit": "2"}).json
            query = {"limit": "2", "cursor": page["next_cursor"]}
            rest = friends.api.call("GET", f"{entry}/comments", query=query).json
            assert page["items"] + rest["items"] == written

    def test_comment_is_deleted_by_its_author_or_the_entrys(self, friends: Friends) -> None:
        entry = friends.entry()
        by_jun, by_mina, also_by_jun = (
            friends.comment(entry, name).json["id"] for name in ("Jun", "미나", "Jun")
        )
        comments = f"{entry}/comments"

        assert friends.be("Jun").call("DELETE", f"{comments}/{by_mina}").status == 404
        assert friends.api.call("DELETE", f"{comments}/{by_jun}").status == 204
        assert friends.api.call("DELETE", f"{comments}/{by_jun}").status == 404
        assert friends.be("미나").call("DELETE", f"{comments}/{also_by_jun}").status == 204
        (left,) = friends.api.call("GET", comments).json["items"]
        assert left["id"] == by_mina

    def test_same_key_and_body_get_the_same_comment(self, friends: Friends) -> None:
        path = f"{friends.entry()}/comments"
        answers = [
            friends.be("Jun").call("POST", path, {"text": "a"}, headers={"idempotency-key": "k"})
            for _ in range(2)
        ]

        assert answers[0].json == answers[1].json
        assert len(friends.api.call("GET", path).json["items"]) == 1
        assert friends.api.call("POST", path, {"text": " "}).status == 422


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
