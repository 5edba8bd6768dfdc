"""What the gateway makes of a request before and after the function."""

import json

import pytest
from chalice.app import Chalice

from deepstory_cdk.gateway_responses import RESPONSES
from local.gateway import errors
from local.gateway.gateway import Gateway
from local.gateway.http import HttpAnswer, HttpRequest
from tests.local import gateway_app

JSON = ("content-type", "application/json")


@pytest.fixture
def gateway() -> Gateway:
    return Gateway(gateway_app.app)


def call(gateway: Gateway, method: str, target: str, *headers, body: bytes = b"") -> HttpAnswer:
    path, _, query = target.partition("?")
    return gateway.handle(
        HttpRequest(method=method, path=path, query=query, headers=headers, body=body)
    )


def payload(answer: HttpAnswer):
    return json.loads(answer.body)


def error_code(answer: HttpAnswer) -> str:
    error = payload(answer)["error"]
    assert set(error) == {"code", "message", "request_id"}
    assert ("x-amzn-requestid", error["request_id"]) in answer.headers
    return error["code"]


def test_nobody_but_the_peer_says_where_a_request_comes_from(gateway):
    answer = gateway.handle(
        HttpRequest(
            method="POST",
            path="/api/v1/echo",
            headers=(("x-forwarded-for", "203.0.113.7"), ("x-forwarded-for", "a, b"), JSON),
            body=b"{}",
            client="192.0.2.5",
        )
    )
    event = payload(answer)["event"]
    assert event["requestContext"]["identity"]["sourceIp"] == "192.0.2.5"
    assert event["headers"]["X-Forwarded-For"] == "203.0.113.7, a, b, 192.0.2.5"


def test_event_carries_what_api_gateway_sends(gateway):
    answer = call(
        gateway,
        "POST",
        "/api/v1/echo?a=1&a=2&b=%ED%95%9C+%2B&c",
        ("host", "localhost:8000"),
        ("user-agent", "test"),
        ("x-many", "1"),
        ("x-many", "2"),
        ("x-forwarded-for", "203.0.113.7"),
        JSON,
        body=b"{}",
    )
    seen = payload(answer)
    event = seen["event"]
    assert answer.status == 200
    assert event["resource"] == event["path"] == "/v1/echo"
    assert event["queryStringParameters"] == {"a": "2", "b": "한 +", "c": ""}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": ["한 +"], "c": [""]}
    assert event["multiValueHeaders"]["x-many"] == ["1", "2"]
    assert event["headers"]["x-many"] == "2"
    assert event["headers"]["X-Forwarded-For"] == "203.0.113.7, 127.0.0.1"
    assert event["pathParameters"] is None
    assert event["isBase64Encoded"] is False
    assert seen["query"]["a"] == ["1", "2"]
    context = seen["context"]
    assert context["stage"] == "api"
    assert context["path"] == "/api/v1/echo"
    assert context["resourcePath"] == "/v1/echo"
    assert context["identity"]["sourceIp"] == "127.0.0.1"
    assert context["identity"]["userAgent"] == "test"
    assert ("x-amzn-requestid", context["requestId"]) in answer.headers
    assert seen["lambda_request_id"] == context["requestId"]
    assert 0 < seen["remaining"] <= 29_000


def test_absent_query_and_body_are_null(gateway):
    event = payload(call(gateway, "GET", "/api/v1/echo"))["event"]
    assert event["queryStringParameters"] is None
    assert event["multiValueQueryStringParameters"] is None
    assert event["body"] is None


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/api/v1/things/7", {"thing": "7"}),
        ("/api/v1/things/7/", {"thing": "7"}),
        ("/api/v1/things/latest", {"thing": "the latest"}),
        ("/api/v1/things/a%20b%2Fc%ED%95%9C", {"thing": "a b/c한"}),
        ("/api/v1/things/latest/parts/..", {"thing": "latest", "part": ".."}),
        ("/api/v1/things/%00", {"thing": "\0"}),
    ],
)
def test_path_parameters_are_decoded_and_literals_win(gateway, target, expected):
    assert payload(call(gateway, "GET", target)) == expected


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/api/v1/unknown"),
        ("GET", "/api/v1/things//parts/1"),
        ("GET", "/api/v1/things/7/parts"),
        ("GET", "/api/"),
        ("GET", "/api/v2/echo"),
        ("GET", "/api//v1/echo"),
        ("DELETE", "/api/v1/echo"),
        ("TRACE", "/api/v1/echo"),
    ],
)
def test_unknown_route_or_method_is_404_in_the_contract_shape(gateway, method, target):
    answer = call(gateway, method, target)
    assert (answer.status, error_code(answer)) == (404, "not_found")
    assert ("access-control-allow-origin", "*") in answer.headers


def test_head_is_404_without_a_body(gateway):
    answer = call(gateway, "HEAD", "/api/v1/echo")
    assert (answer.status, answer.body) == (404, b"")


@pytest.mark.parametrize(
    "target", ["/api/v1/things/%zz", "/api/v1/things/%", "/api/v1/things/%ff", "/api/v1/echo?q=%f"]
)
def test_broken_percent_encoding_is_400(gateway, target):
    answer = call(gateway, "GET", target)
    assert (answer.status, error_code(answer)) == (400, "bad_request")


def test_preflight_answers_from_the_cors_configuration(gateway):
    answer = call(gateway, "OPTIONS", "/api/v1/echo", ("origin", "https://example.org"))
    headers = dict(answer.headers)
    assert (answer.status, answer.body) == (200, b"")
    assert headers["access-control-allow-origin"] == "*"
    assert set(headers["access-control-allow-methods"].split(",")) == {
        "GET",
        "POST",
        "PUT",
        "OPTIONS",
    }
    assert "Idempotency-Key" in headers["access-control-allow-headers"]
    assert headers["access-control-max-age"] == "600"


@pytest.mark.parametrize("target", ["/api/v1/no-cors", "/api/v1/unknown"])
def test_preflight_without_cors_is_404(gateway, target):
    assert call(gateway, "OPTIONS", target).status == 404


def test_binary_body_arrives_byte_for_byte(gateway):
    answer = call(
        gateway,
        "POST",
        "/api/v1/upload",
        ("content-type", "image/png; charset=x"),
        body=gateway_app.PNG,
    )
    # Chalice compares the media type without its parameters, as the gateway does.
    assert payload(answer) == {"size": len(gateway_app.PNG)}


def test_text_body_that_is_not_utf8_does_not_fail(gateway):
    answer = call(
        gateway, "POST", "/api/v1/upload", ("content-type", "text/plain"), body=b"\xff\xfe"
    )
    assert answer.status == 200


def test_picture_is_sent_as_bytes_to_who_accepts_it(gateway):
    answer = call(gateway, "GET", "/api/v1/picture", ("accept", "image/png,*/*"))
    assert answer.body == gateway_app.PNG
    assert ("content-type", "image/png") in answer.headers


def test_picture_is_sent_as_base64_when_accept_begins_otherwise(gateway):
    answer = call(gateway, "GET", "/api/v1/picture", ("accept", "text/html, image/png"))
    assert answer.body == b"iVBORw0KGgoA/w=="


def test_several_cookies_stay_several_and_length_is_the_servers(gateway):
    headers = call(gateway, "GET", "/api/v1/cookies").headers
    assert [value for name, value in headers if name == "set-cookie"] == ["a=1", "b=2"]
    assert "content-length" not in dict(headers)


def test_empty_answer_has_no_body(gateway):
    answer = call(gateway, "DELETE", "/api/v1/nothing")
    assert (answer.status, answer.body) == (204, b"")


def test_answer_over_6_mb_fails_as_lambda_does(gateway):
    assert call(gateway, "GET", "/api/v1/sized/6000000").status == 200
    answer = call(gateway, "GET", "/api/v1/sized/6300000")
    assert (answer.status, error_code(answer)) == (502, "internal_error")


def test_request_over_what_lambda_takes_is_413(gateway):
    answer = call(gateway, "POST", "/api/v1/echo", JSON, body=b"x" * (6 * 1024 * 1024 + 1))
    assert (answer.status, error_code(answer)) == (413, "payload_too_large")


class FakeApp(Chalice):
    """Returns or raises what it is told instead of running views."""

    def __init__(self, outcome):
        super().__init__(app_name="fake")
        self.outcome = outcome
        self.route("/v1/x")(lambda: None)

    def __call__(self, event, context):
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


OUTCOMES = [
    RuntimeError("secret detail"),
    None,
    {},
    {"statusCode": "200"},
    {"statusCode": 200, "body": {"not": "text"}},
    {"statusCode": 200, "headers": {"x": "a\r\nset-cookie: b"}, "body": ""},
    {"statusCode": 200, "isBase64Encoded": True, "body": "***"},
]


@pytest.mark.parametrize("outcome", OUTCOMES, ids=repr)
def test_failing_function_or_malformed_result_is_502_without_detail(outcome):
    answer = call(Gateway(FakeApp(outcome)), "GET", "/api/v1/x", ("accept", "image/png"))
    assert (answer.status, error_code(answer)) == (502, "internal_error")
    assert b"secret" not in answer.body


def test_body_that_chalice_cannot_serialise_is_502(gateway):
    assert call(gateway, "GET", "/api/v1/bytes-as-text").status == 502


def test_result_without_a_content_type_is_json():
    answer = call(Gateway(FakeApp({"statusCode": 200, "body": "{}"})), "GET", "/api/v1/x")
    assert ("content-type", "application/json") in answer.headers


def test_same_header_in_both_maps_is_sent_once():
    result = {"statusCode": 200, "headers": {"X": "1"}, "multiValueHeaders": {"x": ["1", "2"]}}
    answer = call(Gateway(FakeApp(result)), "GET", "/api/v1/x")
    assert [value for name, value in answer.headers if name == "x"] == ["1", "2"]


def test_function_that_ran_too_long_is_503(monkeypatch):
    monkeypatch.setattr("local.gateway.gateway.INTEGRATION_TIMEOUT_SECONDS", -1.0)
    answer = call(Gateway(FakeApp({"statusCode": 200})), "GET", "/api/v1/x")
    assert (answer.status, error_code(answer)) == (503, "unavailable")
    assert ("retry-after", "1") in answer.headers


@pytest.mark.parametrize(
    ("error", "deployed"),
    [
        (errors.BAD_REQUEST, "DEFAULT_4XX"),
        (errors.NOT_FOUND, "MISSING_AUTHENTICATION_TOKEN"),
        (errors.TOO_LARGE, "REQUEST_TOO_LARGE"),
        (errors.FUNCTION_FAILED, "DEFAULT_5XX"),
        (errors.FUNCTION_TIMED_OUT, "INTEGRATION_TIMEOUT"),
    ],
)
def test_own_answers_are_the_deployed_gateway_responses(error, deployed):
    response = RESPONSES[deployed]
    assert (error.code, error.message, error.retry_after) == (
        response.code,
        response.message,
        response.retry_after,
    )
    assert response.status in (None, error.status)
