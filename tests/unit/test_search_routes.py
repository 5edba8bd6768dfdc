"""Searching over HTTP."""

from __future__ import annotations

import pytest

from support.api import Api
from support.stories import index, someone_else, write


def publish(api: Api, **changes: object) -> str:
    post_id = str(write(api, **changes).json["id"])
    index(api, post_id)
    return post_id


def found(api: Api, **query: str) -> list[str]:
    ids: list[str] = []
    while True:
        answer = api.call("GET", "/posts", query=query)
        assert answer.status == 200, answer.text
        ids += [post["id"] for post in answer.json["items"]]
        if answer.json["next_cursor"] is None:
            return ids
        query["cursor"] = answer.json["next_cursor"]


class TestSearch:
    def test_everyone_searches_in_title_text_and_tags(self, stories: Api) -> None:
        title = publish(stories, title="바다에 갔다")
        text = publish(stories, text="파도 치는 바다는 넓다")
        tag = publish(stories, tags=["바다"])
        publish(stories, title="산")
        stories.token = None

        assert found(stories, q="바다", limit="2") == [tag, text, title]

    def test_tag_is_taken_with_or_without_its_sign_and_in_any_case(self, stories: Api) -> None:
        post_id = publish(stories, tags=["Whales"])

        for tag in ("whales", "#WHALES", " Whales "):
            assert found(stories, tag=tag) == [post_id]
        assert found(stories, tag="whales", sort="top") == [post_id]
        assert found(stories, tag="whales", q="눈이") == [post_id]

    def test_every_order_and_period_can_be_had(self, stories: Api) -> None:
        post_id = publish(stories, title="고래", tags=["바다"])

        for search in ({"q": "고래"}, {"tag": "바다"}, {"q": "고래", "tag": "바다"}):
            for sort in ("latest", "top"):
                for period in ("day", "week", "month", "all"):
                    assert found(stories, sort=sort, period=period, **search) == [post_id]

    def test_post_made_private_is_gone_before_the_index_knows(self, stories: Api) -> None:
        post_id = publish(stories, tags=["바다"])
        stories.call("PATCH", f"/posts/{post_id}", {"visibility": "private"})

        for query in ({"q": "눈이"}, {"tag": "바다"}, {"tag": "바다", "sort": "top"}):
            assert found(stories, **query) == []

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ({"q": ""}, "q"),
            ({"q": "   "}, "q"),
            ({"q": "x" * 101}, "q"),
            ({"q": "!!"}, "q"),
            ({"q": "\ud800"}, "q"),
            ({"q": "a\x00b"}, "q"),
            ({"tag": ""}, "tag"),
            ({"tag": "#"}, "tag"),
            ({"tag": "a#b"}, "tag"),
            ({"tag": "x" * 31}, "tag"),
            ({"q": "바다", "sort": "best"}, "sort"),
        ],
    )
    def test_what_cannot_be_searched_for_is_named(
        self, stories: Api, query: dict[str, str], field: str
    ) -> None:
        answer = stories.call("GET", "/posts", query=query)

        assert (answer.status, answer.code) == (422, "validation_failed")
        assert list(answer.json["error"]["fields"]) == [field]

    def test_cursor_of_one_search_is_no_other_ones(self, stories: Api) -> None:
        for _ in range(2):
            publish(stories, title="바다", tags=["바다"])
        page = stories.call("GET", "/posts", query={"q": "바다", "limit": "1"}).json

        for other in ({"q": "제목"}, {"tag": "바다"}, {}, {"q": "바다", "period": "day"}):
            query = other | {"cursor": page["next_cursor"]}
            answer = stories.call("GET", "/posts", query=query)
            assert (answer.status, answer.code) == (400, "invalid_cursor")

    def test_own_posts_are_searched_with_private_ones(self, stories: Api) -> None:
        private = publish(stories, title="바다", visibility="private")
        publish(stories, title="산")

        answer = stories.call("GET", "/me/posts", query={"q": "바다"})
        assert [post["id"] for post in answer.json["items"]] == [private]
        assert stories.call("GET", "/me/posts", query={"q": "?"}).status == 422
        someone_else(stories)
        assert stories.call("GET", "/me/posts", query={"q": "바다"}).json["items"] == []

    def test_longest_question_is_answered(self, stories: Api) -> None:
        assert found(stories, q="가나다라마바사아자차" * 10) == []
