"""Pictures and the model server's switch through the API, over in-memory stores."""

from __future__ import annotations

from typing import Any

import pytest

from support.api import Api
from support.pictures import ORDER, order, order_one, store


class TestOrdering:
    def test_accepted_picture_has_every_field_of_the_contract(self, artist: Api) -> None:
        answer = order(artist, seed=7, negative_prompt="흐림", aspect="4:3")

        assert answer.status == 202
        (item,) = answer.json["items"]
        picture_id = item.pop("id")
        assert picture_id in store(artist).pictures
        assert item == {
            "status": "waiting",
            "prompt": "바다의 고래",
            "model_prompt": "바다의 고래, 크레용 그림",
            "style": "crayon",
            "aspect": "4:3",
            "negative_prompt": "흐림",
            "seed": 7,
            "width": None,
            "height": None,
            "created_at": "2026-11-22T03:00:00.000Z",
        }

    def test_four_pictures_have_consecutive_seeds(self, artist: Api) -> None:
        answer = order(artist, seed=1, count=4)

        assert [item["seed"] for item in answer.json["items"]] == [1, 2, 3, 4]

    def test_edited_model_prompt_is_kept(self, artist: Api) -> None:
        assert order_one(artist, model_prompt="a whale")["model_prompt"] == "a whale"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("prompt", ""),
            ("prompt", "  \n "),
            # What no reader sees and no model can draw: zero-width characters, fillers of Hangul.
            ("prompt", "\u200b\u200d \ufeff"),
            ("prompt", "\u3164\u115f\u1160\uffa0"),
            ("model_prompt", "\u2060\u3164"),
            ("prompt", "a" * 1001),
            ("prompt", "nul\0"),
            ("prompt", 7),
            ("prompt", None),
            ("model_prompt", ""),
            ("model_prompt", "a" * 1001),
            ("style", "oil"),
            ("aspect", "16:9"),
            ("negative_prompt", "a" * 501),
            ("negative_prompt", "\u0007"),
            ("seed", -1),
            ("seed", 2**32),
            ("seed", "7"),
            ("seed", 1.5),
            ("count", 0),
            ("count", 5),
            ("count", True),
        ],
    )
    def test_wrong_field_is_named_and_nothing_is_written(
        self, artist: Api, field: str, value: Any
    ) -> None:
        answer = order(artist, **{field: value})

        assert answer.status == 422
        assert list(answer.json["error"]["fields"]) == [field]
        assert store(artist).pictures == {}

    def test_repeated_request_gets_the_same_answer(self, artist: Api) -> None:
        headers = {"Idempotency-Key": "once"}
        first = artist.call("POST", "/pictures", ORDER, headers=headers)
        second = artist.call("POST", "/pictures", ORDER, headers=headers)
        other = artist.call("POST", "/pictures", ORDER | {"count": 2}, headers=headers)

        assert (first.status, first.json) == (second.status, second.json)
        assert (other.status, other.code) == (409, "idempotency_key_reused")
        assert len(store(artist).pictures) == 1

    def test_used_up_day_says_when_it_ends(self, artist: Api) -> None:
        for _ in range(12):
            assert order(artist, count=4).status == 202

        answer = order(artist, count=4)

        assert (answer.status, answer.code) == (429, "too_many_requests")
        assert answer.headers["Retry-After"] == str(12 * 3600)
        assert order(artist, count=2).status == 202

    def test_model_prompt_can_be_seen_first(self, artist: Api) -> None:
        answer = artist.call("POST", "/pictures/prompt", {"prompt": "a cat", "style": "ink"})

        assert (answer.status, answer.json) == (200, {"model_prompt": "a cat, ink drawing"})

    def test_variations_are_accepted(self, artist: Api) -> None:
        original = order_one(artist, seed=7)

        answer = artist.call("POST", f"/pictures/{original['id']}/variations", {"count": 2})

        assert answer.status == 202
        assert len({7, *(item["seed"] for item in answer.json["items"])}) == 3

    def test_variation_without_a_body_is_one(self, artist: Api) -> None:
        picture_id = order_one(artist)["id"]

        answer = artist.call("POST", f"/pictures/{picture_id}/variations")

        assert len(answer.json["items"]) == 1

    def test_stranger_orders_nothing(self, api: Api) -> None:
        assert order(api).status == 401
