"""Signing up over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from support.api import SIGN_UP, Api


def test_sign_up_answers_with_the_user_and_tokens(api: Api) -> None:
    answer = api.sign_up()

    assert answer.status == 201
    assert answer.json["user"] == {
        "id": answer.json["user"]["id"],
        "email": "mina@example.com",
        "name": "미나",
        "birth_date": "1995-05-05",
        "gender": "female",
        "language": "ko",
        "timezone": "Asia/Seoul",
        "role": "user",
        "created_at": "2026-11-22T03:00:00.000Z",
    }
    assert answer.json["expires_in"] == 900
    assert answer.json["refresh_token"]


def test_refresh_cookie_is_out_of_reach_of_scripts_and_other_sites(api: Api) -> None:
    answer = api.call("POST", "/auth/signup", SIGN_UP | {"token_delivery": "cookie"})

    assert "refresh_token" not in answer.json
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("refresh_token=")
    for part in ("Path=/api/v1/auth", "HttpOnly", "SameSite=Strict", "Secure", "Max-Age=2592000"):
        assert part in cookie


def test_no_password_or_hash_is_in_any_answer_or_token(api: Api) -> None:
    answer = api.sign_up()

    assert "correct horse" not in answer.text
    assert "hash of" not in answer.text
    assert set(decoded(answer.json["access_token"])) == {"iss", "sub", "sid", "iat", "exp"}


def test_address_is_unique_whatever_its_case(api: Api) -> None:
    api.sign_up()
    answer = api.sign_up(email=" MINA@example.com ")

    assert (answer.status, answer.code) == (409, "email_taken")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no address"),
        ("email", "a@b"),
        ("email", 5),
        ("email", "a" * 250 + "@example.com"),
        ("email", "a\u0000b@example.com"),
        ("password", "too short"),
        ("password", "x" * 129),
        ("name", "  "),
        ("name", "n" * 41),
        ("name", "a\u0000b"),
        ("name", None),
        ("birth_date", "1995-02-30"),
        ("birth_date", "1899-12-31"),
        ("birth_date", "2999-01-01"),
        ("birth_date", "yesterday"),
        ("gender", "unknown"),
        ("language", "fr"),
        ("timezone", "Mars/Olympus"),
        ("timezone", "../../etc/passwd"),
        ("token_delivery", "pigeon"),
    ],
)
def test_each_wrong_field_is_named(api: Api, field: str, value: Any) -> None:
    answer = api.call("POST", "/auth/signup", SIGN_UP | {field: value})

    assert (answer.status, answer.code) == (422, "validation_failed")
    assert set(answer.json["error"]["fields"]) == {field}


def test_all_wrong_fields_are_named_at_once(api: Api) -> None:
    answer = api.call("POST", "/auth/signup", {"email": 5, "name": " ", "password": "short"})

    assert set(answer.json["error"]["fields"]) == {
        "email",
        "name",
        "password",
        "birth_date",
        "gender",
    }


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("", 422, "validation_failed"),
        ("{", 400, "malformed_body"),
        ("[]", 400, "malformed_body"),
        ("null", 400, "malformed_body"),
        ('"text"', 400, "malformed_body"),
        ("[" * 100_000, 400, "malformed_body"),
        ('{"x":' + "[" * 100_000 + "]" * 100_000 + "}", 413, "payload_too_large"),
        ('{"x":' + "[" * 50_000 + "]" * 50_000 + "}", 400, "malformed_body"),
        ('{"email":"\\ud800"}', 400, "malformed_body"),
        ('{"name": "' + "x" * 200_000 + '"}', 413, "payload_too_large"),
    ],
)
def test_broken_bodies_are_refused_in_the_contracts_shape(
    api: Api, body: str, status: int, code: str
) -> None:
    answer = api.call("POST", "/auth/signup", body)

    assert (answer.status, answer.code) == (status, code)
    assert answer.json["error"]["request_id"] == "request-1"


def test_other_media_types_are_refused(api: Api) -> None:
    answer = api.call("POST", "/auth/login", "a=b", headers={"Content-Type": "text/plain"})

    assert (answer.status, answer.code) == (415, "unsupported_media_type")


def test_json_with_a_charset_is_accepted(api: Api) -> None:
    headers = {"content-type": "application/json; charset=utf-8"}

    assert api.call("POST", "/auth/signup", SIGN_UP, headers=headers).status == 201


def test_repeated_sign_up_with_a_key_logs_the_same_person_in(api: Api) -> None:
    headers = {"Idempotency-Key": "tap-tap"}
    first = api.call("POST", "/auth/signup", SIGN_UP, headers=headers)
    again = api.call("POST", "/auth/signup", SIGN_UP, headers=headers)

    assert (first.status, again.status) == (201, 201)
    assert first.json["user"] == again.json["user"]
    api.token = again.json["access_token"]
    assert api.call("GET", "/me").json == first.json["user"]


def test_key_reused_for_another_sign_up_is_refused(api: Api) -> None:
    headers = {"Idempotency-Key": "tap-tap"}
    api.call("POST", "/auth/signup", SIGN_UP, headers=headers)
    other = SIGN_UP | {"email": "jun@example.com"}
    answer = api.call("POST", "/auth/signup", other, headers=headers)

    assert (answer.status, answer.code) == (409, "idempotency_key_reused")


@pytest.mark.parametrize("key", ["", "x" * 129, "키"])
def test_unusable_idempotency_key_is_refused(api: Api, key: str) -> None:
    answer = api.call("POST", "/auth/signup", SIGN_UP, headers={"Idempotency-Key": key})

    assert (answer.status, answer.code) == (400, "bad_request")


def decoded(token: str) -> dict[str, Any]:
    import jwt

    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims
