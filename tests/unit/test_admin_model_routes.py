"""The model server's switch and schedule over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes.model_server import FakeHost, seen
from support.api import Api

WORKDAYS = {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "18:00"}
NIGHT = {"days": ["sat"], "from": "22:00", "to": "02:00"}

TIMES = st.sampled_from(["09:00", "9:00", "24:00", "00:00", "23:59", "", "25:00", "09:00\n"])
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | TIMES
JSON = SCALARS | st.fixed_dictionaries(
    {},
    optional={
        "days": SCALARS | st.lists(st.sampled_from(["mon", "sun", "Mon", 1]), max_size=8),
        "from": SCALARS,
        "to": SCALARS,
    },
)


def put_schedule(api: Api, *windows: Any, **more: Any) -> Any:
    return api.call("PUT", "/admin/model/schedule", {"windows": list(windows), **more})


def log(api: Api) -> list[Any]:
    items: list[Any] = api.call("GET", "/admin/audit").json["items"]
    return items


def my_id(api: Api) -> str:
    return str(api.call("GET", "/me").json["id"])


class TestSwitch:
    def test_state_and_cost_are_told(self, admin: Api) -> None:
        host: Any = admin.services.model_host
        host.observation = seen("ready", 1)
        admin.call("GET", "/admin/model")
        admin.services.clock.advance(minutes=2)
        answer = admin.call("GET", "/admin/model")

        assert answer.status == 200
        cost = answer.json.pop("cost")
        assert answer.json | {"cost": cost} == {
            "mode": "auto",
            "effective_mode": "auto",
            "state": "ready",
            "instances": 1,
            "queue_length": 0,
            "oldest_wait_seconds": 0,
            "eta_seconds": 8,
            "cost": {
                "month": "2026-11",
                "month_usd": 0.0376,
                "unobserved_usd": 0.0,
                "instance_hours": 0.0333,
                "unobserved_hours": 0.0,
                "last_month_usd": 0.0,
                "usd_per_hour": 1.1267,
                "idle_usd_per_hour": 1.1267,
                "instance_type": "ml.g6.xlarge",
                "instance_usd_per_hour": 1.1267,
                "currency": "USD",
            },
        }

    def test_nothing_burns_idly_while_there_is_work(self, admin: Api) -> None:
        host: Any = admin.services.model_host
        host.observation = seen("ready", 1)
        admin.call("POST", "/pictures", {"prompt": "바다"})
        answer = admin.call("GET", "/admin/model").json

        assert (answer["queue_length"], answer["cost"]["idle_usd_per_hour"]) == (1, 0)
        assert answer["cost"]["usd_per_hour"] == 1.1267

    def test_mode_is_set_by_the_caller(self, admin: Api) -> None:
        answer = admin.call("PUT", "/admin/model", {"mode": "off"})

        assert (answer.status, answer.json["mode"]) == (200, "off")
        assert "eta_seconds" not in answer.json
        (entry,) = log(admin)
        assert (entry["action"], entry["actor"]["id"]) == ("model_mode_changed", my_id(admin))
        assert (entry["before"], entry["after"]) == ({"mode": "auto"}, {"mode": "off"})

    @pytest.mark.parametrize("body", [{}, {"mode": "turbo"}, {"mode": None}])
    def test_unknown_modes_are_refused(self, admin: Api, body: dict[str, Any]) -> None:
        assert admin.call("PUT", "/admin/model", body).status == 422

    def test_endpoint_out_of_reach_is_said_so(self, admin: Api) -> None:
        host: Any = admin.services.model_host
        assert isinstance(host, FakeHost)
        host.is_busy = True
        answer = admin.call("PUT", "/admin/model", {"mode": "on"})

        assert (answer.status, answer.code) == (503, "model_server_busy")
        assert answer.headers["Retry-After"] == "5"


class TestSchedule:
    def test_there_is_none_at_first(self, admin: Api) -> None:
        answer = admin.call("GET", "/admin/model/schedule")

        assert answer.status == 200
        assert answer.json == {
            "zone": "Asia/Seoul",
            "enabled": True,
            "idle_minutes": 3,
            "windows": [],
            "open_window": None,
            "next_window": None,
            "changed_by": None,
            "changed_at": None,
        }

    def test_schedule_is_kept_and_its_answer_can_be_sent_back(self, admin: Api) -> None:
        answer = put_schedule(admin, WORKDAYS, NIGHT, zone="Europe/Paris", idle_minutes=5)

        assert answer.status == 200, answer.text
        assert answer.json["windows"] == [WORKDAYS, NIGHT]
        assert (answer.json["zone"], answer.json["idle_minutes"]) == ("Europe/Paris", 5)
        # It is Sunday, 2026-11-22; Monday's window begins at nine in Paris.
        assert answer.json["open_window"] is None
        assert answer.json["next_window"] == {
            "starts_at": "2026-11-23T08:00:00.000Z",
            "ends_at": "2026-11-23T17:00:00.000Z",
        }
        assert admin.call("GET", "/admin/model/schedule").json == answer.json
        again = admin.call("PUT", "/admin/model/schedule", answer.json)
        assert again.json == answer.json
        assert len(log(admin)) == 1

    def test_what_is_left_out_stays(self, admin: Api) -> None:
        put_schedule(admin, WORKDAYS, zone="Europe/Paris", idle_minutes=5, enabled=False)
        answer = put_schedule(admin, NIGHT)

        assert (answer.json["zone"], answer.json["idle_minutes"]) == ("Europe/Paris", 5)
        assert (answer.json["enabled"], answer.json["next_window"]) == (False, None)

    def test_window_that_is_open_takes_effect_at_once(self, admin: Api) -> None:
        put_schedule(admin, {"days": ["sun"], "from": "11:00", "to": "13:00"})
        answer = admin.call("GET", "/admin/model").json

        assert (answer["mode"], answer["effective_mode"]) == ("auto", "on")
        assert answer["window"] == {
            "starts_at": "2026-11-22T02:00:00.000Z",
            "ends_at": "2026-11-22T04:00:00.000Z",
        }

    def test_changes_and_windows_are_in_the_audit_log(self, admin: Api) -> None:
        put_schedule(admin, {"days": ["sun"], "from": "11:00", "to": "13:00"})
        opened, changed = sorted(log(admin), key=lambda entry: entry["actor"]["id"] == my_id(admin))

        assert (changed["action"], changed["actor"]["id"]) == (
            "model_schedule_changed",
            my_id(admin),
        )
        assert changed["before"]["windows"] == ""
        assert changed["after"]["windows"] == "sun 11:00-13:00"
        assert opened["action"] == "model_window_opened"
        assert opened["actor"] == {"id": "scheduler", "name": None}
        assert opened["after"]["until"] == "2026-11-22T04:00:00.000Z"

    def test_schedule_is_kept_although_the_endpoint_is_out_of_reach(self, admin: Api) -> None:
        host: Any = admin.services.model_host
        host.is_busy = True
        answer = put_schedule(admin, {"days": ["sun"], "from": "11:00", "to": "13:00"})
        host.is_busy = False

        assert answer.status == 200
        assert admin.services.model_server.current().applied == "auto"
        admin.services.model_switch.tend()
        assert admin.services.model_server.current().applied == "on"

    @pytest.mark.parametrize(
        ("windows", "fields"),
        [
            ([{"days": ["mon"], "from": "9:00", "to": "10:00"}], {"windows.0.from"}),
            ([{"days": ["mon"], "from": "09:00", "to": "24:30"}], {"windows.0.to"}),
            ([{"days": ["mon"], "from": "24:00", "to": "02:00"}], {"windows.0.from"}),
            ([WORKDAYS, {"days": [], "from": "01:00", "to": "02:00"}], {"windows.1.days"}),
            ([{"days": ["monday"], "from": "01:00", "to": "02:00"}], {"windows.0.days.0"}),
            ([{"days": ["mon"], "from": "01:00"}], {"windows"}),
            ([{"days": ["mon", "mon"], "from": "01:00", "to": "02:00"}], {"windows"}),
            ([{"days": ["mon"], "from": "01:00", "to": "01:00"}], {"windows"}),
            ([WORKDAYS, {"days": ["tue"], "from": "17:59", "to": "20:00"}], {"windows"}),
            ("always", {"windows"}),
            (None, {"windows"}),
        ],
    )
    def test_wrong_windows_are_refused_with_the_reason(
        self, admin: Api, windows: Any, fields: set[str]
    ) -> None:
        answer = admin.call("PUT", "/admin/model/schedule", {"windows": windows})

        assert (answer.status, answer.code) == (422, "validation_failed")
        assert set(answer.json["error"]["fields"]) == fields
        assert admin.call("GET", "/admin/model/schedule").json["windows"] == []

    @pytest.mark.parametrize(
        "more",
        [
            {"zone": "Seoul"},
            {"zone": "../etc/passwd"},
            {"zone": ""},
            {"idle_minutes": 0},
            {"idle_minutes": 1441},
            {"enabled": "yes"},
        ],
    )
    def test_wrong_settings_are_refused(self, admin: Api, more: dict[str, Any]) -> None:
        answer = put_schedule(admin, **more)

        assert answer.status == 422
        assert set(answer.json["error"]["fields"]) == set(more)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(JSON, max_size=3) | JSON)
    def test_no_json_makes_it_fail(self, admin: Api, windows: Any) -> None:
        answer = admin.call("PUT", "/admin/model/schedule", {"windows": windows})

        assert answer.status in (200, 422), answer.text

    def test_windows_are_required(self, admin: Api) -> None:
        answer = admin.call("PUT", "/admin/model/schedule", {})
        assert answer.json["error"]["fields"] == {"windows": "is required"}
