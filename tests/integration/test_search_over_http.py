"""Finding posts, people and days over HTTP on the running service."""

from __future__ import annotations

from typing import Any

from support.service import Person, Service, wait_for


def ids(page: Any) -> list[str]:
    return [post["id"] for post in page["items"]]


def test_post_is_found_by_words_and_tags_until_it_is_hidden(service: Service) -> None:
    mina, jun = service.sign_up(), service.sign_up()
    korean = mina.post(title="고래섬에 갔다", tags=["섬여행"])["id"]
    english = mina.post(title="An island of Whalefishes", tags=["#Islands"])["id"]

    def finds(person: Person, post_id: str, **query: str) -> bool:
        return ids(person.get("/posts", **query)) == [post_id]

    wait_for(lambda: finds(jun, korean, q="고래섬"))
    wait_for(lambda: finds(jun, english, q="whalefish islands"))
    assert finds(jun, korean, tag="#섬여행")
    assert finds(jun, english, tag="ISLANDS", sort="top")

    mina.call("PATCH", f"/posts/{korean}", json={"visibility": "private"})
    assert ids(jun.get("/posts", q="고래섬")) == ids(mina.get("/posts", tag="섬여행")) == []
    mina.call("PATCH", f"/posts/{korean}", json={"visibility": "public", "title": "범고래섬"})
    wait_for(lambda: finds(jun, korean, q="범고래"))


def test_likes_move_a_post_up_its_tag(service: Service) -> None:
    mina, jun = service.sign_up(), service.sign_up()
    first, second = (mina.post(tags=["조약돌"])["id"] for _ in range(2))
    wait_for(lambda: ids(jun.get("/posts", tag="조약돌", sort="top")) == [second, first])

    jun.call("PUT", f"/posts/{first}/like")

    wait_for(lambda: ids(jun.get("/posts", tag="조약돌", sort="top")) == [first, second])


def test_own_days_and_the_public_page_follow_what_is_written(service: Service) -> None:
    mina, jun = service.sign_up(), service.sign_up()
    private = mina.post(visibility="private", diary_date="2020-02-29")["id"]
    public = mina.post(diary_date="2020-02-01")["id"]

    month = mina.get("/me/calendar", month="2020-02")
    assert [(day["date"], day["entry_ids"]) for day in month["days"]] == [
        ("2020-02-01", [public]),
        ("2020-02-29", [private]),
    ]
    assert jun.get("/me/calendar", month="2020-02")["days"] == []
    assert mina.get("/me/streak") == {"current": 0, "longest": 1, "wrote_today": False}
    assert ids(jun.get(f"/users/{mina.id}/posts")) == [public]
    assert jun.get(f"/users/{mina.id}")["name"] == mina.get("/me")["name"]
