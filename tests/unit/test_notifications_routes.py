"""Notifications through the API, over in-memory stores."""

from __future__ import annotations

import pytest

from deepstory.notices.kinds import News, commented, picture_ended
from support.api import Api
from support.stories import me, someone_else

EMPTY = {"items": [], "unread": 0, "next_cursor": None}


def tell(api: Api, user_id: str, *news: News) -> None:
    api.services.notice_writer.tell(user_id=user_id, news=news)


def comments(count: int, actor_id: str) -> list[News]:
    return [commented(post_id="p", comment_id=f"c{n}", actor_id=actor_id) for n in range(count)]


def test_notification_has_every_field(stories: Api) -> None:
    reader, token = me(stories), stories.token
    someone_else(stories)
    actor = me(stories)
    tell(stories, reader, picture_ended(picture_id="x", ready=True), *comments(1, actor))
    stories.token = token

    assert stories.call("GET", "/notifications").json == {
        "items": [
            {
                "id": "000000000002",
                "kind": "commented",
                "actor": {"id": actor, "name": "Jun"},
                "targets": {"post_id": "p", "comment_id": "c0"},
                "read": False,
                "created_at": "2026-11-22T03:00:00.000Z",
            },
            {
                "id": "000000000001",
                "kind": "picture_ready",
                "actor": None,
                "targets": {"picture_id": "x"},
                "read": False,
                "created_at": "2026-11-22T03:00:00.000Z",
            },
        ],
        "unread": 2,
        "next_cursor": None,
    }


def test_pages_follow_cursors_to_the_end(stories: Api) -> None:
    tell(stories, me(stories), *comments(5, "someone"))
    found: list[str] = []
    query = {"limit": "2"}
    while True:
        page = stories.call("GET", "/notifications", query=query).json
        found += [each["id"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        query |= {"cursor": page["next_cursor"]}

    assert found == [f"{number:012}" for number in (5, 4, 3, 2, 1)]


def test_reading_answers_with_what_is_left(stories: Api) -> None:
    tell(stories, me(stories), *comments(3, "someone"))

    some = stories.call("POST", "/notifications/read", {"up_to": "000000000002"})
    assert some.status == 200
    assert [each["read"] for each in some.json["items"]] == [False, True, True]
    assert some.json["unread"] == 1

    for body in (None, {}, {"up_to": None}):
        every = stories.call("POST", "/notifications/read", body).json
        assert every["unread"] == 0
        assert stories.call("GET", "/notifications").json == every


@pytest.mark.parametrize("up_to", ["", "1", "x" * 12, "٣" * 12, "000000000004", 3, [1]])
def test_notification_that_is_not_there_is_named(stories: Api, up_to: object) -> None:
    tell(stories, me(stories), *comments(3, "someone"))

    answer = stories.call("POST", "/notifications/read", {"up_to": up_to})

    assert (answer.status, answer.code) == (422, "validation_failed")
    assert list(answer.json["error"]["fields"]) == ["up_to"]


def test_everybody_has_their_own(stories: Api) -> None:
    tell(stories, me(stories), *comments(3, "someone"))
    cursor = stories.call("GET", "/notifications", query={"limit": "1"}).json["next_cursor"]
    someone_else(stories)

    assert stories.call("GET", "/notifications").json == EMPTY
    assert stories.call("POST", "/notifications/read").json == EMPTY
    answer = stories.call("GET", "/notifications", query={"cursor": cursor})
    assert (answer.status, answer.code) == (400, "invalid_cursor")


def test_notifications_need_a_login(stories: Api) -> None:
    stories.token = None

    assert stories.call("GET", "/notifications").status == 401
    assert stories.call("POST", "/notifications/read").status == 401
