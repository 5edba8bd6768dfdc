"""The story over HTTP on the running service: sign up, write, draw, post, like."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from support.service import Service, fetch, wait_for


def test_picture_develops_and_can_be_fetched(service: Service) -> None:
    mina = service.sign_up()
    (picture_id,) = mina.draw("오늘은 바다에서 고양이를 보았다", style="crayon", seed=7)
    picture = mina.picture(picture_id, "ready", "failed")

    assert picture["status"] == "ready", picture
    assert "crayon" in picture["model_prompt"] or "크레용" in picture["model_prompt"]
    assert picture["seed"] == 7
    assert picture["dominant_color"].startswith("#")
    for url, kind in ((picture["url"], "PNG"), (picture["thumbnail_url"], "WEBP")):
        image = Image.open(io.BytesIO(fetch(url).content))
        assert image.format == kind
    assert (picture["width"], picture["height"]) == (64, 64) or picture["width"] >= 64


def test_same_seed_draws_the_same_picture(service: Service) -> None:
    mina = service.sign_up()
    ids = [mina.draw("a red balloon", seed=11)[0] for _ in range(2)]
    urls = [mina.picture(each, "ready", "failed")["url"] for each in ids]
    pixels = [Image.open(io.BytesIO(fetch(url).content)).tobytes() for url in urls]

    differences = [abs(a - b) for a, b in zip(*pixels, strict=True)]
    assert max(differences) <= 2


def test_variants_are_all_kept(service: Service) -> None:
    mina = service.sign_up()
    ids = mina.draw("a dog in the snow", count=3)
    for each in ids:
        assert mina.picture(each, "ready", "failed")["status"] == "ready"

    listed = [picture["id"] for picture in mina.get("/pictures")["items"]]
    assert sorted(listed) == sorted(ids)
    assert len({mina.get(f"/pictures/{each}")["seed"] for each in ids}) == 3


def test_deleted_picture_is_gone_with_its_file(service: Service) -> None:
    mina = service.sign_up()
    (picture_id,) = mina.draw("a tree")
    url = mina.picture(picture_id, "ready", "failed")["url"]
    assert mina.call("DELETE", f"/pictures/{picture_id}").status_code == 204

    assert mina.call("GET", f"/pictures/{picture_id}").status_code == 404
    assert fetch(url).status_code == 404


def test_liked_post_climbs_and_is_counted(service: Service) -> None:
    mina, jun = service.sign_up(), service.sign_up()
    post = mina.post(title="바다")
    path = f"/posts/{post['id']}/like"

    assert jun.call("PUT", path).json() == {"liked": True, "like_count": 1}
    assert jun.call("PUT", path).json()["liked"] is True
    wait_for(lambda: jun.get(f"/posts/{post['id']}")["like_count"] == 1)
    top = jun.get("/posts", sort="top", period="day")["items"]
    assert post["id"] in [each["id"] for each in top]
    assert [each["id"] for each in jun.get("/me/likes")["items"]] == [post["id"]]

    assert jun.call("DELETE", path).json()["liked"] is False
    wait_for(lambda: jun.get(f"/posts/{post['id']}")["like_count"] == 0)


def test_post_with_picture_shows_it_to_everyone(service: Service) -> None:
    mina = service.sign_up()
    (picture_id,) = mina.draw("눈사람")
    mina.picture(picture_id, "ready", "failed")
    post = mina.post(picture_id=picture_id)

    with service.client() as nobody:
        seen = nobody.get(f"/posts/{post['id']}").json()
    assert fetch(seen["picture"]["url"]).status_code == 200
    assert seen["liked"] is False


def test_pages_of_newest_posts_neither_repeat_nor_skip(service: Service) -> None:
    mina = service.sign_up()
    written = [mina.post(title=f"글 {number}")["id"] for number in range(7)]
    seen: list[str] = []
    cursor: str | None = None
    while not set(written) <= set(seen):
        query: dict[str, Any] = {"sort": "latest", "limit": 3}
        query |= {"cursor": cursor} if cursor else {}
        page = mina.get("/posts", **query)
        seen += [post["id"] for post in page["items"]]
        cursor = page["next_cursor"]
        assert cursor or set(written) <= set(seen)

    assert len(seen) == len(set(seen))
    assert [each for each in seen if each in written] == written[::-1]


def test_cursor_of_one_list_is_refused_by_another(service: Service) -> None:
    mina = service.sign_up()
    for _ in range(2):
        mina.post()
    cursor = mina.get("/posts", limit=1)["next_cursor"]
    answer = mina.call("GET", "/me/posts", params={"cursor": cursor})

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_cursor"


def test_foreign_things_do_not_exist(service: Service) -> None:
    mina, jun = service.sign_up(), service.sign_up()
    private = mina.post(visibility="private")["id"]
    (picture,) = mina.draw("a secret garden")

    for method, path in (
        ("GET", f"/posts/{private}"),
        ("PATCH", f"/posts/{private}"),
        ("DELETE", f"/posts/{private}"),
        ("PUT", f"/posts/{private}/like"),
        ("GET", f"/pictures/{picture}"),
        ("DELETE", f"/pictures/{picture}"),
        ("POST", f"/pictures/{picture}/cancel"),
        ("POST", f"/pictures/{picture}/variations"),
    ):
        body: dict[str, Any] | None = {} if method in ("POST", "PATCH") else None
        answer = jun.call(method, path, json=body)
        assert answer.status_code == 404, (method, path, answer.text)
    assert mina.get(f"/posts/{private}")["id"] == private


def test_repeated_order_draws_once(service: Service) -> None:
    mina = service.sign_up()
    headers = {"Idempotency-Key": "double tap"}
    answers = [
        mina.call("POST", "/pictures", json={"prompt": "a fish"}, headers=headers) for _ in range(2)
    ]

    assert answers[0].status_code == answers[1].status_code == 202
    assert answers[0].json() == answers[1].json()
    assert len(mina.get("/pictures")["items"]) == 1


@pytest.mark.parametrize("path", ["/health", "/openapi.json", "/docs", "/docs/swagger-ui.css"])
def test_public_pages_answer(service: Service, path: str) -> None:
    with service.client() as nobody:
        assert nobody.get(path).status_code == 200
