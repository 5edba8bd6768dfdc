"""A deployment without a model server: pictures wait, and administrators are told why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from deepstory.config import Settings
from deepstory.model_server.absent import AbsentHost, AbsentModelServer, AbsentSchedule
from deepstory.services import Services
from support.api import Api

WINDOW = {"days": ["mon"], "from": "09:00", "to": "18:00"}


@pytest.fixture
def without_model(admin: Api) -> Api:
    services: Any = admin.services
    services.model_host = AbsentHost()
    services.model_server_repository = AbsentModelServer(cold_start=300, drawing=8)
    services.model_schedule_repository = AbsentSchedule()
    services.model_control = services.model_operations
    return admin


def test_the_deployment_s_word_for_it_chooses_all_parts() -> None:
    services = Services(Settings(model_endpoint="none"))
    assert isinstance(services.model_host, AbsentHost)
    assert isinstance(services.model_server_repository, AbsentModelServer)
    assert isinstance(services.model_schedule_repository, AbsentSchedule)


def test_pictures_wait_and_nobody_says_how_long(without_model: Api) -> None:
    services: Any = without_model.services
    (picture,) = without_model.call("POST", "/pictures", {"prompt": "바다"}).json["items"]
    sent = services.dispatcher.dispatch(picture_ids=[picture["id"]])
    sent += services.dispatcher.dispatch_due(time_limit=timedelta(seconds=5))
    shown = without_model.call("GET", f"/pictures/{picture['id']}").json

    assert sent == 0
    assert shown["status"] == "waiting"
    assert "eta_seconds" not in shown


def test_administrators_see_that_it_is_off_and_what_waits(without_model: Api) -> None:
    without_model.call("POST", "/pictures", {"prompt": "바다"})
    answer = without_model.call("GET", "/admin/model").json

    assert (answer["mode"], answer["effective_mode"], answer["state"]) == ("off", "off", "off")
    assert (answer["instances"], answer["queue_length"]) == (0, 1)
    assert answer["cost"]["month_usd"] == 0


@pytest.mark.parametrize("mode", ["auto", "on"])
def test_switching_it_on_is_refused_with_the_reason(without_model: Api, mode: str) -> None:
    answer = without_model.call("PUT", "/admin/model", {"mode": mode})

    assert (answer.status, answer.code) == (409, "no_model_server")
    assert without_model.call("GET", "/admin/model").json["mode"] == "off"
    assert without_model.call("GET", "/admin/audit").json["items"] == []


def test_switching_it_off_changes_nothing(without_model: Api) -> None:
    assert without_model.call("PUT", "/admin/model", {"mode": "off"}).status == 200
    assert without_model.call("GET", "/admin/audit").json["items"] == []


def test_a_schedule_is_refused_with_the_reason(without_model: Api) -> None:
    answer = without_model.call("PUT", "/admin/model/schedule", {"windows": [WINDOW]})

    assert (answer.status, answer.code) == (409, "no_model_server")
    assert without_model.call("GET", "/admin/model/schedule").json["windows"] == []


def test_the_clock_finds_nothing_to_do(without_model: Api) -> None:
    services: Any = without_model.services
    for _ in range(3):
        assert services.model_operations.tend().state == "off"
        services.clock.advance(minutes=10)
