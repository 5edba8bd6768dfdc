"""What search finds, and what nobody finds by it, though the index still has everything."""

from __future__ import annotations

from typing import Any

import pytest

from support.admins import as_admin
from support.api import Api
from support.stories import index, me, someone_else, write

PARTICLES = ["바다에", "바다가", "바다는", "바다로", "바다를", "바다에서", "바다까지", "밤바다"]
SEARCHES: list[dict[str, str]] = [
    {**words, "sort": sort}
    for words in ({"q": "바다"}, {"q": "whales"}, {"tag": "바다"}, {"q": "WHALE", "tag": "#바다"})
    for sort in ("latest", "top")
]


def found(api: Api, query: dict[str, str]) -> set[str]:
    ids: set[str] = set()
    sent = dict(query)
    while True:
        answer = api.call("GET", "/posts", query=sent)
        assert answer.status == 200, answer.text
        ids |= {post["id"] for post in answer.json["items"]}
        if answer.json["next_cursor"] is None:
            return ids
        sent["cursor"] = answer.json["next_cursor"]


@pytest.mark.parametrize("word", PARTICLES)
def test_korean_word_is_found_whatever_is_attached_to_it(stories: Api, word: str) -> None:
    post_id = write(stories, title="하루", text=f"오늘은 {word} 갔다").json["id"]
    index(stories, post_id)
    stories.token = None

    assert found(stories, {"q": "바다"}) == {post_id}
    assert found(stories, {"q": "바닥"}) == set()


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Whales at SEA", "whale"),
        ("a whale", "WHALES"),
        ("Two children ran", "child"),
        ("The Beaches of Busan", "beach"),
        ("STORIES of my day", "story"),
    ],
)
def test_case_and_number_of_english_words_do_not_matter(
    stories: Api, text: str, query: str
) -> None:
    post_id = write(stories, title="-", text=text).json["id"]
    index(stories, post_id)
    stories.token = None

    assert found(stories, {"q": query}) == {post_id}


class Shore:
    """Five authors of a post about the sea each, and of whom only one's is to be found."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.tokens: dict[str, str | None] = {"stays": api.token}
        self.posts = {"stays": self.write()}
        self.people = {"stays": me(api)}
        for name in ("private", "deleted", "hidden", "blocked", "suspended", "reader"):
            api.sign_up(email=f"{name}@example.com", name=name)
            self.tokens[name], self.people[name] = api.token, me(api)
            if name != "reader":
                self.posts[name] = self.write()
        index(api, *self.posts.values())
        as_admin(api)
        self.tokens["admin"] = api.token

    def write(self) -> str:
        return str(write(self.api, title="바다에서", text="Whales swim", tags=["바다"]).json["id"])

    def be(self, name: str | None) -> Api:
        self.api.token = self.tokens[name] if name else None
        return self.api

    def take_away(self) -> None:
        """Do what takes each post out of sight, and do not tell the index."""

        def call(name: str, method: str, path: str, body: Any = None) -> None:
            answer = self.be(name).call(method, path, body)
            assert answer.status < 300, answer.text

        call("private", "PATCH", f"/posts/{self.posts['private']}", {"visibility": "private"})
        call("deleted", "DELETE", f"/posts/{self.posts['deleted']}")
        call("reader", "PUT", f"/me/blocks/{self.people['blocked']}")
        call("admin", "PATCH", f"/admin/users/{self.people['suspended']}", {"suspended": True})
        body = {"target_type": "post", "target_id": self.posts["hidden"], "reason": "욕설"}
        call("reader", "POST", "/reports", body)
        report = self.be("admin").call("GET", "/admin/reports").json["items"][0]["id"]
        call("admin", "PATCH", f"/admin/reports/{report}", {"action": "hide"})


@pytest.fixture
def shore(stories: Api) -> Shore:
    return Shore(stories)


@pytest.mark.parametrize("query", SEARCHES, ids=str)
def test_nobody_finds_what_is_not_theirs_to_see(shore: Shore, query: dict[str, str]) -> None:
    everything = set(shore.posts.values())
    for name in (None, "reader", "private"):
        assert found(shore.be(name), query) == everything

    shore.take_away()

    stays, blocked = shore.posts["stays"], shore.posts["blocked"]
    assert found(shore.be("reader"), query) == {stays}
    assert found(shore.be("blocked"), query) == {stays, blocked}
    # Whom no block keeps apart from anybody finds both; one's own private post is not public.
    assert found(shore.be(None), query) == {stays, blocked}
    assert found(shore.be("private"), query) == {stays, blocked}
    index(shore.api, *everything)
    assert found(shore.be("reader"), query) == {stays}


def test_whoever_is_blocked_does_not_find_the_one_who_blocked(shore: Shore) -> None:
    shore.be("reader")
    post_id = shore.write()
    index(shore.api, post_id)
    shore.take_away()

    assert post_id not in found(shore.be("blocked"), {"q": "바다"})
    someone_else(shore.api)
    assert post_id in found(shore.api, {"q": "바다"})
