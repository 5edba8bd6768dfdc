"""Two secret friends and their diary on the running service, and a stranger who finds nothing."""

from __future__ import annotations

from typing import Any

from support.friends import diary_routes
from support.service import Person, Service, fetch, wait_for

ENTRY = {"title": "비밀", "text": "우리만 아는 이야기.", "mood": "happy", "tags": ["우리"]}


def incoming(person: Person) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = person.get("/friend-requests")["items"]
    return items


def befriended(asker: Person, friend: Person) -> str:
    """Have one ask the other by address, and return the path of their diary."""
    body = {"email": friend.user["email"], "diary_name": "우리 둘의 일기"}
    assert asker.call("POST", "/friend-requests", json=body).status_code == 201
    (request,) = wait_for(lambda: incoming(friend))
    path = f"/friend-requests/{request['id']}/accept"
    accepted = friend.call("POST", path)
    assert accepted.status_code == 200, accepted.text
    again = friend.call("POST", path)
    assert again.json() == accepted.json()
    return f"/diaries/{accepted.json()['diary']['id']}"


def told(person: Person) -> set[str]:
    return {each["kind"] for each in person.get("/notifications")["items"]}


def finds_nothing(person: Person, diary: str, entry: str, comment_id: str) -> None:
    for method, path, body in diary_routes(diary, entry, comment_id):
        answer = person.call(method, path, json=body)
        assert answer.status_code == 404, (method, path, answer.text)


def test_two_friends_keep_a_diary_that_nobody_else_finds(service: Service) -> None:
    mina, jun, stranger = (service.sign_up() for _ in range(3))
    diary = befriended(mina, jun)
    (picture,) = mina.draw("two friends in the snow")
    body = ENTRY | {"picture_id": picture}
    written = mina.call("POST", f"{diary}/entries", json=body)
    assert written.status_code == 201, written.text
    entry = f"{diary}/entries/{written.json()['id']}"
    comment = jun.call("POST", f"{entry}/comments", json={"text": "예쁘다"}).json()
    assert jun.call("PUT", f"{entry}/like").json() == {"liked": True, "like_count": 1}

    # Counts and notices follow through the streams.
    wait_for(lambda: (found := mina.get(entry))["like_count"] == found["comment_count"] == 1)
    seen = mina.get(entry)
    assert (seen["liked"], "visibility" in seen) == (False, False)
    wait_for(lambda: told(mina) >= {"friend_accepted", "entry_liked", "entry_commented"})
    wait_for(lambda: told(jun) == {"friend_requested", "entry_written"})
    # The picture develops meanwhile, and the friend sees it like its owner.
    mina.picture(picture, "ready")
    shown = jun.get(entry)["picture"]
    image = fetch(shown["url"])
    assert (image.status_code, image.content[:4]) == (200, b"\x89PNG")
    assert jun.call("GET", f"/pictures/{picture}").status_code == 404

    for somebody in (stranger, service.admin()):
        finds_nothing(somebody, diary, entry, comment["id"])
    assert jun.get(f"{entry}/comments")["items"] == [comment]

    receipt = jun.call("DELETE", diary)
    assert receipt.status_code == 200, receipt.text
    assert receipt.json()["own_entries"] == 0
    for somebody in (mina, jun):
        finds_nothing(somebody, diary, entry, comment["id"])
        assert somebody.get("/diaries")["items"] == []


def test_deleted_entry_takes_likes_and_comments_with_it(service: Service) -> None:
    mina, jun = service.sign_up(), service.sign_up()
    diary = befriended(mina, jun)
    first, second = (
        f"{diary}/entries/{mina.call('POST', f'{diary}/entries', json=ENTRY).json()['id']}"
        for _ in range(2)
    )
    for entry in (first, second):
        jun.call("PUT", f"{entry}/like")
        jun.call("POST", f"{entry}/comments", json={"text": "a"})

    assert mina.call("DELETE", first).status_code == 204

    assert mina.call("GET", f"{first}/comments").status_code == 404
    wait_for(lambda: mina.get(second)["comment_count"] == 1)
    (left,) = mina.get(f"{diary}/entries")["items"]
    assert left["id"] == second.rpartition("/")[2]


def test_address_of_nobody_and_a_declined_request_look_pending(service: Service) -> None:
    mina, jun = service.sign_up(), service.sign_up()
    asked = []
    for email in (jun.user["email"], f"nobody.{mina.id}@example.com"):
        body = {"email": email, "diary_name": "우리 둘의 일기"}
        answer = mina.call("POST", "/friend-requests", json=body)
        assert answer.status_code == 201
        asked.append(answer.json())
    assert sorted(asked[0]) == sorted(asked[1])
    (request,) = wait_for(lambda: incoming(jun))
    path = f"/friend-requests/{request['id']}"
    assert jun.call("POST", f"{path}/decline").status_code == 204

    wait_for(lambda: len(mina.get("/friend-requests", box="outgoing")["items"]) == 2)
    listed = mina.get("/friend-requests", box="outgoing")["items"]
    assert listed == asked[::-1]
    for each in asked:
        assert mina.call("DELETE", f"/friend-requests/{each['id']}").status_code == 204
    wait_for(lambda: not mina.get("/friend-requests", box="outgoing")["items"])
    assert incoming(jun) == []


def test_blocking_a_friend_closes_the_diary(service: Service) -> None:
    mina, jun = service.sign_up(), service.sign_up()
    diary = befriended(mina, jun)

    assert mina.call("PUT", f"/me/blocks/{jun.id}").status_code == 204

    for somebody in (mina, jun):
        assert somebody.call("GET", diary).status_code == 404
        assert somebody.get("/diaries")["items"] == []
