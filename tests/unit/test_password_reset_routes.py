"""Getting back in without the password, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from support.api import Answer, Api
from support.leaving import deliver

NEW = "battery staple"


def ask(api: Api, email: str = "mina@example.com") -> Answer:
    return api.call("POST", "/auth/password-reset", {"email": email})


def confirm(api: Api, token: str, password: str = NEW) -> Answer:
    return api.call("POST", "/auth/password-reset/confirm", {"token": token, "password": password})


def log_in(api: Api, password: str) -> int:
    body = {"email": "mina@example.com", "password": password}
    return api.call("POST", "/auth/login", body).status


def token(api: Api) -> str:
    ask(api)
    (mailed,) = deliver(api.services)
    return mailed


def test_mailed_link_sets_a_new_password_once(api: Api) -> None:
    api.sign_up()
    mailed = token(api)

    answer = confirm(api, mailed)
    assert (answer.status, answer.text) == (204, "")
    assert (log_in(api, "correct horse"), log_in(api, NEW)) == (401, 200)

    again = confirm(api, mailed, "another password")
    assert (again.status, again.code) == (422, "invalid_reset_token")
    assert set(again.json["error"]["fields"]) == {"token"}
    assert log_in(api, NEW) == 200


def test_confirming_ends_every_session(api: Api) -> None:
    signed_up = api.sign_up().json
    confirm(api, token(api))

    assert api.call("GET", "/me").code == "invalid_token"
    refresh = api.call("POST", "/auth/refresh", {"refresh_token": signed_up["refresh_token"]})
    assert refresh.code == "invalid_token"


def test_answer_is_the_same_for_an_address_without_an_account(api: Api) -> None:
    api.sign_up()
    known, unknown = ask(api), ask(api, "nobody@example.com")

    assert (known.status, known.text, known.headers) == (202, "", unknown.headers)
    assert (unknown.status, unknown.text) == (202, "")
    assert len(deliver(api.services)) == 1


def test_asking_looks_at_no_account(api: Api) -> None:
    services: Any = api.services
    services.users.find_by_email = None
    services.users.get = None

    assert ask(api).status == 202


def test_address_is_normalised_as_at_sign_up(api: Api) -> None:
    api.sign_up()
    ask(api, " MINA@Example.com ")

    assert len(deliver(api.services)) == 1


def test_later_link_makes_earlier_ones_worthless(api: Api) -> None:
    api.sign_up()
    first = token(api)
    api.services.clock.advance(seconds=1)
    second = token(api)

    assert confirm(api, first).code == "invalid_reset_token"
    assert confirm(api, second).status == 204


def test_link_works_for_half_an_hour(api: Api) -> None:
    api.sign_up()
    mailed = token(api)
    api.services.clock.advance(minutes=30)
    assert confirm(api, mailed).code == "invalid_reset_token"

    mailed = token(api)
    api.services.clock.advance(minutes=29, seconds=59)
    assert confirm(api, mailed).status == 204


@pytest.mark.parametrize("false", ["x", ".", "0" * 26 + ".secret", "a" * 128, "미.나", "{id}.x"])
def test_false_tokens_are_one_error_and_end_no_session(api: Api, false: str) -> None:
    user_id = api.sign_up().json["user"]["id"]
    token(api)
    answer = confirm(api, false.format(id=user_id))

    assert (answer.status, answer.code) == (422, "invalid_reset_token")
    assert api.call("GET", "/me").status == 200
    assert log_in(api, "correct horse") == 200


def test_short_password_is_refused_and_uses_nothing_up(api: Api) -> None:
    api.sign_up()
    mailed = token(api)
    answer = confirm(api, mailed, "short")

    assert (answer.status, answer.code) == (422, "validation_failed")
    assert set(answer.json["error"]["fields"]) == {"password"}
    assert confirm(api, mailed).status == 204


def test_sixth_request_for_an_address_within_the_hour_has_to_wait(api: Api) -> None:
    for number in range(5):
        api.address = f"192.0.2.{number}"
        assert ask(api, "nobody@example.com").status == 202
    answer = ask(api, "nobody@example.com")

    assert (answer.status, answer.code) == (429, "too_many_attempts")
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    assert ask(api, "somebody@example.com").status == 202
    api.services.clock.advance(hours=1)
    assert ask(api, "nobody@example.com").status == 202


def test_one_client_cannot_have_everybody_mailed(api: Api) -> None:
    for number in range(20):
        assert ask(api, f"u{number}@example.com").status == 202
    answer = ask(api, "u30@example.com")
    assert (answer.status, int(answer.headers["Retry-After"]) > 0) == (429, True)

    api.address = "192.0.2.2"
    assert ask(api, "u30@example.com").status == 202


def test_one_client_cannot_try_tokens_for_ever(api: Api) -> None:
    for _ in range(60):
        assert confirm(api, "0" * 26 + ".secret").status == 422
    answer = confirm(api, "0" * 26 + ".secret")

    assert (answer.status, answer.code) == (429, "too_many_requests")
    assert "Retry-After" in answer.headers


def test_session_that_is_opened_at_the_moment_of_the_reset_is_ended(api: Api) -> None:
    api.sign_up()
    mailed = token(api)
    sessions: Any = api.services.session_repository
    add = sessions.add

    def overtaken(session: Any) -> None:
        # The old password was right a moment ago; this session is written a moment too late.
        sessions.add = add
        assert confirm(api, mailed).status == 204
        add(session)

    sessions.add = overtaken

    assert log_in(api, "correct horse") == 401
    assert sessions.sessions == {}


def test_break_between_ending_sessions_and_the_password_leaves_the_link_good(api: Api) -> None:
    api.sign_up()
    mailed = token(api)
    resets: Any = api.services.account.reset_repository
    use = resets.use
    resets.use = lambda *_, **__: (_ for _ in ()).throw(RuntimeError("power cut"))
    assert confirm(api, mailed).status == 500
    resets.use = use

    assert log_in(api, "correct horse") == 200
    assert confirm(api, mailed).status == 204
    assert log_in(api, NEW) == 200
