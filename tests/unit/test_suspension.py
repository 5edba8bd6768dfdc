"""Suspending and restoring people over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from support.admins import People, as_admin
from support.api import SIGN_UP, Api
from support.stories import index, someone_else, write


class TestSuspending:
    def test_suspended_people_are_shut_out_at_once(self, people: People) -> None:
        answer = people.suspend()

        assert answer.status == 200
        assert answer.json["suspended"] is True
        assert answer.json["suspended_at"] == "2026-11-22T03:00:04.000Z"
        for refused in (people.as_user("GET", "/me"), people.refresh(), people.log_in()):
            assert (refused.status, refused.code) == (403, "account_suspended")
        assert people.as_user("GET", "/me", "jun@example.com").status == 200

    def test_public_pages_refuse_their_token_as_well(self, people: People) -> None:
        people.suspend()

        answer = people.as_user("POST", "/auth/logout")
        assert (answer.status, answer.code) == (403, "account_suspended")

    def test_only_who_knows_the_password_is_told(self, people: People) -> None:
        people.suspend()

        assert people.log_in("guessed it").code == "invalid_credentials"

    def test_refused_log_in_is_no_visit(self, people: People) -> None:
        people.suspend()
        people.log_in()
        people.refresh()

        assert sum(people.api.call("GET", "/admin/stats/access").json["hours"]) == 0

    def test_repeated_sign_up_opens_no_session(self, people: People) -> None:
        key = {"Idempotency-Key": "once"}
        body = SIGN_UP | {"email": "new@example.com"}
        people.api.token = None
        user_id = people.api.call("POST", "/auth/signup", body, headers=key).json["user"]["id"]
        people.api.token = people.admin_token
        people.change(user_id, suspended=True)

        answer = people.api.call("POST", "/auth/signup", body, headers=key)
        assert (answer.status, answer.code) == (403, "account_suspended")

    def test_restored_people_log_in_again_and_old_sessions_stay_ended(self, people: People) -> None:
        people.suspend()
        answer = people.restore()

        assert (answer.json["suspended"], answer.json["suspended_at"]) == (False, None)
        assert people.as_user("GET", "/me").code == "invalid_token"
        assert people.refresh().code == "invalid_token"
        assert people.log_in().status == 200

    def test_doing_it_again_is_the_same_as_once(self, people: People) -> None:
        first = people.suspend()
        assert people.suspend().json == first.json
        people.restore()
        session = people.log_in().json
        people.restore()

        people.sessions["mina@example.com"] = session
        assert people.as_user("GET", "/me").status == 200
        assert [entry["action"] for entry in people.log()] == ["user_restored", "user_suspended"]

    def test_suspension_that_broke_off_is_completed_by_repeating_it(self, people: People) -> None:
        sessions: Any = people.api.services.session_repository
        suspend_all = sessions.suspend_all
        sessions.suspend_all = lambda user_id: (_ for _ in ()).throw(RuntimeError("power cut"))
        assert people.suspend().status == 500
        sessions.suspend_all = suspend_all

        assert people.suspend().status == 200
        assert people.as_user("GET", "/me").code == "account_suspended"
        assert len(people.log()) == 1

    def test_session_that_is_opened_at_the_moment_of_suspension_is_ended(
        self, people: People
    ) -> None:
        sessions: Any = people.api.services.session_repository
        add = sessions.add

        def overtaken(session: Any) -> None:
            # Marked, and all sessions that are there; this one is written a moment later.
            sessions.add = add
            people.suspend()
            add(session)

        sessions.add = overtaken
        answer = people.log_in()

        assert (answer.status, answer.code) == (403, "account_suspended")
        user_id = people.ids["mina@example.com"]
        left = [each for (owner, _), each in sessions.sessions.items() if owner == user_id]
        assert [each.is_suspended for each in left] == [True]

    def test_administrators_suspend_neither_themselves_nor_each_other(self, people: People) -> None:
        other = as_admin(people.api, "second@example.com")
        people.api.token = people.admin_token

        for user_id in (people.admin_id, other):
            for suspended in (True, False):
                answer = people.change(user_id, suspended=suspended)
                assert (answer.status, answer.code) == (409, "protected_account")
        assert people.log() == []

    @pytest.mark.parametrize("user_id", ["0" * 26, "nobody"])
    def test_unknown_people_are_not_found(self, people: People, user_id: str) -> None:
        answer = people.change(user_id, suspended=True)

        assert (answer.status, answer.code) == (404, "not_found")

    @pytest.mark.parametrize("body", [{}, {"suspended": None}, {"suspended": "yes"}])
    def test_body_must_say_which(self, people: People, body: dict[str, Any]) -> None:
        answer = people.api.call("PATCH", f"/admin/users/{people.admin_id}", body)

        assert (answer.status, answer.code) == (422, "validation_failed")
        assert "suspended" in answer.json["error"]["fields"]


def test_posts_of_suspended_people_are_nowhere_until_they_are_restored(stories: Api) -> None:
    api, author = stories, stories.token
    user_id = api.call("GET", "/me").json["id"]
    post_id = write(api).json["id"]
    as_admin(api)
    reader = api.token

    index(api, post_id)
    someone_else(api)
    other, api.token = api.token, reader

    def shown() -> set[bool]:
        """Return whether all, or none, of the ways to the post lead there."""
        ways = set()
        for token in (None, other):
            api.token = token
            for query in ({}, {"sort": "top"}, {"q": "첫눈"}):
                ways.add(bool(api.call("GET", "/posts", query=query).json["items"]))
            paths = [f"/posts/{post_id}", f"/posts/{post_id}/comments"]
            for path in (*paths, f"/users/{user_id}", f"/users/{user_id}/posts"):
                ways.add(api.call("GET", path).status == 200)
        ways.add(api.call("PUT", f"/posts/{post_id}/like").status == 200)
        comment = api.call("POST", f"/posts/{post_id}/comments", {"text": "안녕"})
        ways.add(comment.status == 201)
        api.token = reader
        return ways

    assert author and shown() == {True}
    api.call("PATCH", f"/admin/users/{user_id}", {"suspended": True})
    assert shown() == {False}
    api.call("PATCH", f"/admin/users/{user_id}", {"suspended": False})
    assert shown() == {True}


def test_administrators_still_read_what_suspended_people_wrote(stories: Api) -> None:
    api = stories
    user_id = api.call("GET", "/me").json["id"]
    post_id = write(api).json["id"]
    comment = api.call("POST", f"/posts/{post_id}/comments", {"text": "안녕"}).json
    someone_else(api)
    report = {"target_type": "user", "target_id": user_id, "reason": "spam"}
    assert api.call("POST", "/reports", report).status == 202
    as_admin(api)
    api.call("PATCH", f"/admin/users/{user_id}", {"suspended": True})

    name = api.call("GET", f"/posts/{post_id}").json["author"]["name"]
    comments = api.call("GET", f"/posts/{post_id}/comments").json["items"]
    (reported,) = api.call("GET", "/admin/reports").json["items"]

    assert comments == [comment]
    assert reported["text"] == name == comment["author"]["name"]
