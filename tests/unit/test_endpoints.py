"""The wrapper around every view: failures become answers in the contract's shape."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from pynamodb.exceptions import PutError

from chalicelib.responses import is_transient
from deepstory.errors import ConfigurationError, UnavailableError
from support.api import Api


def failing(error: Exception) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


def test_mistake_of_ours_is_a_500_without_details(
    api: Api, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    api.sign_up()
    error = ConfigurationError("secret detail")
    monkeypatch.setattr(api.services.users, "get", failing(error))
    answer = api.call("GET", "/me")

    assert (answer.status, answer.code) == (500, "internal_error")
    assert "secret detail" not in answer.text
    assert "secret detail" in capsys.readouterr().out


def test_busy_store_is_a_503_that_says_when_to_come_back(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.sign_up()
    throttled = ClientError({"Error": {"Code": "ThrottlingException"}}, "GetItem")
    monkeypatch.setattr(api.services.users, "get", failing(PutError("busy", throttled)))
    answer = api.call("GET", "/me")

    assert (answer.status, answer.code) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "2"


@pytest.mark.parametrize(
    ("error", "transient"),
    [
        (ClientError({"Error": {"Code": "RequestLimitExceeded"}}, "Query"), True),
        (ClientError({"Error": {"Code": "ValidationException"}}, "Query"), False),
        (ConnectTimeoutError(endpoint_url="http://127.0.0.1"), True),
        (PutError("no cause"), False),
        (PutError("late", ConnectTimeoutError(endpoint_url="http://127.0.0.1")), True),
        (ValueError("ours"), False),
    ],
)
def test_only_what_may_pass_is_transient(error: Exception, transient: bool) -> None:
    assert is_transient(error) is transient


def test_domain_errors_keep_their_status_and_retry_time(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.sign_up()
    monkeypatch.setattr(api.services.users, "get", failing(UnavailableError(retry_after=1)))

    assert api.call("GET", "/me").headers["Retry-After"] == "1"


def test_body_that_the_gateway_encoded_is_decoded(api: Api) -> None:
    api.sign_up()
    event = {
        "requestContext": {
            "httpMethod": "PATCH",
            "resourcePath": "/v1/me",
            "requestId": "r",
            "identity": {"sourceIp": "192.0.2.1"},
        },
        "headers": {"authorization": f"Bearer {api.token}", "content-type": "application/json"},
        "multiValueQueryStringParameters": None,
        "pathParameters": {},
        "stageVariables": None,
        "body": b64encode('{"name":"하늘"}'.encode()).decode(),
        "isBase64Encoded": True,
    }

    assert '"name":"하늘"' in api.app(event, None)["body"]


def test_answers_are_neither_cached_nor_sniffed(api: Api) -> None:
    headers = api.call("GET", "/health").headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Access-Control-Allow-Origin"] == "*"


def test_optional_login_still_refuses_a_bad_token(api: Api) -> None:
    headers = {"Authorization": "Bearer nonsense"}

    assert api.call("GET", "/posts", headers=headers).status == 401
