"""Leaving, over HTTP."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from deepstory.erasure.entities import EraseOrder
from support.admins import as_admin
from support.api import SIGN_UP, Answer, Api
from support.leaving import deliver
from support.stories import index, me, someone_else, write

PASSWORD = {"password": "correct horse"}


def leave(api: Api, **changes: Any) -> Answer:
    return api.call("DELETE", "/me", PASSWORD | changes)


def ordered(api: Api) -> list[str]:
    account: Any = api.services.account
    return [
        msgspec.json.decode(body, type=EraseOrder).user_id for body in account.erasure_queue.take()
    ]


def test_account_is_closed_at_once(api: Api) -> None:
    signed_up = api.sign_up().json
    answer = leave(api)

    assert (answer.status, answer.text) == (202, "")
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert api.call("GET", "/me").code == "invalid_token"
    refresh = api.call("POST", "/auth/refresh", {"refresh_token": signed_up["refresh_token"]})
    assert refresh.code == "invalid_token"
    log_in = api.call("POST", "/auth/login", PASSWORD | {"email": "mina@example.com"})
    assert (log_in.status, log_in.code) == (401, "invalid_credentials")
    assert ordered(api) == [signed_up["user"]["id"]]


def test_nothing_of_somebody_who_left_is_shown_anywhere(stories: Api) -> None:
    api, author = stories, stories.token
    user_id = me(api)
    post_id = write(api).json["id"]
    index(api, post_id)
    someone_else(api)
    reader = api.token
    other = write(api, title="Jun").json["id"]
    api.token = author
    comment = api.call("POST", f"/posts/{other}/comments", {"text": "안녕"})
    assert comment.status == 201
    assert leave(api).status == 202

    api.token = reader
    for path in (f"/posts/{post_id}", f"/users/{user_id}", f"/users/{user_id}/posts"):
        assert api.call("GET", path).status == 404
    for query in ({}, {"sort": "top"}, {"q": "첫눈"}):
        shown = [item["id"] for item in api.call("GET", "/posts", query=query).json["items"]]
        assert post_id not in shown
    assert api.call("GET", f"/posts/{other}/comments").json["items"] == []
    as_admin(api)
    assert api.call("GET", "/admin/users", query={"q": "mina"}).json["items"] == []


def test_statistics_go_down_with_the_account(api: Api) -> None:
    api.sign_up()
    leave(api)
    as_admin(api)

    assert api.call("GET", "/admin/stats/overview").json["users"] == 1
    genders = api.call("GET", "/admin/stats/gender").json
    assert genders == {"female": 0, "male": 0, "other": 0, "undisclosed": 1}
    bands = api.call("GET", "/admin/stats/age-gender").json["bands"]
    assert sum(band["female"] for band in bands) == 0


def test_address_is_free_again_at_once_and_the_new_account_is_another(api: Api) -> None:
    first = api.sign_up().json["user"]["id"]
    leave(api)
    second = api.sign_up()

    assert second.status == 201
    assert second.json["user"]["id"] != first
    assert api.call("GET", "/me").status == 200


def test_wrong_password_closes_nothing_and_is_throttled(api: Api) -> None:
    api.sign_up()
    answer = leave(api, password="wrong password")

    assert (answer.status, answer.code) == (422, "wrong_password")
    assert set(answer.json["error"]["fields"]) == {"password"}
    assert api.call("GET", "/me").status == 200
    for _ in range(9):
        leave(api, password="wrong password")
    assert leave(api).status == 429


@pytest.mark.parametrize("body", [{}, {"password": None}, {"password": ""}, {"password": 1}])
def test_password_is_needed(api: Api, body: dict[str, Any]) -> None:
    api.sign_up()
    answer = api.call("DELETE", "/me", body)

    assert (answer.status, answer.code) == (422, "validation_failed")
    assert set(answer.json["error"]["fields"]) == {"password"}


def test_administrators_do_not_leave_like_this(api: Api) -> None:
    as_admin(api)
    answer = leave(api)

    assert (answer.status, answer.code) == (409, "protected_account")
    assert api.call("GET", "/me").status == 200
    assert ordered(api) == []


def test_account_is_closed_even_if_the_queue_does_not_answer(api: Api) -> None:
    user_id = api.sign_up().json["user"]["id"]
    account: Any = api.services.account
    account.erasure_queue.fails = True
    assert leave(api).status == 202

    account.erasure_queue.fails = False
    api.services.clock.advance(minutes=5)
    account.due_erasures = account._cascade(())
    assert account.due_erasures.resume_due() == 1
    assert ordered(api) == [user_id]


def test_profile_that_changes_meanwhile_is_counted_right(api: Api) -> None:
    api.sign_up()
    account: Any = api.services.account
    close = account.closing_repository.close
    users: Any = api.services.users

    def overtaken(user: Any, erasure: Any) -> bool:
        account.closing_repository.close = close
        users.replace_profile(user, msgspec.structs.replace(user, gender="male"))
        return bool(close(user, erasure))

    account.closing_repository.close = overtaken
    assert leave(api).status == 202

    as_admin(api)
    genders = api.call("GET", "/admin/stats/gender").json
    assert (genders["female"], genders["male"]) == (0, 0)


def test_mailed_link_of_before_opens_nothing(api: Api) -> None:
    api.sign_up()
    api.call("POST", "/auth/password-reset", {"email": SIGN_UP["email"]})
    (token,) = deliver(api.services)
    leave(api)

    body = {"token": token, "password": "battery staple"}
    answer = api.call("POST", "/auth/password-reset/confirm", body)
    assert (answer.status, answer.code) == (422, "invalid_reset_token")


def test_answers_kept_for_repeated_requests_carry_their_owner(stories: Api) -> None:
    api = stories
    body = SIGN_UP | {"email": "new@example.com"}
    api.token = None
    key = {"Idempotency-Key": "once"}
    signed_up = api.call("POST", "/auth/signup", body, headers=key).json
    api.token = signed_up["access_token"]
    post = {"title": "제목", "text": "글"}
    assert api.call("POST", "/posts", post, headers=key).status == 201

    repository: Any = api.services.idempotency_repository
    owners = [record.owner_id for record in repository.records.values()]
    assert owners == [signed_up["user"]["id"]] * 2
