"""Posts and likes through the API, over in-memory stores."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from deepstory.pictures.entities import Drawn
from fakes.posts import a_picture
from support.api import Api
from support.stories import ENTRY, me, someone_else, write


class TestWriting:
    def test_written_post_has_every_field_of_the_contract(self, stories: Api) -> None:
        answer = write(stories, weather="snowy", mood="calm", tags=["#눈", "Walk", "walk"])

        assert answer.status == 201
        post = answer.json
        assert post.pop("id")
        assert post == {
            "author": {"id": me(stories), "name": "미나"},
            "title": "첫눈",
            "text": "눈이 왔다.\n오래 걸었다.",
            "picture": None,
            "diary_date": "2026-11-22",
            "weather": "snowy",
            "mood": "calm",
            "tags": ["눈", "Walk"],
            "visibility": "public",
            "sensitive": False,
            "hidden": False,
            "like_count": 0,
            "liked": False,
            "comment_count": 0,
            "created_at": "2026-11-22T03:00:01.000Z",
            "updated_at": "2026-11-22T03:00:01.000Z",
        }

    def test_read_post_is_the_written_one(self, stories: Api) -> None:
        post = write(stories).json

        assert stories.call("GET", f"/posts/{post['id']}").json == post

    def test_post_is_private_and_not_sensitive_unless_said_otherwise(self, stories: Api) -> None:
        post = stories.call("POST", "/posts", {"title": "a", "text": "b"}).json

        assert (post["visibility"], post["sensitive"]) == ("private", False)

    def test_limits_count_composed_characters(self, stories: Api) -> None:
        title = unicodedata.normalize("NFD", "한" * 100)
        tag = unicodedata.normalize("NFD", "글" * 30)

        post = write(stories, title=title, tags=[tag]).json

        assert (post["title"], post["tags"]) == ("한" * 100, ["글" * 30])

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("title", ""),
            ("title", " \n "),
            ("title", "x" * 101),
            ("title", "a\nb"),
            ("title", "nul\0"),
            ("title", None),
            ("text", ""),
            ("text", "x" * 5001),
            ("text", 3),
            ("picture_id", "../../etc/passwd"),
            ("picture_id", "0" * 26),
            ("diary_date", "2026-11-23"),
            ("diary_date", "1899-12-31"),
            ("diary_date", "2026-02-30"),
            ("weather", "lava"),
            ("mood", "hungry"),
            ("tags", "눈"),
            ("tags", [str(n) for n in range(11)]),
            ("tags", ["x" * 31]),
            ("tags", ["#"]),
            ("tags", ["a#b"]),
            ("tags", [3]),
            ("visibility", "friends"),
            ("sensitive", "yes"),
        ],
    )
    def test_bad_field_is_named_and_nothing_is_written(
        self, stories: Api, field: str, value: Any
    ) -> None:
        answer = write(stories, **{field: value})

        assert (answer.status, answer.code) == (422, "validation_failed")
        assert list(answer.json["error"]["fields"]) == [field]
        assert stories.call("GET", "/me/posts").json["items"] == []

    def test_lone_surrogates_are_refused(self, stories: Api) -> None:
        body = '{"title": "a", "text": "\\ud800"}'

        assert stories.call("POST", "/posts", body).status in (400, 422)

    def test_repeated_request_with_a_key_writes_once_and_answers_the_same(
        self, stories: Api
    ) -> None:
        headers = {"Idempotency-Key": "once"}
        first = stories.call("POST", "/posts", ENTRY, headers=headers)
        second = stories.call("POST", "/posts", ENTRY, headers=headers)
        other = stories.call("POST", "/posts", ENTRY | {"title": "x"}, headers=headers)

        assert (first.status, second.status) == (201, 201)
        assert first.json == second.json
        assert (other.status, other.code) == (409, "idempotency_key_reused")
        assert len(stories.call("GET", "/me/posts").json["items"]) == 1

    def test_record_of_a_request_holds_no_diary_text(self, stories: Api) -> None:
        stories.call("POST", "/posts", ENTRY, headers={"Idempotency-Key": "once"})

        (record,) = stories.services.idempotency_repository.records.values()
        assert "눈" not in record.answer

    def test_writing_needs_a_login(self, stories: Api) -> None:
        stories.token = None

        assert write(stories).status == 401


class TestPictures:
    @pytest.fixture
    def picture(self, stories: Api) -> str:
        pictures: Any = stories.services.picture_repository
        picture_id = "0" * 25 + "1"
        pictures.pictures[picture_id] = a_picture(
            picture_id, owner_id=me(stories), status="waiting"
        )
        return picture_id

    def test_post_shows_its_picture_while_it_develops(self, stories: Api, picture: str) -> None:
        post = write(stories, picture_id=picture).json

        assert post["picture"] == {
            "id": picture,
            "status": "waiting",
            "style": "watercolor",
            "width": None,
            "height": None,
        }

    def test_ready_picture_has_addresses_and_no_prompt(self, stories: Api, picture: str) -> None:
        pictures: Any = stories.services.picture_repository
        post_id = write(stories, picture_id=picture).json["id"]
        waiting = pictures.pictures[picture]
        pictures.pictures[picture] = waiting.finished(
            Drawn(width=64, height=48, dominant_color="#0a0b0c")
        )
        stories.token = None

        shown = stories.call("GET", f"/posts/{post_id}")

        assert shown.json["picture"] == {
            "id": picture,
            "status": "ready",
            "style": "watercolor",
            "width": 64,
            "height": 48,
            "url": "https://pictures.example/pictures/file.png",
            "thumbnail_url": "https://pictures.example/pictures/file.webp",
            "dominant_color": "#0a0b0c",
        }
        assert "바다" not in shown.text

    def test_anothers_picture_cannot_be_used(self, stories: Api, picture: str) -> None:
        someone_else(stories)

        answer = write(stories, picture_id=picture)

        assert answer.status == 422
        assert answer.json["error"]["fields"] == {"picture_id": "is not one of your pictures"}

    def test_null_takes_the_picture_away(self, stories: Api, picture: str) -> None:
        post_id = write(stories, picture_id=picture).json["id"]

        answer = stories.call("PATCH", f"/posts/{post_id}", {"picture_id": None})

        assert (answer.status, answer.json["picture"]) == (200, None)
