"""Comments through the API, over in-memory stores."""

from __future__ import annotations

import unicodedata

import pytest

from support.api import Answer, Api
from support.stories import me, someone_else, write


def comment(api: Api, path: str, text: str = "예쁘다", **headers: str) -> Answer:
    api.services.clock.advance(seconds=1)
    return api.call("POST", path, {"text": text}, headers=headers)


@pytest.fixture
def path(stories: Api) -> str:
    return f"/posts/{write(stories).json['id']}/comments"


class TestWriting:
    def test_written_comment_has_every_field(self, stories: Api, path: str) -> None:
        answer = comment(stories, path, "  첫 줄\n둘째 줄 ")

        assert answer.status == 201
        body = answer.json
        assert body.pop("id")
        assert body == {
            "author": {"id": me(stories), "name": "미나"},
            "text": "첫 줄\n둘째 줄",
            "hidden": False,
            "created_at": "2026-11-22T03:00:02.000Z",
        }
        assert stories.call("GET", path).json["items"] == [answer.json]

    def test_length_counts_composed_characters(self, stories: Api, path: str) -> None:
        answer = comment(stories, path, unicodedata.normalize("NFD", "한" * 1000))

        assert (answer.status, answer.json["text"]) == (201, "한" * 1000)

    @pytest.mark.parametrize("text", ["", " \n ", "가" * 1001, "a\0b", "a\x1bb", None, 7])
    def test_text_that_cannot_be_a_comment_is_named(
        self, stories: Api, path: str, text: str | int | None
    ) -> None:
        answer = stories.call("POST", path, {"text": text})

        assert (answer.status, answer.code) == (422, "validation_failed")
        assert list(answer.json["error"]["fields"]) == ["text"]
        assert stories.call("GET", path).json["items"] == []

    def test_same_key_and_body_get_the_same_comment(self, stories: Api, path: str) -> None:
        first = comment(stories, path, **{"idempotency-key": "tap"})
        again = comment(stories, path, **{"idempotency-key": "tap"})

        assert (again.status, again.json) == (201, first.json)
        assert len(stories.call("GET", path).json["items"]) == 1

    def test_same_key_and_another_body_conflict(self, stories: Api, path: str) -> None:
        comment(stories, path, **{"idempotency-key": "tap"})
        answer = comment(stories, path, "another", **{"idempotency-key": "tap"})

        assert (answer.status, answer.code) == (409, "idempotency_key_reused")

    def test_comment_deleted_meanwhile_is_not_found_by_its_key(
        self, stories: Api, path: str
    ) -> None:
        first = comment(stories, path, **{"idempotency-key": "tap"})
        stories.call("DELETE", f"{path}/{first.json['id']}")

        assert comment(stories, path, **{"idempotency-key": "tap"}).status == 404

    def test_writing_needs_a_login_and_reading_does_not(self, stories: Api, path: str) -> None:
        written = comment(stories, path).json
        stories.token = None

        assert comment(stories, path).status == 401
        assert stories.call("GET", path).json == {"items": [written], "next_cursor": None}


class TestReading:
    def test_pages_follow_cursors_to_the_end(self, stories: Api, path: str) -> None:
        written = [comment(stories, path).json["id"] for _ in range(5)]
        found: list[str] = []
        query = {"limit": "2"}
        while True:
            page = stories.call("GET", path, query=query).json
            found += [each["id"] for each in page["items"]]
            if page["next_cursor"] is None:
                break
            query |= {"cursor": page["next_cursor"]}

        assert found == written

    def test_cursor_of_another_post_or_a_forged_one_is_refused(
        self, stories: Api, path: str
    ) -> None:
        for _ in range(3):
            comment(stories, path)
        other = f"/posts/{write(stories).json['id']}/comments"
        cursor = stories.call("GET", path, query={"limit": "1"}).json["next_cursor"]

        for where, sent in ((other, cursor), (path, cursor[:-2] + "xx")):
            answer = stories.call("GET", where, query={"cursor": sent})
            assert (answer.status, answer.code) == (400, "invalid_cursor")

    def test_comments_of_a_private_post_are_hidden_from_everyone_else(self, stories: Api) -> None:
        path = f"/posts/{write(stories, visibility='private').json['id']}/comments"
        comment_id = comment(stories, path).json["id"]
        someone_else(stories)

        for method, where in (
            ("GET", path),
            ("POST", path),
            ("DELETE", f"{path}/{comment_id}"),
        ):
            assert stories.call(method, where, {"text": "a"}).status == 404
        stories.token = None
        assert stories.call("GET", path).status == 404

    @pytest.mark.parametrize("post_id", ["x", "0" * 26, "%00"])
    def test_what_is_no_post_has_no_comments(self, stories: Api, post_id: str) -> None:
        assert stories.call("GET", f"/posts/{post_id}/comments").status == 404
        assert comment(stories, f"/posts/{post_id}/comments").status == 404


class TestDeleting:
    def test_deleted_comment_is_gone(self, stories: Api, path: str) -> None:
        author = stories.token
        someone_else(stories)
        own, other = (comment(stories, path).json["id"] for _ in range(2))

        assert stories.call("DELETE", f"{path}/{own}").status == 204
        stories.token = author
        assert stories.call("DELETE", f"{path}/{other}").status == 204

        assert stories.call("GET", path).json["items"] == []
        for comment_id in (own, other, "x"):
            assert stories.call("DELETE", f"{path}/{comment_id}").status == 404

    def test_others_cannot_delete(self, stories: Api, path: str) -> None:
        comment_id = comment(stories, path).json["id"]
        someone_else(stories)

        assert stories.call("DELETE", f"{path}/{comment_id}").status == 404
