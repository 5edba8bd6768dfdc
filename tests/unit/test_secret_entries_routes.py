"""Secret entries, their likes and comments through the API, over in-memory stores."""

from __future__ import annotations

from typing import Any

import pytest

from fakes.posts import a_picture
from support.secret_friends import ENTRY, Friends


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
