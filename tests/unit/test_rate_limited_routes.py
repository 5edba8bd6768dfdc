"""Who calls too often gets 429 in the contract's shape, and ordinary use costs no write."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib import rates
from chalicelib.access import Access
from chalicelib.application import declared_endpoints
from chalicelib.rates import NAMED, RouteClass, class_of
from deepstory.limits import Limit
from support.api import SIGN_UP, Api
from support.stories import write

CLASSES = [each for each in vars(rates).values() if isinstance(each, RouteClass)]
ROUTES = {(each.method, each.path): each for each in declared_endpoints()}


def exhaust(route_class: RouteClass, api: Api, *, subject: str) -> None:
    """Use up what a subject may do of a class of routes."""
    by = route_class.by_user if subject.startswith("user#") else route_class.by_address
    while not api.services.rates.seconds_to_wait(name=route_class.name, subject=subject, rates=by):
        pass


@pytest.mark.parametrize(("method", "path"), sorted(ROUTES))
def test_every_route_but_the_free_ones_is_limited(method: str, path: str) -> None:
    route_class = class_of(method, path)
    access = ROUTES[method, path].access

    assert bool(route_class.by_address) == (route_class is not rates.FREE)
    if access in (Access.USER, Access.ADMIN):
        assert route_class.by_user
    if access is Access.PUBLIC:
        # Nobody is known there.
        assert not route_class.by_user


@pytest.mark.parametrize("route_class", CLASSES, ids=lambda each: each.name)
def test_shares_divide_their_maximum(route_class: RouteClass) -> None:
    for rate in (*route_class.by_address, *route_class.by_user):
        assert rate.maximum % (rate.share_every or 1) == 0
        # Else what processes have not shared could be more than what is allowed.
        assert (rate.share_every or 1) * 10 <= rate.maximum or rate.share_every == 1


def test_reads_are_never_written_down_and_what_creates_or_mails_always() -> None:
    for (method, path), endpoint in ROUTES.items():
        route_class = class_of(method, path)
        each_rate = (*route_class.by_address, *route_class.by_user)
        if method == "GET" and route_class is not rates.HEAVY:
            assert all(rate.share_every is None for rate in each_rate), endpoint.path
        elif method != "GET" and endpoint.access is not Access.ADMIN:
            assert all(rate.share_every for rate in each_rate), endpoint.path
    for exact in (rates.SIGN_UP, rates.PASSWORD_RESET, rates.PASSWORD_RESET_CONFIRM):
        assert {rate.share_every for rate in exact.by_address} == {1}
    assert {rate.share_every for rate in rates.FRIEND_REQUEST.by_user} == {1}


def test_only_routes_that_exist_are_named() -> None:
    assert NAMED.keys() <= ROUTES.keys()


def test_names_of_classes_are_their_own() -> None:
    assert len({each.name for each in CLASSES}) == len(CLASSES)
    assert {id(each) for each in NAMED.values()} <= {id(each) for each in CLASSES}


def test_too_many_sign_ups_from_an_address_are_refused_in_the_contracts_shape(api: Api) -> None:
    answers = [api.sign_up(email=f"p{number}@example.com") for number in range(31)]

    assert [answer.status for answer in answers] == [201] * 30 + [429]
    refused = answers[-1]
    assert refused.code == "too_many_requests"
    assert set(refused.json["error"]) == {"code", "message", "request_id"}
    assert refused.headers["Retry-After"] == "3600"
    api.address = "192.0.2.99"
    assert api.sign_up(email="other@example.com").status == 201


def test_the_window_over_one_may_again(api: Api) -> None:
    exhaust(rates.SIGN_UP, api, subject=f"address#{api.address}")
    assert api.sign_up().status == 429

    api.services.clock.advance(hours=1)

    assert api.sign_up().status == 201


@pytest.mark.parametrize(
    ("method", "path", "route_class"),
    [
        ("POST", "/auth/login", rates.LOG_IN),
        ("POST", "/auth/refresh", rates.REFRESH),
        ("GET", "/posts", rates.FEED),
        ("GET", "/users/someone", rates.READ),
        ("POST", "/posts", rates.POST),
        ("GET", "/admin/users", rates.ADMIN),
    ],
)
def test_an_address_is_refused_before_anything_is_read(
    api: Api, method: str, path: str, route_class: RouteClass
) -> None:
    exhaust(route_class, api, subject=f"address#{api.address}")
    api.token = "made up"

    assert api.call(method, path).status == 429


@pytest.mark.parametrize(
    ("method", "path", "body", "route_class"),
    [
        ("POST", "/posts", {}, rates.POST),
        ("POST", "/posts/{post}/comments", {"text": "안녕"}, rates.COMMENT),
        ("PUT", "/posts/{post}/like", None, rates.LIKE),
        ("POST", "/reports", {}, rates.REPORT),
        ("PATCH", "/me", {"name": "M"}, rates.WRITE),
        ("GET", "/me", None, rates.READ),
    ],
)
def test_somebody_is_refused_from_every_address(
    stories: Api, method: str, path: str, body: Any, route_class: RouteClass
) -> None:
    path = path.replace("{post}", write(stories).json["id"])
    user_id = stories.call("GET", "/me").json["id"]
    exhaust(route_class, stories, subject=f"user#{user_id}")

    stories.address = "198.51.100.7"
    assert stories.call(method, path, body).status == 429
    stories.sign_up(email="jun@example.com")
    assert stories.call(method, path, body).status != 429


def test_health_answers_however_often_it_is_asked(api: Api) -> None:
    assert {api.call("GET", "/health").status for _ in range(3000)} == {200}


def test_forwarded_header_that_a_client_sends_opens_no_new_account(api: Api) -> None:
    exhaust(rates.SIGN_UP, api, subject=f"address#{api.address}")

    answer = api.call("POST", "/auth/signup", SIGN_UP, headers={"X-Forwarded-For": "198.51.100.1"})

    assert answer.status == 429


def test_ordinary_use_writes_no_limit(stories: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []

    def take(limit: Limit, amount: int = 1) -> bool:
        taken.append(limit.key)
        return True

    monkeypatch.setattr(stories.services.limits, "take", take)
    post_id = write(stories).json["id"]
    stories.call("PUT", f"/posts/{post_id}/like")
    stories.call("POST", f"/posts/{post_id}/comments", {"text": "안녕"})
    for _ in range(30):
        stories.call("GET", "/posts")
        stories.call("GET", f"/posts/{post_id}")

    assert taken == []
