"""Every route for everyone: who is let in, who is told that nothing is there.

Each route stands here once, with who may do it and a request that would succeed. The expected
answers are generated from that; a route that is in no list fails the test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from chalicelib.application import declared_endpoints
from support.api import SIGN_UP
from support.crowd import (
    ADMIN,
    ANONYMOUS,
    BLOCKED,
    FRIEND,
    OWNER,
    PENDING,
    SUSPENDED,
    VIEWERS,
    Crowd,
)

ENDPOINTS = {(each.method, each.path): each for each in declared_endpoints()}
LOGGED_IN = frozenset(VIEWERS) - {ANONYMOUS, SUSPENDED}


@dataclass(frozen=True)
class Rule:
    """Who may do it; the others are told ``otherwise``, as if it were not there."""

    allowed: frozenset[str]
    otherwise: int = 404
    anonymous: int = 401

    def expected(self, viewer: str, success: int) -> int:
        if viewer in self.allowed:
            return success
        if viewer == ANONYMOUS:
            return self.anonymous
        return 403 if viewer == SUSPENDED else self.otherwise


EVERYONE = Rule(frozenset(VIEWERS))
THEMSELVES = Rule(LOGGED_IN)
OWNERS = Rule(frozenset({OWNER}))
THE_TWO = Rule(frozenset({OWNER, FRIEND}))
READERS = Rule(LOGGED_IN - {BLOCKED} | {ANONYMOUS})
NEIGHBOURS = Rule(LOGGED_IN - {BLOCKED})
ADMINS = Rule(frozenset({ADMIN}), otherwise=403)


@dataclass(frozen=True)
class Case:
    """A request that succeeds for who may; ``ids`` replace those of the crowd in the path."""

    rule: Rule
    body: Any = None
    query: Mapping[str, str] | None = None
    ids: Mapping[str, str] | None = None
    # Instead of the status that the route declares.
    success: int | None = None
    # Once done, it cannot be done again: the others who may find nothing any more.
    once: bool = False


DIARY = "/v1/diaries/{diary_id}"
ENTRY = f"{DIARY}/entries/{{entry_id}}"
TEXT = {"text": "좋아요"}
REPORT = {"target_type": "post", "target_id": "{post_id}", "reason": "spam"}
CASES: dict[str, Case] = {
    # Nobody's.
    "GET /v1/health": Case(EVERYONE),
    "GET /v1/openapi.json": Case(EVERYONE),
    "GET /v1/docs": Case(EVERYONE),
    "GET /v1/docs/{asset}": Case(EVERYONE, ids={"asset": "start.js"}),
    "POST /v1/auth/signup": Case(EVERYONE, SIGN_UP | {"email": "{new_email}"}),
    "POST /v1/auth/login": Case(EVERYONE, {"email": "owner@example.com", "password": "{password}"}),
    "POST /v1/auth/refresh": Case(EVERYONE, {"refresh_token": "{refresh_token}"}),
    "POST /v1/auth/password-reset": Case(EVERYONE, {"email": "{new_email}"}),
    # Only the mail has a token that is right.
    "POST /v1/auth/password-reset/confirm": Case(
        EVERYONE, {"token": "x" * 43, "password": "another horse"}, success=422
    ),
    "POST /v1/auth/logout": Case(
        Rule(LOGGED_IN | {ANONYMOUS}), {"refresh_token": "{refresh_token}"}
    ),
    # The caller's own, whoever calls.
    "POST /v1/auth/logout-all": Case(THEMSELVES),
    "GET /v1/me": Case(THEMSELVES),
    "PATCH /v1/me": Case(THEMSELVES, {"name": "새 이름"}),
    "PUT /v1/me/password": Case(
        THEMSELVES, {"current_password": "{password}", "new_password": "another horse"}
    ),
    # An administrator must be made a user first.
    "DELETE /v1/me": Case(Rule(LOGGED_IN - {ADMIN}, otherwise=409), {"password": "{password}"}),
    "GET /v1/me/export": Case(THEMSELVES),
    "GET /v1/me/posts": Case(THEMSELVES),
    "GET /v1/me/likes": Case(THEMSELVES),
    "GET /v1/me/calendar": Case(THEMSELVES, query={"month": "2026-11"}),
    "GET /v1/me/on-this-day": Case(THEMSELVES),
    "GET /v1/me/streak": Case(THEMSELVES),
    "GET /v1/me/blocks": Case(THEMSELVES),
    "GET /v1/notifications": Case(THEMSELVES),
    "POST /v1/notifications/read": Case(THEMSELVES, {}),
    "GET /v1/pictures": Case(THEMSELVES),
    "POST /v1/pictures": Case(THEMSELVES, {"prompt": "a cat"}),
    "POST /v1/pictures/prompt": Case(THEMSELVES, {"prompt": "a cat"}),
    "POST /v1/posts": Case(THEMSELVES, {"title": "하루", "text": "글", "visibility": "public"}),
    "POST /v1/friend-requests": Case(
        THEMSELVES, {"user_id": "{passer_by}", "diary_name": "우리 일기"}
    ),
    "GET /v1/friend-requests": Case(THEMSELVES),
    "GET /v1/diaries": Case(THEMSELVES),
    # The owner's alone.
    "GET /v1/me/export/{export_id}": Case(OWNERS),
    "POST /v1/friend-requests/{request_id}/accept": Case(OWNERS),
    "POST /v1/friend-requests/{request_id}/decline": Case(OWNERS),
    "DELETE /v1/friend-requests/{request_id}": Case(Rule(frozenset({PENDING}))),
    "GET /v1/pictures/{picture_id}": Case(OWNERS),
    "POST /v1/pictures/{picture_id}/cancel": Case(OWNERS),
    "POST /v1/pictures/{picture_id}/variations": Case(OWNERS, {"count": 1}),
    "DELETE /v1/pictures/{picture_id}": Case(OWNERS),
    "PATCH /v1/posts/{post_id}": Case(OWNERS, {"title": "다른 제목"}),
    "DELETE /v1/posts/{post_id}": Case(OWNERS),
    "DELETE /v1/posts/{post_id}/comments/{comment_id}": Case(OWNERS),
    # The two's who share the diary, and nobody else's: not an administrator's.
    f"GET {DIARY}": Case(THE_TWO),
    f"PATCH {DIARY}": Case(THE_TWO, {"name": "겨울"}),
    f"DELETE {DIARY}": Case(THE_TWO, once=True),
    f"GET {DIARY}/entries": Case(THE_TWO),
    f"POST {DIARY}/entries": Case(THE_TWO, {"title": "하루", "text": "글"}),
    f"GET {ENTRY}": Case(THE_TWO),
    f"PUT {ENTRY}/like": Case(THE_TWO),
    f"DELETE {ENTRY}/like": Case(THE_TWO),
    f"GET {ENTRY}/comments": Case(THE_TWO),
    f"POST {ENTRY}/comments": Case(THE_TWO, TEXT),
    f"PATCH {ENTRY}": Case(OWNERS, {"title": "다른 제목"}),
    f"DELETE {ENTRY}": Case(OWNERS),
    f"DELETE {ENTRY}/comments/{{comment_id}}": Case(
        OWNERS, ids={"comment_id": "{entry_comment_id}"}
    ),
    # What the owner shows to everyone but to whom was blocked.
    "GET /v1/posts": Case(Rule(LOGGED_IN | {ANONYMOUS})),
    "GET /v1/posts/{post_id}": Case(READERS),
    "GET /v1/posts/{post_id}/comments": Case(READERS),
    "GET /v1/users/{user_id}": Case(READERS),
    "GET /v1/users/{user_id}/posts": Case(READERS),
    "PUT /v1/posts/{post_id}/like": Case(NEIGHBOURS),
    "DELETE /v1/posts/{post_id}/like": Case(NEIGHBOURS),
    "POST /v1/posts/{post_id}/comments": Case(NEIGHBOURS, TEXT),
    # Being blocked keeps nobody from telling of what was done.
    "POST /v1/reports": Case(THEMSELVES, REPORT),
    "PUT /v1/me/blocks/{user_id}": Case(THEMSELVES, ids={"user_id": "{other_id}"}),
    "DELETE /v1/me/blocks/{user_id}": Case(THEMSELVES, ids={"user_id": "{other_id}"}),
    # The administrator's.
    "GET /v1/admin/model": Case(ADMINS),
    "PUT /v1/admin/model": Case(ADMINS, {"mode": "auto"}),
    "GET /v1/admin/model/schedule": Case(ADMINS),
    "PUT /v1/admin/model/schedule": Case(ADMINS, {"windows": []}),
    "GET /v1/admin/reports": Case(ADMINS),
    "PATCH /v1/admin/reports/{report_id}": Case(ADMINS, {"action": "dismiss"}),
    "GET /v1/admin/stats/overview": Case(ADMINS),
    "GET /v1/admin/stats/access": Case(ADMINS, query={"month": "2026-11"}),
    "GET /v1/admin/stats/gender": Case(ADMINS),
    "GET /v1/admin/stats/age-gender": Case(ADMINS),
    "GET /v1/admin/users": Case(ADMINS),
    "PATCH /v1/admin/users/{user_id}": Case(ADMINS, {"suspended": True}),
    "GET /v1/admin/audit": Case(ADMINS),
}
# A private post is nobody's but its author's; what may be read without logging in is not there.
_POST = "/v1/posts/{post_id}"
PRIVATE: dict[str, Case] = {
    route: replace(
        CASES[route],
        rule=Rule(frozenset({OWNER}), anonymous=404 if route.startswith("GET") else 401),
        ids={"post_id": "{private_post_id}"},
    )
    for route in (
        *(f"{method} {_POST}" for method in ("GET", "PATCH", "DELETE")),
        *(f"{method} {_POST}/like" for method in ("PUT", "DELETE")),
        *(f"{method} {_POST}/comments" for method in ("GET", "POST")),
    )
}


def filled(template: Any, values: Mapping[str, str]) -> Any:
    """Return it with every text that stands in braces replaced."""
    if isinstance(template, dict):
        return {name: filled(value, values) for name, value in template.items()}
    if isinstance(template, str):
        for name, value in values.items():
            template = template.replace(f"{{{name}}}", value)
    return template


def test_every_route_is_in_the_matrix() -> None:
    assert {f"{method} {path}" for method, path in ENDPOINTS} == set(CASES)


@pytest.mark.parametrize("route", CASES)
def test_route_answers_everyone_as_it_should(crowd: Crowd, route: str) -> None:
    everyone_is_answered(crowd, route, CASES[route])


@pytest.mark.parametrize("route", PRIVATE)
def test_private_post_is_there_for_its_author_alone(crowd: Crowd, route: str) -> None:
    everyone_is_answered(crowd, route, PRIVATE[route])


def everyone_is_answered(crowd: Crowd, route: str, case: Case) -> None:
    method, path = route.split()
    endpoint = ENDPOINTS[method, path]
    success = case.success or endpoint.status
    expected = {viewer: case.rule.expected(viewer, success) for viewer in VIEWERS}
    answered = {}
    # Who may, comes last: what was done must not be why another is refused.
    order = sorted(VIEWERS, key=lambda viewer: expected[viewer] == success)
    if case.once:
        allowed = [viewer for viewer in order if expected[viewer] == success]
        expected |= dict.fromkeys(allowed[1:], 404)
    for viewer in order:
        values = crowd.values_for(viewer)
        target = filled(path.removeprefix("/v1"), values | filled(dict(case.ids or {}), values))
        answer = crowd.call(
            viewer, method, target, filled(case.body, values), query=dict(case.query or {}) or None
        )
        answered[viewer] = answer.status
    assert answered == expected
