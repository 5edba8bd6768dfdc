"""People around posts on the running service: comments, notifications, blocks, reports."""

from __future__ import annotations

from support.service import Service, wait_for


def test_comment_is_counted_and_its_posts_author_is_told_once(service: Service) -> None:
    mina, jun = service.sign_up(), service.sign_up()
    path = f"/posts/{mina.post()['id']}"

    comment = jun.call("POST", f"{path}/comments", json={"text": "예쁘다"}).json()
    jun.call("PUT", f"{path}/like")
    mina.call("POST", f"{path}/comments", json={"text": "고마워"})

    wait_for(lambda: jun.get(path)["comment_count"] == 2)
    wait_for(lambda: mina.get("/notifications")["unread"] == 2)
    told = {each["kind"]: each["targets"] for each in mina.get("/notifications")["items"]}
    assert told["commented"]["comment_id"] == comment["id"]
    assert set(told) == {"commented", "liked"}
    assert mina.call("POST", "/notifications/read", json={}).json()["unread"] == 0

    assert mina.call("DELETE", f"{path}/comments/{comment['id']}").status_code == 204
    wait_for(lambda: jun.get(path)["comment_count"] == 1)


def test_owner_is_told_that_a_picture_is_there(service: Service) -> None:
    mina = service.sign_up()
    (picture_id,) = mina.draw("a boat")
    mina.picture(picture_id, "ready", "failed")

    wait_for(lambda: mina.get("/notifications")["unread"] == 1)
    (notice,) = mina.get("/notifications")["items"]
    assert (notice["kind"], notice["actor"]) == ("picture_ready", None)
    assert notice["targets"] == {"picture_id": picture_id}


def test_two_who_are_apart_do_not_meet(service: Service) -> None:
    mina, jun = service.sign_up(), service.sign_up()
    path = f"/posts/{mina.post()['id']}"
    assert mina.call("PUT", f"/me/blocks/{jun.id}").status_code == 204

    assert jun.call("GET", path).status_code == 404
    assert jun.call("POST", f"{path}/comments", json={"text": "a"}).status_code == 404
    assert [each["user"]["id"] for each in mina.get("/me/blocks")["items"]] == [jun.id]


def test_reported_post_is_hidden_by_an_administrator(service: Service) -> None:
    mina, jun, admin = service.sign_up(), service.sign_up(), service.admin()
    post_id = mina.post()["id"]
    report = {"target_type": "post", "target_id": post_id, "reason": "욕설"}
    assert jun.call("POST", "/reports", json=report).status_code == 202

    listed = wait_for(
        lambda: [
            each for each in admin.get("/admin/reports")["items"] if each["target_id"] == post_id
        ]
    )
    path = f"/admin/reports/{listed[0]['id']}"
    assert admin.call("PATCH", path, json={"action": "hide"}).status_code == 200

    assert jun.call("GET", f"/posts/{post_id}").status_code == 404
    assert mina.get(f"/posts/{post_id}")["hidden"] is True
    assert admin.get(f"/posts/{post_id}")["hidden"] is True
