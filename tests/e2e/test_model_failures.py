"""The model server dies, sleeps, is switched off: no picture is lost."""

from __future__ import annotations

from support.model_process import model_pids
from support.service import Service, kill, wait_for


def test_model_killed_while_drawing_draws_the_picture_after_it_returns(service: Service) -> None:
    mina = service.sign_up()
    (first,) = mina.draw("a cat")
    mina.picture(first, "ready")
    killed = wait_for(lambda: model_pids(service))
    ids = mina.draw("a dog in the rain", count=4) + mina.draw("a ship at night", count=4)
    wait_for(lambda: mina.get(f"/pictures/{ids[0]}")["status"] in ("queued", "drawing", "ready"))
    for pid in killed:
        kill(pid)

    for each in ids:
        assert mina.picture(each, "ready", "failed")["status"] == "ready"
    assert not set(killed) & set(model_pids(service))


def test_pictures_asked_for_while_off_wait_and_are_drawn_when_on(service: Service) -> None:
    admin, mina = service.admin(), service.sign_up()
    assert admin.call("PUT", "/admin/model", json={"mode": "off"}).status_code == 200
    wait_for(lambda: not model_pids(service))
    assert admin.get("/admin/model")["state"] == "off"
    (picture_id,) = mina.draw("눈 오는 산")
    waiting = mina.get(f"/pictures/{picture_id}")
    assert waiting["status"] == "waiting"
    assert admin.get("/admin/model")["queue_length"] >= 1

    assert admin.call("PUT", "/admin/model", json={"mode": "on"}).status_code == 200
    assert mina.picture(picture_id, "ready", "failed")["status"] == "ready"
    assert admin.get("/admin/model")["state"] == "ready"

    admin.call("PUT", "/admin/model", json={"mode": "auto"})


def test_cancelled_picture_is_not_drawn(service: Service) -> None:
    admin, mina = service.admin(), service.sign_up()
    admin.call("PUT", "/admin/model", json={"mode": "off"})
    (picture_id,) = mina.draw("a bird")
    cancelled = mina.call("POST", f"/pictures/{picture_id}/cancel").json()
    admin.call("PUT", "/admin/model", json={"mode": "auto"})
    (after,) = mina.draw("a bird")
    mina.picture(after, "ready")

    assert cancelled["status"] == "cancelled"
    assert mina.get(f"/pictures/{picture_id}")["status"] == "cancelled"
