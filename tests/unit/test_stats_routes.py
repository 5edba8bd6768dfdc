"""The dashboard over HTTP, while people sign up, write, draw and leave things."""

from __future__ import annotations

from typing import Any

import pytest

from fakes.blocks import MemoryBlockRepository
from fakes.likes import MemoryLikeRepository
from fakes.posts import MemoryPostRepository
from support.admins import as_admin
from support.api import SIGN_UP, Api
from support.pictures import make_ready, order_one, store

CREDENTIALS = {key: SIGN_UP[key] for key in ("email", "password", "token_delivery")}
ENTRY = {"title": "첫눈", "text": "눈이 왔다."}


@pytest.fixture
def busy(api: Api) -> Api:
    """The API with somebody logged in and a store of posts."""
    services: Any = api.services
    services.post_repository = MemoryPostRepository(
        services.idempotency_repository, services.counters
    )
    services.like_repository = MemoryLikeRepository()
    services.block_repository = MemoryBlockRepository()
    api.sign_up()
    return api


def stats(api: Api, name: str, **query: str) -> Any:
    """Ask as the administrator, and go on as whoever was logged in."""
    token = api.token
    api.token = admin_token(api)
    answer = api.call("GET", f"/admin/stats/{name}", query=query or None)
    api.token = token
    assert answer.status == 200, answer.text
    return answer.json


def admin_token(api: Api) -> str | None:
    services: Any = api.services
    user = services.users.find_by_email("admin@example.com")
    if user is None:
        as_admin(api)
        return api.token
    return str(services.sessions.open(user).access_token)


def test_overview_counts_people_posts_and_finished_pictures(busy: Api) -> None:
    assert stats(busy, "overview") == {"users": 2, "posts": 0, "pictures": 0}

    posts = [busy.call("POST", "/posts", ENTRY).json["id"] for _ in range(3)]
    pictures = [order_one(busy)["id"] for _ in range(3)]
    for picture in pictures[:2]:
        waiting = store(busy).pictures[picture]
        ready = make_ready(busy, picture)
        store(busy).pictures[picture] = waiting
        assert store(busy).replace(waiting, ready)
    assert stats(busy, "overview") == {"users": 2, "posts": 3, "pictures": 2}

    busy.call("DELETE", f"/posts/{posts[0]}")
    busy.call("DELETE", f"/posts/{posts[0]}")
    for picture in pictures:
        busy.call("DELETE", f"/pictures/{picture}")
    assert stats(busy, "overview") == {"users": 2, "posts": 2, "pictures": 0}


def test_a_sign_up_that_fails_or_is_repeated_is_not_counted(busy: Api) -> None:
    busy.sign_up()
    key = {"Idempotency-Key": "once"}
    for _ in range(2):
        busy.call("POST", "/auth/signup", SIGN_UP | {"email": "jun@example.com"}, headers=key)

    assert stats(busy, "overview")["users"] == 3  # with the administrator


def test_genders_and_ages_follow_the_profile(busy: Api) -> None:
    everybody = stats(busy, "gender")
    assert everybody == {"female": 1, "male": 0, "other": 0, "undisclosed": 1}

    busy.call("PATCH", "/me", {"gender": "undisclosed", "birth_date": "1930-02-03"})

    assert stats(busy, "gender") == {"female": 0, "male": 0, "other": 0, "undisclosed": 2}
    bands = stats(busy, "age-gender")["bands"]
    assert [each["band"] for each in bands] == [
        *(f"{decade}0s".replace("00s", "0s") for decade in range(8)),
        "80+",
    ]
    nobody = {"female": 0, "male": 0, "other": 0, "undisclosed": 0}
    assert bands[8] == {"band": "80+"} | nobody | {"undisclosed": 1}
    assert bands[3] == {"band": "30s"} | nobody | {"undisclosed": 1}
    assert bands[0] == {"band": "0s"} | nobody


def test_logging_in_and_refreshing_are_visits(busy: Api) -> None:
    for _ in range(2):
        session = busy.call("POST", "/auth/login", CREDENTIALS).json
    assert stats(busy, "access") == {"month": "2026-11", "hours": [0] * 12 + [1] + [0] * 11}

    busy.services.clock.advance(hours=2)
    body = {"refresh_token": session["refresh_token"]}
    busy.call("POST", "/auth/refresh", body)

    hours = stats(busy, "access", month="2026-11")["hours"]
    assert (hours[12], hours[14], sum(hours)) == (1, 1, 2)
    assert sum(stats(busy, "access", month="2026-10")["hours"]) == 0


def test_a_wrong_password_is_no_visit(busy: Api) -> None:
    busy.call("POST", "/auth/login", CREDENTIALS | {"password": "guessed it"})

    assert sum(stats(busy, "access")["hours"]) == 0


@pytest.mark.parametrize("month", ["2026-13", "2026", "november", "2026-11\n0", ""])
def test_a_month_that_is_none_is_refused(admin: Api, month: str) -> None:
    answer = admin.call("GET", "/admin/stats/access", query={"month": month})

    assert (answer.status, answer.code) == (422, "validation_failed")
    assert "month" in answer.json["error"]["fields"]
