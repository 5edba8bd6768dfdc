"""Sessions and accounts over HTTP: log-in, refresh, log-out, profile, password."""

from __future__ import annotations

from typing import Any

import pytest

from support.api import Api


def test_log_in_gives_a_working_token(api: Api) -> None:
    api.sign_up()
    answer = log_in(api)

    api.token = answer.json["access_token"]
    assert api.call("GET", "/me").status == 200


def test_unknown_address_and_wrong_password_are_told_alike(api: Api) -> None:
    api.sign_up()
    unknown = log_in(api, email="nobody@example.com")
    wrong = log_in(api, password="wrong password")

    assert (unknown.status, wrong.status) == (401, 401)
    assert unknown.text == wrong.text


def test_eleventh_failure_is_throttled_and_success_does_not_count(api: Api) -> None:
    api.sign_up()
    for _ in range(20):
        assert log_in(api).status == 200
    for _ in range(10):
        assert log_in(api, password="wrong password").status == 401
    answer = log_in(api)

    assert (answer.status, answer.code) == (429, "too_many_attempts")
    assert 0 < int(answer.headers["Retry-After"]) <= 900


def test_throttling_ends_with_its_window(api: Api) -> None:
    api.sign_up()
    for _ in range(11):
        log_in(api, password="wrong password")
    api.services.clock.advance(minutes=15)

    assert log_in(api).status == 200


def test_one_address_cannot_try_many_accounts(api: Api) -> None:
    for number in range(100):
        assert log_in(api, email=f"u{number}@example.com").status == 401
    assert log_in(api, email="u100@example.com").status == 429

    api.address = "192.0.2.2"
    assert log_in(api, email="u100@example.com").status == 401


def test_refresh_with_cookie_and_with_body(api: Api) -> None:
    token = api.sign_up().json["refresh_token"]
    by_body = api.call("POST", "/auth/refresh", {"refresh_token": token})
    cookie = by_body.headers["Set-Cookie"].partition(";")[0]
    by_cookie = api.call("POST", "/auth/refresh", headers={"Cookie": f"theme=dark; {cookie}"})

    assert by_body.json["refresh_token"]
    assert by_cookie.status == 200
    assert "refresh_token" not in by_cookie.json


@pytest.mark.parametrize("cookie", ["", "refresh_token=", "=;=", "refresh_token=x", "a" * 5000])
def test_refresh_without_a_usable_token_is_unauthorized(api: Api, cookie: str) -> None:
    answer = api.call("POST", "/auth/refresh", headers={"Cookie": cookie})

    assert (answer.status, answer.code) == (401, "invalid_token")


def test_log_out_ends_the_session_at_once(api: Api) -> None:
    refresh_token = api.sign_up().json["refresh_token"]
    answer = api.call("POST", "/auth/logout")

    assert answer.status == 204
    assert answer.text == ""
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert api.call("GET", "/me").status == 401
    assert api.call("POST", "/auth/refresh", {"refresh_token": refresh_token}).status == 401


def test_log_out_by_refresh_token_alone(api: Api) -> None:
    signed_up = api.sign_up().json
    api.token = None
    body = {"refresh_token": signed_up["refresh_token"]}

    assert api.call("POST", "/auth/logout", body).status == 204
    assert api.call("POST", "/auth/refresh", body).status == 401
    assert api.call("POST", "/auth/logout").status == 401


def test_log_out_everywhere_ends_every_session(api: Api) -> None:
    first = api.sign_up().json["access_token"]
    second = log_in(api).json["access_token"]
    api.token = first
    assert api.call("POST", "/auth/logout-all").status == 204

    for token in (first, second):
        api.token = token
        assert api.call("GET", "/me").status == 401


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic abc", "Bearer a.b.c", "Bearer \u00e9", "Bearer ey.ey"],
)
def test_broken_authorization_is_unauthorized(api: Api, header: str) -> None:
    answer = api.call("GET", "/me", headers={"Authorization": header})

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_access_token_ends_after_a_quarter_hour(api: Api) -> None:
    api.sign_up()
    api.services.clock.advance(minutes=15)

    assert api.call("GET", "/me").status == 401


def test_profile_changes_what_is_given(api: Api) -> None:
    before = api.sign_up().json["user"]
    answer = api.call("PATCH", "/me", {"name": "Mina", "language": "en"})

    assert answer.json == before | {"name": "Mina", "language": "en"}
    assert api.call("GET", "/me").json == answer.json


def test_changing_the_password_ends_other_sessions_and_keeps_this_one(api: Api) -> None:
    api.sign_up()
    other = log_in(api).json["access_token"]
    body = {"current_password": "correct horse", "new_password": "battery staple"}
    assert api.call("PUT", "/me/password", body).status == 204

    assert api.call("GET", "/me").status == 200
    api.token = other
    assert api.call("GET", "/me").status == 401
    assert log_in(api).status == 401
    assert log_in(api, password="battery staple").status == 200


def test_wrong_current_password_is_a_field_error_and_is_throttled(api: Api) -> None:
    api.sign_up()
    body = {"current_password": "wrong password", "new_password": "battery staple"}
    answer = api.call("PUT", "/me/password", body)

    assert (answer.status, answer.code) == (422, "wrong_password")
    assert set(answer.json["error"]["fields"]) == {"current_password"}
    for _ in range(9):
        api.call("PUT", "/me/password", body)
    assert api.call("PUT", "/me/password", body).status == 429


def log_in(api: Api, **changes: Any) -> Any:
    body = {"email": "mina@example.com", "password": "correct horse"} | changes
    token, api.token = api.token, None
    answer = api.call("POST", "/auth/login", body)
    api.token = token
    return answer
