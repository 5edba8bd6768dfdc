"""Asking for an export and fetching it, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from deepstory.exports.entities import GIVEN_UP_AFTER
from support.exports import Desk
from support.stories import someone_else


class TestOverHttp:
    def test_export_goes_from_pending_to_a_url_that_expires(self, desk: Desk) -> None:
        answer = desk.begin()
        export = answer.json["export"]
        assert (answer.status, export["status"], "url" in export) == (202, "pending", False)
        assert desk.show(export["id"]).json == export

        (order,) = desk.orders()
        assert desk.pack(order)
        shown = desk.show(export["id"]).json
        assert shown["status"] == "ready"
        (key,) = desk.files.objects
        assert shown["url"].startswith(f"https://exports.example/{key}?name=deep-story-2026-11-22")
        assert shown["size_bytes"] == len(desk.files.objects[key])
        assert shown["expires_at"] == "2026-11-29T03:00:01.000Z"

        desk.api.services.clock.advance(days=7, seconds=-1)
        assert desk.account.exports.show(user_id=desk.user_id, export_id=export["id"]).url.endswith(
            "seconds=1"
        )

    def test_expired_exports_are_not_found(self, desk: Desk) -> None:
        export_id = desk.begin().json["export"]["id"]
        desk.pack_all()
        desk.api.services.clock.advance(days=7)
        log_in = {"email": "mina@example.com", "password": "correct horse"}
        desk.api.token = desk.api.call("POST", "/auth/login", log_in).json["access_token"]

        assert desk.show(export_id).status == 404

    def test_asking_while_one_is_under_way_is_the_same_export(self, desk: Desk) -> None:
        first, second = desk.begin(), desk.begin()
        assert first.json == second.json
        orders = desk.orders()
        assert orders[0] == orders[-1]

        desk.pack(orders[0])
        assert desk.begin().json["export"]["id"] != first.json["export"]["id"]

    def test_sixth_export_of_a_day_has_to_wait(self, desk: Desk) -> None:
        for _ in range(5):
            desk.begin()
            desk.pack_all()
        answer = desk.begin()

        assert (answer.status, answer.code) == (429, "too_many_exports")
        assert 0 < int(answer.headers["Retry-After"]) <= 86_400

    @pytest.mark.parametrize("export_id", ["0" * 26, "running", "nothing"])
    def test_others_exports_and_none_are_not_found(self, desk: Desk, export_id: str) -> None:
        own = desk.begin().json["export"]["id"]
        assert desk.show(export_id).status == 404
        someone_else(desk.api)
        assert (desk.show(own).status, desk.show(own).code) == (404, "not_found")

    def test_order_that_was_never_sent_is_sent_when_asked_again(self, desk: Desk) -> None:
        desk.account.export_queue.fails = True
        assert desk.begin().status in (500, 503)
        desk.account.export_queue.fails = False

        assert desk.begin().status == 202
        assert len(desk.orders()) == 1

    def test_export_that_never_came_has_failed_and_another_may_begin(self, desk: Desk) -> None:
        lost = desk.begin().json["export"]["id"]
        desk.orders()
        clock: Any = desk.api.services.clock
        clock.advance(seconds=GIVEN_UP_AFTER.total_seconds())
        log_in = {"email": "mina@example.com", "password": "correct horse"}
        desk.api.token = desk.api.call("POST", "/auth/login", log_in).json["access_token"]

        assert desk.show(lost).json["status"] == "failed"
        assert desk.begin().json["export"]["id"] != lost
