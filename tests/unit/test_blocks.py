"""People who do not want to meet: over HTTP, and what it does to what they see."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from deepstory.notices.kinds import commented
from support.api import Api
from support.stories import index, me, someone_else, write


@dataclass
class Two:
    """Mina and Jun, who each have a post, and comments under both."""

    api: Api
    tokens: dict[str, str | None]
    ids: dict[str, str]
    posts: dict[str, str]

    def be(self, name: str | None) -> Api:
        self.api.token = self.tokens[name] if name else None
        return self.api

    def block(self, who: str, whom: str) -> None:
        assert self.be(who).call("PUT", f"/me/blocks/{self.ids[whom]}").status == 204

    def comments(self, viewer: str | None, post: str) -> list[str]:
        """Return the ids of the authors whose comments the viewer finds under somebody's post."""
        answer = self.be(viewer).call("GET", f"/posts/{self.posts[post]}/comments")
        return [each["author"]["name"] for each in answer.json["items"]]


@pytest.fixture
def two(stories: Api) -> Two:
    tokens = {"미나": stories.token}
    ids, posts = {"미나": me(stories)}, {"미나": write(stories).json["id"]}
    someone_else(stories)
    tokens["Jun"], ids["Jun"], posts["Jun"] = stories.token, me(stories), write(stories).json["id"]
    stories.sign_up(email="sol@example.com", name="솔")
    tokens["솔"], ids["솔"], posts["솔"] = stories.token, me(stories), write(stories).json["id"]
    two = Two(stories, tokens, ids, posts)
    for post_id in posts.values():
        for name in tokens:
            two.be(name).call("POST", f"/posts/{post_id}/comments", {"text": "안녕"})
    return two


BOTH = [("미나", "Jun"), ("Jun", "미나")]


@pytest.mark.parametrize(("viewer", "other"), BOTH)
class TestApart:
    """Mina blocks Jun: it works for both of them."""

    @pytest.fixture(autouse=True)
    def _apart(self, two: Two) -> None:
        two.block("미나", "Jun")

    def test_neither_reaches_a_post_of_the_other(self, two: Two, viewer: str, other: str) -> None:
        path = f"/posts/{two.posts[other]}"

        for method, where, body in (
            ("GET", path, None),
            ("PUT", f"{path}/like", None),
            ("DELETE", f"{path}/like", None),
            ("GET", f"{path}/comments", None),
            ("POST", f"{path}/comments", {"text": "a"}),
        ):
            assert two.be(viewer).call(method, where, body).status == 404
        assert two.be(viewer).call("GET", f"/posts/{two.posts[viewer]}").status == 200

    def test_feeds_leave_the_other_out_and_go_to_the_end(
        self, two: Two, viewer: str, other: str
    ) -> None:
        for _ in range(3):
            for name in (other, viewer):
                write(two.be(name))
        found: list[str] = []
        query = {"limit": "2"}
        while True:
            page = two.be(viewer).call("GET", "/posts", query=query).json
            found += [post["author"]["name"] for post in page["items"]]
            if page["next_cursor"] is None:
                break
            assert len(page["items"]) == 2
            query |= {"cursor": page["next_cursor"]}

        assert sorted(found) == sorted(["솔", *[viewer] * 4])

    def test_comments_of_the_other_are_hidden_and_those_of_others_are_not(
        self, two: Two, viewer: str, other: str
    ) -> None:
        assert two.comments(viewer, "솔") == [name for name in two.tokens if name != other]
        assert two.comments(viewer, viewer) == [name for name in two.tokens if name != other]
        assert two.comments("솔", viewer) == list(two.tokens)

    def test_liked_posts_of_the_other_are_left_out(self, two: Two, viewer: str, other: str) -> None:
        two.be("미나").call("DELETE", f"/me/blocks/{two.ids['Jun']}")
        for name in (other, "솔"):
            two.be(viewer).call("PUT", f"/posts/{two.posts[name]}/like")
        two.block("미나", "Jun")

        liked = two.be(viewer).call("GET", "/me/likes").json["items"]
        assert [post["author"]["name"] for post in liked] == ["솔"]

    def test_neither_finds_the_other_nor_their_posts(
        self, two: Two, viewer: str, other: str
    ) -> None:
        path = f"/users/{two.ids[other]}"

        for where in (path, f"{path}/posts"):
            assert two.be(viewer).call("GET", where).status == 404
            assert two.be("솔").call("GET", where).status == 200
        tagged = [write(two.be(name), tags=["눈"]).json["id"] for name in (viewer, other, "솔")]
        index(two.api, *two.posts.values(), *tagged)
        for query in ({"q": "첫눈"}, {"tag": "눈"}, {"tag": "눈", "sort": "top"}):
            found = two.be(viewer).call("GET", "/posts", query=query).json["items"]
            assert {post["author"]["name"] for post in found} == {viewer, "솔"}

    def test_own_comment_under_a_post_of_the_other_can_still_be_deleted(
        self, two: Two, viewer: str, other: str
    ) -> None:
        path = f"/posts/{two.posts[other]}/comments"
        comments = two.be("솔").call("GET", path).json["items"]
        own = next(each["id"] for each in comments if each["author"]["name"] == viewer)

        assert two.be(viewer).call("DELETE", f"{path}/{own}").status == 204
        assert viewer not in two.comments("솔", other)

    def test_neither_is_told_of_the_other(self, two: Two, viewer: str, other: str) -> None:
        writer = two.api.services.notice_writer
        writer.commented(
            post_id=two.posts[viewer], actors=[("c1", two.ids[other]), ("c2", two.ids["솔"])]
        )

        told = two.be(viewer).call("GET", "/notifications").json
        assert [each["actor"]["name"] for each in told["items"]] == ["솔"]
        assert told["unread"] == 1

    def test_what_was_told_before_names_nobody(self, two: Two, viewer: str, other: str) -> None:
        two.be("미나").call("DELETE", f"/me/blocks/{two.ids['Jun']}")
        news = commented(post_id="p", comment_id="c", actor_id=two.ids[other])
        two.api.services.notice_writer.tell(user_id=two.ids[viewer], news=[news])
        two.block("미나", "Jun")

        told = two.be(viewer).call("GET", "/notifications").json
        assert [each["actor"] for each in told["items"]] == [None]
        assert told["unread"] == 1


class TestBlocking:
    def test_blocks_are_listed_and_taken_back(self, two: Two) -> None:
        for _ in range(2):
            two.block("미나", "솔")
            two.block("미나", "Jun")

        listed = two.be("미나").call("GET", "/me/blocks").json
        assert listed["next_cursor"] is None
        assert [each["user"] for each in listed["items"]] == [
            {"id": two.ids[name], "name": name} for name in ("Jun", "솔")
        ]
        assert two.be("Jun").call("GET", "/me/blocks").json["items"] == []

        for _ in range(2):
            path = f"/me/blocks/{two.ids['Jun']}"
            assert two.be("미나").call("DELETE", path).status == 204
        left = two.be("미나").call("GET", "/me/blocks").json["items"]
        assert [each["user"]["name"] for each in left] == ["솔"]
        assert two.be("Jun").call("GET", f"/posts/{two.posts['미나']}").status == 200

    def test_pages_follow_cursors_to_the_end(self, two: Two) -> None:
        two.block("미나", "Jun")
        two.block("미나", "솔")

        first = two.be("미나").call("GET", "/me/blocks", query={"limit": "1"}).json
        query = {"limit": "1", "cursor": first["next_cursor"]}
        second = two.be("미나").call("GET", "/me/blocks", query=query).json

        names = [each["user"]["name"] for page in (first, second) for each in page["items"]]
        assert (names, second["next_cursor"]) == (["Jun", "솔"], None)
        answer = two.be("Jun").call("GET", "/me/blocks", query=query)
        assert (answer.status, answer.code) == (400, "invalid_cursor")

    def test_only_the_one_who_blocked_takes_it_back(self, two: Two) -> None:
        two.block("미나", "Jun")

        two.be("Jun").call("DELETE", f"/me/blocks/{two.ids['미나']}")

        assert two.be("Jun").call("GET", f"/posts/{two.posts['미나']}").status == 404

    def test_one_who_is_blocked_can_block_back(self, two: Two) -> None:
        two.block("미나", "Jun")
        two.block("Jun", "미나")
        two.be("미나").call("DELETE", f"/me/blocks/{two.ids['Jun']}")

        assert two.be("미나").call("GET", f"/posts/{two.posts['Jun']}").status == 404

    def test_oneself_cannot_be_blocked(self, two: Two) -> None:
        answer = two.be("미나").call("PUT", f"/me/blocks/{two.ids['미나']}")

        assert (answer.status, answer.code) == (409, "cannot_block_yourself")

    @pytest.mark.parametrize("user_id", ["0" * 26, "x"])
    def test_who_is_not_there_cannot_be_blocked(self, two: Two, user_id: str) -> None:
        assert two.be("미나").call("PUT", f"/me/blocks/{user_id}").status == 404

    def test_blocks_need_a_login(self, two: Two) -> None:
        path = f"/me/blocks/{two.ids['Jun']}"

        for method, where in (("GET", "/me/blocks"), ("PUT", path), ("DELETE", path)):
            assert two.be(None).call(method, where).status == 401

    def test_whoever_is_not_logged_in_meets_everyone(self, two: Two) -> None:
        two.block("미나", "Jun")

        assert len(two.be(None).call("GET", "/posts").json["items"]) == 3
        assert two.comments(None, "미나") == list(two.tokens)
