"""Answering requests to reset a password: mails, repetitions, breaks."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from deepstory.accounts.entities import Language
from deepstory.password_resets.entities import ResetRequest, parse_token
from deepstory.password_resets.wording import reset_mail
from fakes.posts import a_user
from support.api import Api
from support.leaving import ORIGIN, deliver, token_of
from workers import password_resets as worker

CONTEXT = SimpleNamespace(aws_request_id="request-1")


def request(api: Api, email: str = "mina@example.com") -> ResetRequest:
    api.services.clock.advance(seconds=1)
    api.call("POST", "/auth/password-reset", {"email": email})
    account: Any = api.services.account
    (body,) = account.reset_queue.take()
    return msgspec.json.decode(body, type=ResetRequest)


def account(api: Api) -> Any:
    return api.services.account


def usable(api: Api) -> list[bool]:
    """Tell of each mail, in order, whether its token is the one that counts."""
    (reset,) = account(api).reset_repository.resets.values()
    mails = account(api).mailer.mails
    return [parse_token(token_of(mail.text)).hashed() == reset.token_hash for mail in mails]


def test_request_that_comes_three_times_is_answered_once(api: Api) -> None:
    api.sign_up()
    asked = request(api)
    answered = [account(api).reset_sender.answer(asked) for _ in range(3)]

    assert answered == [True, False, False]
    assert len(account(api).mailer.mails) == 1


def test_request_that_comes_again_after_its_link_was_used_mails_nothing(api: Api) -> None:
    api.sign_up()
    asked = request(api)
    account(api).reset_sender.answer(asked)
    body = {"token": token_of(account(api).mailer.mails[0].text), "password": "battery staple"}
    assert api.call("POST", "/auth/password-reset/confirm", body).status == 204

    assert not account(api).reset_sender.answer(asked)
    assert len(account(api).mailer.mails) == 1


def test_mail_that_nobody_took_is_sent_by_the_next_try(api: Api) -> None:
    api.sign_up()
    asked = request(api)
    account(api).mailer.fails = True
    with pytest.raises(ConnectionError):
        account(api).reset_sender.answer(asked)
    account(api).mailer.fails = False

    assert account(api).reset_sender.answer(asked)
    assert usable(api) == [True]


def test_break_after_the_mail_sends_a_second_link_and_only_that_one_works(api: Api) -> None:
    api.sign_up()
    asked = request(api)
    resets = account(api).reset_repository
    mark_sent = resets.mark_sent
    resets.mark_sent = lambda reset: (_ for _ in ()).throw(SystemExit)
    with pytest.raises(SystemExit):
        account(api).reset_sender.answer(asked)
    resets.mark_sent = mark_sent

    assert account(api).reset_sender.answer(asked)
    assert usable(api) == [False, True]


def test_request_that_comes_after_a_later_one_is_passed_over(api: Api) -> None:
    api.sign_up()
    first, second = request(api), request(api)

    assert account(api).reset_sender.answer(second)
    assert not account(api).reset_sender.answer(first)
    assert usable(api) == [True]


def test_request_that_comes_too_late_mails_no_dead_link(api: Api) -> None:
    api.sign_up()
    asked = request(api)
    api.services.clock.advance(minutes=30)

    assert not account(api).reset_sender.answer(asked)
    assert account(api).mailer.mails == []


def test_suspended_people_and_strangers_get_no_mail(api: Api) -> None:
    user_id = api.sign_up().json["user"]["id"]
    users: Any = api.services.users
    users._users[user_id] = msgspec.structs.replace(
        users.get(user_id), suspended_at=api.services.clock.now()
    )

    assert not account(api).reset_sender.answer(request(api))
    assert not account(api).reset_sender.answer(request(api, "nobody@example.com"))
    assert account(api).mailer.mails == []


def test_token_is_stored_only_as_its_hash(api: Api) -> None:
    api.sign_up()
    api.call("POST", "/auth/password-reset", {"email": "mina@example.com"})
    (token,) = deliver(api.services)
    (reset,) = account(api).reset_repository.resets.values()

    assert token.partition(".")[2] not in str(reset)
    assert reset.valid_until == api.services.clock.now() + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("language", "subject", "word"),
    [
        ("ko", "Deep-Story 비밀번호 다시 정하기", "30분"),
        ("en", "Reset your Deep-Story password", "30 minutes"),
    ],
)
def test_mail_is_in_the_readers_language_and_says_the_same_twice(
    language: Language, subject: str, word: str
) -> None:
    user = msgspec.structs.replace(a_user("u1", name="<b>미나</b> {link}"), language=language)
    mail = reset_mail(user, link=f"{ORIGIN}/reset-password#token=u1.s")

    assert (mail.to, mail.subject) == ("u1@example.com", subject)
    for body in (mail.text, mail.html):
        assert word in body
        assert f"{ORIGIN}/reset-password#token=u1.s" in body
    assert "<b>미나</b> {link}" in mail.text
    assert "&lt;b&gt;미나&lt;/b&gt; {link}" in mail.html
    assert f'<html lang="{language}">' in mail.html


def test_worker_repeats_only_what_failed(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api.sign_up()
    monkeypatch.setattr(worker, "services", lambda: api.services)
    good = msgspec.json.encode(request(api)).decode()
    records = [
        {"messageId": "broken", "body": "{}"},
        {"messageId": "good", "body": good},
        {"messageId": "again", "body": good},
    ]

    answer = worker.handler({"Records": records}, CONTEXT)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "broken"}]}
    assert len(account(api).mailer.mails) == 1
