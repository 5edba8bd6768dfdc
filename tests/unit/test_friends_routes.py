"""Asking for secret friendships through the API, over in-memory stores."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from deepstory.rates import RateLimiter
from support.api import Answer, Api
from support.stories import me, someone_else

MINA, JUN, NOBODY = "mina@example.com", "jun@example.com", "nobody@example.com"


class Two:
    """미나 and Jun, each with their token."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.tokens = {"미나": api.token}
        self.ids = {"미나": me(api)}
        someone_else(api)
        self.tokens["Jun"], self.ids["Jun"] = api.token, me(api)
        self.be("미나")

    def be(self, name: str) -> Api:
        self.api.token = self.tokens[name]
        return self.api

    def ask(self, **named: Any) -> Answer:
        self.api.services.clock.advance(seconds=1)
        return self.api.call("POST", "/friend-requests", {"diary_name": "우리 일기"} | named)

    def box(self, name: str, box: str) -> list[Any]:
        answer = self.be(name).call("GET", "/friend-requests", query={"box": box})
        assert answer.status == 200
        items: list[Any] = answer.json["items"]
        return items

    def answer(self, request_id: str, how: str, name: str = "Jun") -> Answer:
        return self.be(name).call("POST", f"/friend-requests/{request_id}/{how}")


@pytest.fixture
def two(stories: Api) -> Two:
    return Two(stories)


class TestAsking:
    def test_request_has_every_field_and_shows_whom_as_it_was_asked(self, two: Two) -> None:
        by_email = two.ask(email=" JUN@Example.com ", diary_name=" 우리  일기 ")
        assert by_email.status == 201
        body = by_email.json
        assert body.pop("id")
        assert body == {
            "box": "outgoing",
            "status": "pending",
            "diary_name": "우리  일기",
            "asker": {"id": two.ids["미나"], "name": "미나"},
            "email": JUN,
            "user": None,
            "created_at": "2026-11-22T03:00:01.000Z",
        }
        by_id = two.ask(user_id=two.ids["Jun"]).json
        assert by_id["email"] is None
        assert by_id["user"] == {"id": two.ids["Jun"], "name": "Jun"}

    def test_recipient_is_not_shown_how_they_were_named(self, two: Two) -> None:
        two.ask(email=JUN)

        (request,) = two.box("Jun", "incoming")
        assert (request["email"], request["user"]) == (None, None)
        assert request["asker"] == {"id": two.ids["미나"], "name": "미나"}

    def test_address_of_nobody_answers_alike_in_every_step(self, two: Two) -> None:
        shapes = []
        for email in (JUN, NOBODY):
            asked = two.ask(email=email)
            again = two.ask(email=email)
            listed = two.box("미나", "outgoing")[0]
            cancelled = two.api.call("DELETE", f"/friend-requests/{asked.json['id']}")
            shapes.append(
                (
                    asked.status,
                    sorted(asked.json),
                    listed == asked.json,
                    again.status,
                    again.text.replace(asked.json["id"], ""),
                    cancelled.status,
                    two.box("미나", "outgoing"),
                )
            )

        assert shapes[0] == shapes[1]
        assert shapes[0][0] == 201
        assert shapes[0][3] == 409

    def test_address_of_nobody_takes_the_same_calls_of_the_stores(self, two: Two) -> None:
        counts = []
        two.api.call("PUT", f"/me/blocks/{two.ids['Jun']}")
        for email in (JUN, NOBODY, "another@example.com"):
            calls: Counter[str] = Counter()
            with pytest.MonkeyPatch.context() as patch:
                for name in ("users", "limits", "block_repository", "friendship_repository"):
                    _count_calls(patch, getattr(two.api.services, name), name, calls)
                requests = two.api.services.friend_request_repository
                _count_calls(patch, requests, "requests", calls)
                assert two.ask(email=email).status == 201
            counts.append(calls)

        assert counts[0] == counts[1] == counts[2]
        assert counts[0]["requests.add"] == 1

    @pytest.mark.parametrize(
        ("body", "fields"),
        [
            ({}, {"email"}),
            ({"email": JUN, "user_id": "0" * 26}, {"email"}),
            ({"email": "no address"}, {"email"}),
            ({"user_id": "x"}, {"user_id"}),
            ({"email": JUN, "diary_name": ""}, {"diary_name"}),
            ({"email": JUN, "diary_name": "가" * 51}, {"diary_name"}),
            ({"email": JUN, "diary_name": "a\nb"}, {"diary_name"}),
            ({"email": JUN, "diary_name": None}, {"diary_name"}),
            ({"email": 7, "diary_name": 7}, {"email", "diary_name"}),
        ],
    )
    def test_what_is_wrong_is_named(self, two: Two, body: dict[str, Any], fields: set[str]) -> None:
        answer = two.ask(**body)

        assert (answer.status, answer.code) == (422, "validation_failed")
        assert set(answer.json["error"]["fields"]) == fields
        assert two.box("미나", "outgoing") == []

    def test_conflicts_say_what_they_are(self, two: Two) -> None:
        assert two.ask(email=MINA).code == "cannot_ask_yourself"
        assert two.ask(user_id=two.ids["미나"]).code == "cannot_ask_yourself"
        request_id = two.ask(user_id=two.ids["Jun"]).json["id"]
        answer = two.ask(user_id=two.ids["Jun"])
        assert (answer.status, answer.code) == (409, "already_asked")
        two.answer(request_id, "accept")
        answer = two.ask(user_id=two.ids["미나"])
        assert (answer.status, answer.code) == (409, "already_friends")

    def test_somebody_apart_is_nobody(self, two: Two) -> None:
        two.be("Jun").call("PUT", f"/me/blocks/{two.ids['미나']}")
        two.be("미나")

        by_id, missing = two.ask(user_id=two.ids["Jun"]), two.ask(user_id="0" * 26)

        assert by_id.status == missing.status == 404
        assert by_id.text == missing.text
        assert two.ask(email=JUN).status == 201

    def test_too_many_say_when_to_come_back(self, two: Two) -> None:
        services: Any = two.api.services
        # The day's limit is meant here, not how many may be sent at once.
        services.rates = RateLimiter(limits=services.limits, clock=services.clock, scale=100)
        for number in range(50):
            if number and number % 20 == 0:
                # The route's own rate is by the hour.
                two.api.services.clock.advance(hours=1)
                log_in = {"email": "mina@example.com", "password": "correct horse"}
                two.api.token = two.api.call("POST", "/auth/login", log_in).json["access_token"]
            assert two.ask(email=f"p{number}@example.com").status == 201

        answer = two.ask(email=NOBODY)

        assert (answer.status, answer.code) == (429, "too_many_friend_requests")
        assert int(answer.headers["Retry-After"]) > 0

    def test_same_key_and_body_get_the_same_request(self, two: Two) -> None:
        body = {"email": JUN, "diary_name": "우리 일기"}
        answers = [
            two.api.call("POST", "/friend-requests", body, headers={"idempotency-key": "tap"})
            for _ in range(2)
        ]

        assert [each.status for each in answers] == [201, 201]
        assert answers[0].json == answers[1].json
        assert len(two.box("미나", "outgoing")) == 1
        answer = two.api.call(
            "POST",
            "/friend-requests",
            body | {"email": NOBODY},
            headers={"idempotency-key": "tap"},
        )
        assert (answer.status, answer.code) == (409, "idempotency_key_reused")


class TestAnswering:
    def test_accepted_request_gives_a_diary_to_both(self, two: Two) -> None:
        request_id = two.ask(email=JUN).json["id"]
        answer = two.answer(request_id, "accept")

        assert answer.status == 200
        diary = answer.json["diary"]
        assert diary["friend"] == {"id": two.ids["미나"], "name": "미나"}
        assert diary["name"] == "우리 일기"
        assert two.answer(request_id, "accept").json == answer.json
        (listed,) = two.be("미나").call("GET", "/diaries").json["items"]
        assert listed == diary | {"friend": {"id": two.ids["Jun"], "name": "Jun"}}
        assert two.box("미나", "outgoing") == two.box("Jun", "incoming") == []

    def test_declined_request_says_nothing_to_its_asker(self, two: Two) -> None:
        request_id = two.ask(email=JUN).json["id"]
        before = two.box("미나", "outgoing")

        answer = two.answer(request_id, "decline")

        assert (answer.status, answer.text) == (204, "")
        assert two.box("미나", "outgoing") == before
        assert two.box("Jun", "incoming") == []
        assert two.answer(request_id, "decline").status == 404
        assert two.be("미나").call("GET", "/notifications").json["items"] == []

    @pytest.mark.parametrize("request_id", ["x", "0" * 26])
    def test_what_is_no_request_is_not_found(self, two: Two, request_id: str) -> None:
        for how in ("accept", "decline"):
            assert two.answer(request_id, how).status == 404
        assert two.api.call("DELETE", f"/friend-requests/{request_id}").status == 404

    def test_asker_cannot_answer_and_the_asked_cannot_cancel(self, two: Two) -> None:
        request_id = two.ask(email=JUN).json["id"]

        for how in ("accept", "decline"):
            assert two.answer(request_id, how, "미나").status == 404
        assert two.be("Jun").call("DELETE", f"/friend-requests/{request_id}").status == 404
        assert two.be("미나").call("DELETE", f"/friend-requests/{request_id}").status == 204
        assert two.api.call("DELETE", f"/friend-requests/{request_id}").status == 404


class TestLists:
    @pytest.mark.parametrize("limit", ["1", "2", "9"])
    def test_pages_follow_cursors_to_the_end(self, two: Two, limit: str) -> None:
        asked = [two.ask(email=f"p{number}@example.com").json["id"] for number in range(5)]
        query = {"box": "outgoing", "limit": limit}
        found: list[str] = []
        while True:
            page = two.api.call("GET", "/friend-requests", query=query).json
            found += [each["id"] for each in page["items"]]
            if page["next_cursor"] is None:
                break
            query |= {"cursor": page["next_cursor"]}

        assert found == asked[::-1]

    def test_cursor_of_one_box_is_refused_by_the_other(self, two: Two) -> None:
        for email in (JUN, NOBODY):
            two.ask(email=email)
        query = {"box": "outgoing", "limit": "1"}
        cursor = two.api.call("GET", "/friend-requests", query=query).json["next_cursor"]

        for sent in ({"box": "incoming", "cursor": cursor}, query | {"cursor": cursor[:-2]}):
            answer = two.api.call("GET", "/friend-requests", query=sent)
            assert (answer.status, answer.code) == (400, "invalid_cursor")
        assert two.api.call("GET", "/friend-requests", query={"box": "x"}).status == 422


def _count_calls(patch: pytest.MonkeyPatch, store: Any, name: str, calls: Counter[str]) -> None:
    for method in dir(type(store)):
        if method.startswith("_"):
            continue
        whole = getattr(store, method)
        if not callable(whole):
            continue

        def counted(*arguments: Any, _whole: Any = whole, _as: str = method, **named: Any) -> Any:
            calls[f"{name}.{_as}"] += 1
            return _whole(*arguments, **named)

        patch.setattr(store, method, counted)
