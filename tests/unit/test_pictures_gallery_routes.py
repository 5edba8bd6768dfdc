"""Looking at pictures, giving them up and switching the model server over HTTP."""

from __future__ import annotations

import pytest

from deepstory.pictures.entities import PictureError
from support.api import Api
from support.pictures import change, make_ready, order, order_one


class TestLooking:
    def test_waiting_picture_tells_its_place_and_time(self, artist: Api) -> None:
        order_one(artist)
        picture_id = order_one(artist)["id"]

        picture = artist.call("GET", f"/pictures/{picture_id}").json

        assert (picture["status"], picture["position"]) == ("waiting", 2)
        assert picture["eta_seconds"] == 300 + 2 * 8
        assert "url" not in picture and "error" not in picture

    def test_ready_picture_has_addresses_and_colour(self, artist: Api) -> None:
        picture = make_ready(artist, order_one(artist)["id"])

        shown = artist.call("GET", f"/pictures/{picture.picture_id}").json

        assert shown["status"] == "ready"
        assert shown["url"] == f"https://pictures.example/{picture.image_key}"
        assert shown["thumbnail_url"] == f"https://pictures.example/{picture.thumbnail_key}"
        assert (shown["width"], shown["height"]) == (64, 48)
        assert shown["dominant_color"] == "#cc2211"
        assert "position" not in shown and "eta_seconds" not in shown

    def test_failed_picture_tells_why(self, artist: Api) -> None:
        picture_id = order_one(artist)["id"]
        error = PictureError(code="content_filtered", message="Withheld.")
        change(artist, picture_id, status="failed", error=error, due_at=None)

        shown = artist.call("GET", f"/pictures/{picture_id}").json

        assert shown["error"] == {"code": "content_filtered", "message": "Withheld."}

    @pytest.mark.parametrize("picture_id", ["x", "0" * 26, "..%2f"])
    def test_absent_picture_is_not_found(self, artist: Api, picture_id: str) -> None:
        assert artist.call("GET", f"/pictures/{picture_id}").status == 404
        assert artist.call("DELETE", f"/pictures/{picture_id}").status == 404
        assert artist.call("POST", f"/pictures/{picture_id}/cancel").status == 404
        assert artist.call("POST", f"/pictures/{picture_id}/variations").status == 404

    def test_pictures_of_others_are_not_found(self, artist: Api) -> None:
        picture_id = order_one(artist)["id"]
        artist.sign_up(email="jun@example.com")

        assert artist.call("GET", f"/pictures/{picture_id}").status == 404
        assert artist.call("DELETE", f"/pictures/{picture_id}").status == 404
        assert artist.call("GET", "/pictures").json == {"items": [], "next_cursor": None}

    def test_gallery_goes_on_where_it_ended(self, artist: Api) -> None:
        for seed in range(5):
            artist.services.clock.advance(seconds=1)
            order(artist, seed=seed)

        first = artist.call("GET", "/pictures", query={"limit": "3"}).json
        query = {"limit": "3", "cursor": first["next_cursor"]}
        second = artist.call("GET", "/pictures", query=query).json

        assert [item["seed"] for item in first["items"] + second["items"]] == [4, 3, 2, 1, 0]
        assert second["next_cursor"] is None

    def test_gallery_is_filtered_by_style_and_month(self, artist: Api) -> None:
        order(artist, style="ink")
        order(artist, style="flat")

        def styles(**query: str) -> list[str]:
            items = artist.call("GET", "/pictures", query=query).json["items"]
            return [item["style"] for item in items]

        assert styles(style="ink") == ["ink"]
        assert styles(month="2026-11", style="flat") == ["flat"]
        assert styles(month="2026-10") == []
        assert styles(month="2026-11\n", style="ink") == ["ink"]

    def test_cursor_of_another_filter_is_refused(self, artist: Api) -> None:
        order(artist, count=2)
        cursor = artist.call("GET", "/pictures", query={"limit": "1"}).json["next_cursor"]

        answer = artist.call("GET", "/pictures", query={"cursor": cursor, "style": "crayon"})

        assert (answer.status, answer.code) == (400, "invalid_cursor")

    @pytest.mark.parametrize(
        "query",
        [
            {"style": "oil"},
            {"month": "2026-13"},
            {"month": "2026-1"},
            {"month": "0001-01"},
            {"month": "2026-11-01"},
            {"limit": "0"},
            {"limit": "101"},
        ],
    )
    def test_wrong_filters_are_named(self, artist: Api, query: dict[str, str]) -> None:
        answer = artist.call("GET", "/pictures", query=query)

        assert answer.status == 422
        assert list(answer.json["error"]["fields"]) == list(query)


class TestGivingUp:
    def test_cancelled_picture_is_answered(self, artist: Api) -> None:
        picture_id = order_one(artist)["id"]

        answer = artist.call("POST", f"/pictures/{picture_id}/cancel")

        assert (answer.status, answer.json["status"]) == (200, "cancelled")

    def test_ready_picture_cannot_be_cancelled(self, artist: Api) -> None:
        picture_id = order_one(artist)["id"]
        make_ready(artist, picture_id)

        answer = artist.call("POST", f"/pictures/{picture_id}/cancel")

        assert (answer.status, answer.code) == (409, "picture_state")

    def test_deleted_picture_is_gone(self, artist: Api) -> None:
        picture_id = order_one(artist)["id"]

        assert artist.call("DELETE", f"/pictures/{picture_id}").status == 204
        assert artist.call("GET", f"/pictures/{picture_id}").status == 404
        assert artist.call("DELETE", f"/pictures/{picture_id}").status == 404
