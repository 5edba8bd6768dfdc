"""What comes from outside is never trusted: typed errors, never a 5xx, nothing half-written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.service import Person, Service

STATUSES = {400, 401, 403, 404, 405, 409, 413, 415, 422, 429}


@pytest.fixture(scope="module")
def mina(service: Service) -> Person:
    return service.sign_up()


def expect_error(answer: Any, status: int | None = None) -> None:
    assert answer.status_code in ({status} if status else STATUSES), answer.text
    assert answer.headers["content-type"].startswith("application/json")
    error = answer.json()["error"]
    assert error["code"].replace("_", "").isalpha()
    assert error["message"]
    assert error["request_id"]
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("path", ["/nothing", "/posts/x/y/z", "/auth", "/docs/a/b", "/%ff", "/ "])
def test_unknown_path_is_404(mina: Person, path: str) -> None:
    expect_error(mina.call("GET", path), 404)


@pytest.mark.parametrize(("method", "path"), [("PUT", "/posts"), ("GET", "/auth/login")])
def test_wrong_method_is_405(mina: Person, method: str, path: str) -> None:
    expect_error(mina.call(method, path), 405)


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'{"title":"\\ud800"}', b"null", b"[]", b"1"])
def test_broken_json_is_400(mina: Person, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    expect_error(mina.call("POST", "/posts", content=body, headers=headers), 400)


def test_other_media_type_is_415(mina: Person) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    expect_error(mina.call("POST", "/posts", content=b"title=a", headers=headers), 415)


@pytest.mark.parametrize("megabytes", [1, 11])
def test_too_large_body_is_413(mina: Person, megabytes: int) -> None:
    headers = {"Content-Type": "application/json"}
    body = b'{"title":"' + b"x" * (megabytes * 1024 * 1024) + b'"}'
    expect_error(mina.call("POST", "/posts", content=body, headers=headers), 413)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": ""},
        {"title": "x" * 101},
        {"title": "a\u0000b"},
        {"title": None},
        {"title": 5},
        {"text": "x" * 5001},
        {"text": "\u0007"},
        {"diary_date": "2026-13-01"},
        {"diary_date": "9999-01-01"},
        {"diary_date": 20261122},
        {"weather": "acid rain"},
        {"tags": ["x"] * 11},
        {"tags": "sea"},
        {"tags": [""]},
        {"tags": ["x" * 31]},
        {"visibility": "friends"},
        {"sensitive": "yes"},
        {"picture_id": "../../etc/passwd"},
        {"picture_id": "0" * 26},
    ],
)
def test_post_that_is_not_valid_is_422_and_not_kept(mina: Person, changes: dict[str, Any]) -> None:
    before = mina.get("/me/posts")
    body = {"title": "t", "text": "x"} | changes
    answer = mina.call("POST", "/posts", json=body)

    expect_error(answer, 422)
    assert set(answer.json()["error"]["fields"]) == set(changes)
    assert mina.get("/me/posts") == before


@pytest.mark.parametrize(
    "changes",
    [
        {"prompt": ""},
        {"prompt": "x" * 1001},
        {"prompt": "a\u0000b"},
        {"style": "oil on velvet"},
        {"aspect": "16:9"},
        {"seed": -1},
        {"seed": 2**32},
        {"seed": 1.5},
        {"count": 0},
        {"count": 5},
    ],
)
def test_order_that_is_not_valid_is_422_and_costs_nothing(
    mina: Person, changes: dict[str, Any]
) -> None:
    answer = mina.call("POST", "/pictures", json={"prompt": "a cat"} | changes)

    expect_error(answer, 422)
    assert set(answer.json()["error"]["fields"]) == set(changes)
    assert mina.get("/pictures")["items"] == []


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "many"},
        {"sort": "best"},
        {"period": "decade"},
        {"cursor": "x" * 3000},
    ],
)
def test_wrong_query_is_422(mina: Person, query: dict[str, str]) -> None:
    expect_error(mina.call("GET", "/posts", params=query), 422)


@pytest.mark.parametrize("cursor", ["x", "AAAA", "é", "null", "-_" * 100])
def test_tampered_cursor_is_400(mina: Person, cursor: str) -> None:
    expect_error(mina.call("GET", "/posts", params={"cursor": cursor}), 400)


@pytest.mark.parametrize("identifier", ["x", "0" * 26, "..", "%00", "%F0%9F%98%80", "a" * 3000])
def test_unknown_id_is_404(mina: Person, identifier: str) -> None:
    for path in (f"/posts/{identifier}", f"/pictures/{identifier}"):
        expect_error(mina.call("GET", path), 404)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
# By hand: a line for each would fill the page.
FIELDS = st.sampled_from(
    ["title", "text", "tags", "picture_id", "diary_date", "weather", "mood", "visibility",
     "sensitive", "prompt", "style", "seed", "count", "email", "password", "name", "mode"]
)  # fmt: skip
# By hand: a line for each would fill the page.
ROUTES = st.sampled_from(
    [("POST", "/posts"), ("POST", "/auth/login"), ("POST", "/auth/signup"), ("PATCH", "/me"),
     ("POST", "/auth/refresh"), ("PUT", "/me/password"), ("PUT", "/admin/model")]
)  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(route=ROUTES, body=st.dictionaries(FIELDS, JSON, max_size=6))
def test_no_json_makes_it_fail(mina: Person, route: tuple[str, str], body: dict[str, Any]) -> None:
    content = json.dumps(body).encode("utf-8", "surrogatepass")
    headers = {"Content-Type": "application/json"}
    answer = mina.call(*route, content=content, headers=headers)

    assert answer.status_code < 500, (route, body, answer.text)
    if answer.status_code >= 400:
        expect_error(answer)
