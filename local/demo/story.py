"""The demonstration: two people sign up, write, have pictures drawn, post and like."""

from __future__ import annotations

import secrets
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.demo.bar import Bar
from local.demo.client import Client, DemoError, download
from local.demo.entries import ENTRIES, Entry

_DRAWING_SECONDS = 900.0
_COUNTING_SECONDS = 30.0
_POLL_SECONDS = 0.5
_SUFFIXES = {"image/png": ".png", "image/webp": ".webp", "image/jpeg": ".jpg"}
_UNDRAWN = ("failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has signed up, and the entry they write."""

    client: Client
    entry: Entry


def tell(url: str, pictures: Path) -> None:
    """Play the whole story against the service; DemoError where it stops.

    The pictures are saved in ``pictures``.
    """
    nobody = Client(url)
    _say("Two people sign up")
    people = [_sign_up(nobody, entry) for entry in ENTRIES]
    _say("Both write an entry and ask for its picture")
    waiting = [(person, _ask_for_picture(person)) for person in people]
    _say("The pictures develop")
    drawn = [(person, _wait(person, picture)) for person, picture in waiting]
    pictures.mkdir(parents=True, exist_ok=True)
    for person, picture in drawn:
        name = f"{person.entry.language}-{picture['id']}"
        print(f"  saved {_save(picture, pictures / name)}")
    _say("Both post their entry, and each likes the other's")
    posts = [_post(person, picture) for person, picture in drawn]
    for person, post in zip(people, reversed(posts), strict=True):
        person.client.call("PUT", f"/posts/{post['id']}/like")
        print(f"  {person.entry.author} likes “{post['title']}”")
    _say("The most liked posts of today")
    _show_top(_counted(nobody, [post["id"] for post in posts]))


def _say(text: str) -> None:
    print(f"\n{text}")
    sys.stdout.flush()


def _sign_up(nobody: Client, entry: Entry) -> Person:
    signed_up = nobody.call(
        "POST",
        "/auth/signup",
        {
            "email": f"demo-{secrets.token_hex(6)}@deepstory.local",
            "password": secrets.token_urlsafe(12),
            "name": entry.author,
            "birth_date": "1995-05-05",
            "gender": "undisclosed",
            "language": entry.language,
        },
    )
    print(f"  {entry.author} · {signed_up['user']['email']}")
    return Person(Client(nobody.url, signed_up["access_token"]), entry)


def _ask_for_picture(person: Person) -> dict[str, Any]:
    entry = person.entry
    wanted = {"prompt": entry.text, "style": entry.style, "aspect": "1:1"}
    picture: dict[str, Any] = person.client.call("POST", "/pictures", wanted)["items"][0]
    print(f"  {entry.author} · {entry.title} · the model is told: {picture['model_prompt']}")
    return picture


def _wait(person: Person, picture: dict[str, Any]) -> dict[str, Any]:
    bar = Bar(person.entry.title)
    deadline = time.monotonic() + _DRAWING_SECONDS
    try:
        while True:
            picture = person.client.call("GET", f"/pictures/{picture['id']}")
            bar.show(picture)
            if picture["status"] == "ready":
                return picture
            if picture["status"] in _UNDRAWN:
                raise DemoError(f"The picture {picture['status']}: {picture.get('error')}")
            if time.monotonic() > deadline:
                raise DemoError(
                    "The picture is still not drawn. Is the model server switched off "
                    "(GET /api/v1/admin/model)?"
                )
            time.sleep(_POLL_SECONDS)
    finally:
        bar.end()


def _save(picture: dict[str, Any], path: Path) -> Path:
    content, media_type = download(picture["url"])
    path = path.with_suffix(_SUFFIXES.get(media_type, ".bin"))
    path.write_bytes(content)
    return path


def _post(person: Person, picture: dict[str, Any]) -> dict[str, Any]:
    entry = person.entry
    post: dict[str, Any] = person.client.call(
        "POST",
        "/posts",
        {
            "title": entry.title,
            "text": entry.text,
            "picture_id": picture["id"],
            "weather": entry.weather,
            "mood": entry.mood,
            "tags": list(entry.tags),
            "visibility": "public",
        },
    )
    print(f"  {entry.author} posts “{post['title']}”")
    return post


def _counted(nobody: Client, ours: list[str]) -> list[dict[str, Any]]:
    """Return the top list once it counts our likes: counts follow a moment after the like."""
    deadline = time.monotonic() + _COUNTING_SECONDS
    while True:
        counts = [nobody.call("GET", f"/posts/{post_id}")["like_count"] for post_id in ours]
        if all(count > 0 for count in counts):
            # Asked for only now: a list from before the last count would still show none.
            query = {"sort": "top", "period": "day", "limit": "10"}
            top: list[dict[str, Any]] = nobody.call("GET", "/posts", query=query)["items"]
            return top
        if time.monotonic() > deadline:
            raise DemoError("The likes are not counted yet. Is the embedded cloud busy?")
        time.sleep(_POLL_SECONDS)


def _show_top(posts: list[dict[str, Any]]) -> None:
    for place, post in enumerate(posts, start=1):
        likes = post["like_count"]
        print(f"  {place:>2}. {likes:>3} ♥  “{post['title']}” by {post['author']['name']}")
