"""Editing, listing and liking posts over HTTP."""

from __future__ import annotations

import pytest

from support.api import Api
from support.stories import someone_else, write


class TestEditing:
    def test_given_fields_change_and_others_stay(self, stories: Api) -> None:
        post = write(stories, weather="snowy", tags=["눈"]).json
        stories.services.clock.advance(seconds=9)

        answer = stories.call("PATCH", f"/posts/{post['id']}", {"mood": "sad", "weather": None})

        assert answer.status == 200
        changes = {"mood": "sad", "weather": None, "updated_at": "2026-11-22T03:00:10.000Z"}
        assert answer.json == post | changes

    @pytest.mark.parametrize("field", ["title", "text", "diary_date", "tags", "visibility"])
    def test_what_every_post_has_cannot_be_taken_away(self, stories: Api, field: str) -> None:
        post_id = write(stories).json["id"]

        answer = stories.call("PATCH", f"/posts/{post_id}", {field: None})

        assert answer.status == 422
        assert list(answer.json["error"]["fields"]) == [field]

    @pytest.mark.parametrize("visibility", ["public", "private"])
    def test_others_can_neither_edit_nor_delete(self, stories: Api, visibility: str) -> None:
        path = f"/posts/{write(stories, visibility=visibility).json['id']}"
        someone_else(stories)

        assert stories.call("PATCH", path, {"title": "mine"}).status == 404
        assert stories.call("DELETE", path).status == 404

    def test_deleted_post_is_gone(self, stories: Api) -> None:
        path = f"/posts/{write(stories).json['id']}"

        deleted = stories.call("DELETE", path)

        assert (deleted.status, deleted.text) == (204, "")
        for method in ("GET", "DELETE"):
            assert stories.call(method, path).status == 404

    def test_private_post_is_hidden_from_everyone_else(self, stories: Api) -> None:
        path = f"/posts/{write(stories).json['id']}"
        stories.call("PATCH", path, {"visibility": "private"})

        assert stories.call("GET", path).status == 200
        someone_else(stories)
        for method, what in (("GET", path), ("PUT", f"{path}/like"), ("DELETE", f"{path}/like")):
            assert stories.call(method, what).status == 404
        stories.token = None
        assert stories.call("GET", path).status == 404

    @pytest.mark.parametrize("post_id", ["x", "0" * 26, "%00", "é" * 26])
    def test_what_is_no_post_is_not_found(self, stories: Api, post_id: str) -> None:
        assert stories.call("GET", f"/posts/{post_id}").status == 404
        assert stories.call("PUT", f"/posts/{post_id}/like").status == 404


class TestLists:
    def test_pages_follow_cursors_to_the_end(self, stories: Api) -> None:
        written = [write(stories).json["id"] for _ in range(5)]
        write(stories, visibility="private")
        stories.token = None

        for query in ({"sort": "latest"}, {"sort": "top", "period": "day"}, {"period": "month"}):
            found: list[str] = []
            cursor: dict[str, str] = {}
            while True:
                page = stories.call("GET", "/posts", query=query | {"limit": "2"} | cursor).json
                found += [post["id"] for post in page["items"]]
                if page["next_cursor"] is None:
                    break
                cursor = {"cursor": page["next_cursor"]}
            assert found == written[::-1]

    def test_cursor_of_another_list_or_a_forged_one_is_refused(self, stories: Api) -> None:
        for _ in range(3):
            write(stories)
        cursor = stories.call("GET", "/posts", query={"limit": "1"}).json["next_cursor"]

        for path, query in (
            ("/posts", {"sort": "top"}),
            ("/me/posts", {}),
            ("/me/likes", {}),
            ("/posts", {"cursor": cursor[:-2] + "xx"}),
        ):
            answer = stories.call("GET", path, query={"cursor": cursor} | query)
            assert (answer.status, answer.code) == (400, "invalid_cursor")

    @pytest.mark.parametrize(
        "query", [{"sort": "best"}, {"period": "year"}, {"limit": "0"}, {"limit": "101"}]
    )
    def test_bad_query_is_named(self, stories: Api, query: dict[str, str]) -> None:
        answer = stories.call("GET", "/posts", query=query)

        assert answer.status == 422
        assert list(answer.json["error"]["fields"]) == list(query)

    def test_lists_of_nothing_are_empty(self, stories: Api) -> None:
        for path in ("/posts", "/me/posts", "/me/likes"):
            assert stories.call("GET", path).json == {"items": [], "next_cursor": None}

    def test_own_lists_need_a_login(self, stories: Api) -> None:
        stories.token = None

        assert stories.call("GET", "/me/posts").status == 401
        assert stories.call("GET", "/me/likes").status == 401


class TestLiking:
    def test_like_and_unlike_answer_with_the_new_state(self, stories: Api) -> None:
        path = f"/posts/{write(stories).json['id']}/like"
        someone_else(stories)

        for _ in range(2):
            assert stories.call("PUT", path).json == {"liked": True, "like_count": 1}
        liked = stories.call("GET", "/me/likes").json["items"]
        assert [(post["title"], post["liked"]) for post in liked] == [("첫눈", True)]

        for _ in range(2):
            assert stories.call("DELETE", path).json == {"liked": False, "like_count": 0}
        assert stories.call("GET", "/me/likes").json["items"] == []

    def test_liking_needs_a_login(self, stories: Api) -> None:
        path = f"/posts/{write(stories).json['id']}/like"
        stories.token = None

        assert stories.call("PUT", path).status == 401
