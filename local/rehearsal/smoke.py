"""The smoke suite: what people do with the service, over HTTP, and what must be there later."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local.demo.client import Client, DemoError, download

_SECONDS = 600.0
_POLL_SECONDS = 0.3
_PNG = b"\x89PNG\r\n\x1a\n"
_ADMIN = "admin@deepstory.local"


class SmokeError(Exception):
    """One line: what the service should have done and did not."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What the suite left in the service: everything must outlive an update."""

    writer: Client
    friend: Client
    admin: Client
    picture_id: str
    picture: bytes
    post_id: str
    secret_entry: str


def play(url: str, admin_password: str) -> Traces:
    """Let two people and the administrator use everything that matters."""
    nobody = Client(url)
    writer, friend = _sign_up(nobody, "미나"), _sign_up(nobody, "Robin")
    admin = _log_in(nobody, _ADMIN, admin_password)
    picture_id = _draw(writer, "오늘은 바닷가에서 돛단배를 봤다.")
    picture = drawn(writer, picture_id)
    post_id = _post(writer, picture_id)
    friend.call("PUT", f"/posts/{post_id}/like")
    until("the like is counted", lambda: likes(nobody, post_id) == 1)
    secret_entry = _secret_entry(writer, friend)
    _expect_refused(admin, f"GET {secret_entry}", lambda: admin.call("GET", secret_entry))
    _switch_model_off_and_on(admin, writer)
    return Traces(writer, friend, admin, picture_id, picture, post_id, secret_entry)


def look_again(traces: Traces) -> None:
    """Check that everything is as it was left, and that the service takes more."""
    if drawn(traces.writer, traces.picture_id) != traces.picture:
        raise SmokeError("The picture is no longer the one that was drawn.")
    if likes(traces.friend, traces.post_id) != 1:
        raise SmokeError("The like was lost.")
    if traces.friend.call("GET", traces.secret_entry)["text"] != "우리만 아는 이야기.":
        raise SmokeError("The secret entry is no longer what was written.")
    traces.friend.call("DELETE", f"/posts/{traces.post_id}/like")
    until("the unlike is counted", lambda: likes(traces.writer, traces.post_id) == 0)
    traces.friend.call("PUT", f"/posts/{traces.post_id}/like")
    until("the like is counted", lambda: likes(traces.writer, traces.post_id) == 1)
    drawn(traces.friend, _draw(traces.friend, "a cat in the park"))


def _sign_up(nobody: Client, name: str) -> Client:
    body = {
        "email": f"rehearsal-{secrets.token_hex(6)}@deepstory.example",
        "password": secrets.token_urlsafe(12),
        "name": name,
        "birth_date": "1995-05-05",
        "gender": "undisclosed",
    }
    return Client(nobody.url, nobody.call("POST", "/auth/signup", body)["access_token"])


def _log_in(nobody: Client, email: str, password: str) -> Client:
    body = {"email": email, "password": password}
    return Client(nobody.url, nobody.call("POST", "/auth/login", body)["access_token"])


def _draw(person: Client, prompt: str) -> str:
    body = {"prompt": prompt, "style": "crayon", "aspect": "1:1"}
    return str(person.call("POST", "/pictures", body)["items"][0]["id"])


def drawn(person: Client, picture_id: str) -> bytes:
    """Wait for the picture and return the file that people get."""

    def ready() -> dict[str, Any] | None:
        picture: dict[str, Any] = person.call("GET", f"/pictures/{picture_id}")
        if picture["status"] in ("failed", "cancelled"):
            raise SmokeError(f"The picture {picture['status']}: {picture.get('error')}")
        return picture if picture["status"] == "ready" else None

    content, _ = download(until("the picture is drawn", ready)["url"])
    if not content.startswith(_PNG):
        raise SmokeError("What lies at the picture's address is no PNG.")
    return content


def _post(person: Client, picture_id: str) -> str:
    body = {
        "title": "바닷가의 돛단배",
        "text": "오늘은 바닷가에서 돛단배를 봤다.",
        "picture_id": picture_id,
        "weather": "sunny",
        "mood": "happy",
        "visibility": "public",
    }
    return str(person.call("POST", "/posts", body)["id"])


def likes(person: Client, post_id: str) -> int:
    """Return how many likes a post has, as somebody reads it."""
    return int(person.call("GET", f"/posts/{post_id}")["like_count"])


def _secret_entry(writer: Client, friend: Client) -> str:
    """Make the two secret friends; return the path of an entry that the other one has read."""
    body = {"user_id": friend.call("GET", "/me")["id"], "diary_name": "우리 둘의 일기"}
    request_id = writer.call("POST", "/friend-requests", body)["id"]
    accepted = friend.call("POST", f"/friend-requests/{request_id}/accept")
    entries = f"/diaries/{accepted['diary']['id']}/entries"
    entry = {"title": "비밀", "text": "우리만 아는 이야기."}
    path = f"{entries}/{writer.call('POST', entries, entry)['id']}"
    if friend.call("GET", path)["text"] != entry["text"]:
        raise SmokeError("The friend does not read what was written.")
    return path


def _switch_model_off_and_on(admin: Client, writer: Client) -> None:
    """See that a picture waits while the model is off, and is drawn once it is on."""
    admin.call("PUT", "/admin/model", {"mode": "off"})
    until("the model is off", lambda: _model(admin) == "off")
    picture_id = _draw(writer, "눈 오는 산")
    if writer.call("GET", f"/pictures/{picture_id}")["status"] != "waiting":
        raise SmokeError("A picture did not wait for a model that is off.")
    admin.call("PUT", "/admin/model", {"mode": "on"})
    drawn(writer, picture_id)
    until("the model is ready", lambda: _model(admin) == "ready")
    admin.call("PUT", "/admin/model", {"mode": "auto"})


def _model(admin: Client) -> str:
    return str(admin.call("GET", "/admin/model")["state"])


def _expect_refused(who: Client, what: str, call: Callable[[], object]) -> None:
    try:
        call()
    except DemoError as error:
        if " answered 404" in str(error):
            return
        raise
    raise SmokeError(f"{what} was answered to somebody who has no business with it ({who.url}).")


def until(what: str, look: Callable[[], Any]) -> Any:
    """Look until there is something to see, and return it."""
    deadline = time.monotonic() + _SECONDS
    while True:
        if seen := look():
            return seen
        if time.monotonic() > deadline:
            raise SmokeError(f"After {_SECONDS:.0f} s it is still not so that {what}.")
        time.sleep(_POLL_SECONDS)
