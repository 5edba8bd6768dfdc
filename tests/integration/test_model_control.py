"""The model server's modes, windows and sleep on the running service: its process comes and goes.

What the clock does is waited for, not called: the schedules of the deployed stack fire by
themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support.model_process import metrics, model_pids, port_of
from support.service import Person, Service, wait_for
from support.stored import run_lambda, table

# Two rounds of the schedules, and time for a process to end on a busy machine.
ROUNDS_SECONDS = 600.0
START_SECONDS = 600.0
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def drawn_images(service: Service) -> float:
    """Return how many images the model process has drawn since it was started."""
    (pid,) = {pid for pid in model_pids(service) if port_of(pid)}
    return metrics(pid)["model_images_total"]


def put_schedule(admin: Person, *windows: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {"windows": list(windows), "zone": "UTC", **more}
    answer = admin.call("PUT", "/admin/model/schedule", json=body)
    assert answer.status_code == 200, answer.text
    schedule: dict[str, Any] = answer.json()
    return schedule


def switch(admin: Person, mode: str) -> dict[str, Any]:
    answer = admin.call("PUT", "/admin/model", json={"mode": mode})
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.json()
    return report


def told(admin: Person, since: str) -> list[str]:
    """Return what the audit log says of the model server since then, from the oldest."""
    entries = [
        each
        for each in admin.get("/admin/audit", limit=100)["items"]
        if each["target_type"] == "model_server" and each["at"] >= since
    ]
    return [
        each["action"] if each["actor"]["id"] == "scheduler" else f"{each['action']} by a person"
        for each in reversed(entries)
    ]


def now_text() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.fixture
def admin(service: Service) -> Iterator[Person]:
    """An administrator, after whom the server is again as it was."""
    admin = service.admin()
    yield admin
    put_schedule(admin, idle_minutes=3)
    switch(admin, "auto")


def test_pictures_asked_for_while_off_are_all_drawn_once_when_it_is_on(
    service: Service, admin: Person
) -> None:
    mina, jun = service.sign_up(), service.sign_up()
    assert switch(admin, "off")["effective_mode"] == "off"
    wait_for(lambda: not model_pids(service))
    ids = mina.draw("a cat", count=4) + jun.draw("a boat at night", count=2) + mina.draw("눈사람")
    owners = {each["id"]: mina for each in mina.get("/pictures")["items"]}
    owners |= {each["id"]: jun for each in jun.get("/pictures")["items"]}
    # Neither the clock nor anything else sends what has to wait.
    for _ in range(3):
        run_lambda(service, "DispatchWaiting")
        run_lambda(service, "TendModelServer")
    assert {owners[each].get(f"/pictures/{each}")["status"] for each in ids} == {"waiting"}
    report = admin.get("/admin/model")
    assert (report["state"], report["queue_length"]) == ("off", len(ids))
    assert report["oldest_wait_seconds"] >= 0
    assert "eta_seconds" not in report

    assert switch(admin, "on")["effective_mode"] == "on"
    with ThreadPoolExecutor(max_workers=3) as pool:
        list(pool.map(lambda _: run_lambda(service, "DispatchWaiting"), range(3)))

    for each in ids:
        assert owners[each].picture(each, "ready", "failed")["status"] == "ready"
    stored = {item["picture_id"]: item for item in table(service, "Pictures")}
    assert {(stored[each]["sends"], stored[each]["faults"]) for each in ids} == {(1, 0)}
    assert drawn_images(service) == len(ids)
    assert admin.get("/admin/model")["state"] == "ready"


def test_picture_wakes_a_sleeping_server_and_the_clock_puts_it_to_sleep_again(
    service: Service, admin: Person
) -> None:
    mina = service.sign_up()
    switch(admin, "off")
    wait_for(lambda: not model_pids(service))
    put_schedule(admin, idle_minutes=1)
    switch(admin, "auto")
    since = now_text()
    assert not model_pids(service)

    (first,) = mina.draw("a dog in the rain")
    assert mina.picture(first, "ready", "failed")["status"] == "ready"
    assert len(model_pids(service)) >= 1
    running = admin.get("/admin/model")
    assert (running["mode"], running["state"], running["instances"]) == ("auto", "ready", 1)
    cost = running["cost"]
    assert cost["idle_usd_per_hour"] == cost["instance_usd_per_hour"] > 0

    wait_for(lambda: not model_pids(service), seconds=ROUNDS_SECONDS)
    wait_for(lambda: admin.get("/admin/model")["state"] == "off")
    asleep = admin.get("/admin/model")
    assert (asleep["mode"], asleep["instances"]) == ("auto", 0)
    assert asleep["cost"]["idle_usd_per_hour"] == 0
    assert asleep["cost"]["month_usd"] > 0
    assert told(admin, since) == ["model_idle_stopped"]

    (second,) = mina.draw("a ship at night")
    assert mina.picture(second, "ready", "failed")["status"] == "ready"


def test_window_opens_and_closes_the_server_by_the_clock(service: Service, admin: Person) -> None:
    switch(admin, "off")
    wait_for(lambda: not model_pids(service))
    switch(admin, "auto")
    since = now_text()
    opens = (datetime.now(UTC) + timedelta(seconds=70)).replace(second=0, microsecond=0)
    closes = opens + timedelta(minutes=3)
    window = {"days": [DAYS[opens.weekday()]], "from": f"{opens:%H:%M}", "to": f"{closes:%H:%M}"}
    schedule = put_schedule(admin, window, idle_minutes=1)
    assert schedule["open_window"] is None
    assert datetime.fromisoformat(schedule["next_window"]["starts_at"]) == opens

    wait_for(lambda: admin.get("/admin/model")["effective_mode"] == "on", seconds=ROUNDS_SECONDS)
    with ThreadPoolExecutor(max_workers=3) as pool:
        list(pool.map(lambda _: run_lambda(service, "TendModelServer"), range(3)))
    wait_for(lambda: admin.get("/admin/model")["state"] == "ready", seconds=START_SECONDS)
    assert model_pids(service)
    assert admin.get("/admin/model")["mode"] == "auto"

    wait_for(lambda: admin.get("/admin/model")["effective_mode"] == "auto", seconds=ROUNDS_SECONDS)
    wait_for(lambda: not model_pids(service), seconds=ROUNDS_SECONDS)
    assert told(admin, since) == [
        "model_schedule_changed by a person",
        "model_window_opened",
        "model_window_closed",
        "model_idle_stopped",
    ]
