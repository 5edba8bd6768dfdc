"""Twenty power cuts during writes: what was acknowledged is there, nothing is half there."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Event, Thread

import httpx
import pytest

from support.service import PASSWORD, Person, Service, wait_for
from support.stored import table

CUTS = 20
WRITES_BETWEEN_CUTS = 12
# Starting the model takes longer than everything else; the last cuts meet it at work.
CUTS_WITH_MODEL = 3
LAST_WAIT_SECONDS = 600.0


@dataclass
class Ledger:
    """What the service acknowledged, as its clients remember it."""

    posts: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, Person] = field(default_factory=dict)
    emails: set[str] = field(default_factory=set)
    unanswered_emails: set[str] = field(default_factory=set)
    likes: dict[tuple[str, str], bool] = field(default_factory=dict)
    unanswered_likes: set[tuple[str, str]] = field(default_factory=set)
    writes: int = 0


@dataclass
class Writer:
    """One client that writes until the power goes, then waits for the next round."""

    person: Person
    ledger: Ledger
    dice: random.Random
    target: str

    def run(self, stop: Event) -> None:
        while not stop.is_set():
            try:
                self.write()
            except httpx.TransportError:
                return
            self.ledger.writes += 1

    def write(self) -> None:
        kind = self.dice.choice(["post", "like", "like", "sign up", "picture"])
        {"post": self.post, "like": self.like, "sign up": self.sign_up, "picture": self.draw}[
            kind
        ]()

    def post(self) -> None:
        title = f"글 {self.dice.random()}"
        answer = self.person.call("POST", "/posts", json={"title": title, "text": "오늘"})
        if answer.status_code == 201:
            self.ledger.posts[answer.json()["id"]] = title

    def like(self) -> None:
        key = (self.target, self.person.id)
        method = self.dice.choice(["PUT", "DELETE"])
        self.ledger.unanswered_likes.add(key)
        answer = self.person.call(method, f"/posts/{self.target}/like")
        if answer.status_code == 200:
            self.ledger.likes[key] = method == "PUT"
            self.ledger.unanswered_likes.discard(key)

    def sign_up(self) -> None:
        email = f"cut{self.dice.random()}@example.com"
        body = {
            "email": email,
            "password": PASSWORD,
            "name": "새 사람",
            "birth_date": "2001-02-03",
            "gender": "female",
        }
        self.ledger.unanswered_emails.add(email)
        with self.person.service.client() as client:
            answer = client.post("/auth/signup", json=body)
        if answer.status_code == 201:
            self.ledger.emails.add(email)
            self.ledger.unanswered_emails.discard(email)

    def draw(self) -> None:
        answer = self.person.call("POST", "/pictures", json={"prompt": "a cat"})
        if answer.status_code == 202:
            for picture in answer.json()["items"]:
                self.ledger.pictures[picture["id"]] = self.person


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    running = Service(tmp_path_factory.mktemp("cuts"))
    try:
        yield running.start()
    finally:
        running.kill_everything()


def test_twenty_power_cuts_lose_nothing(home: Service) -> None:
    ledger, dice = Ledger(), random.Random(20)  # noqa: S311  # repeatable dice
    author = home.sign_up()
    target = author.post()["id"]
    people = [home.sign_up() for _ in range(4)]
    home.admin().call("PUT", "/admin/model", json={"mode": "off"})

    for cut in range(CUTS):
        if cut == CUTS - CUTS_WITH_MODEL:
            home.admin().call("PUT", "/admin/model", json={"mode": "auto"})
        people = [logged_in(person) for person in people]
        write_until_the_power_goes(home, [Writer(each, ledger, dice, target) for each in people])
        home.start()

    author = logged_in(author)
    expect_everything_acknowledged(home, author, [logged_in(each) for each in people], ledger)
    expect_nothing_half_applied(home, ledger)
    expect_exact_counts(home, author, target)


def write_until_the_power_goes(home: Service, writers: list[Writer]) -> None:
    stop = Event()
    threads = [Thread(target=writer.run, args=[stop]) for writer in writers]
    goal = writers[0].ledger.writes + WRITES_BETWEEN_CUTS
    for thread in threads:
        thread.start()
    wait_for(lambda: writers[0].ledger.writes >= goal)
    home.kill_everything()
    stop.set()
    for thread in threads:
        thread.join()


def logged_in(person: Person) -> Person:
    """Log in again: a long test outlives its tokens."""
    body = {"email": person.user["email"], "password": PASSWORD, "token_delivery": "body"}
    with person.service.client() as client:
        session = client.post("/auth/login", json=body).json()
    return Person(person.service, person.user, session["access_token"], session["refresh_token"])


def expect_everything_acknowledged(
    home: Service, author: Person, people: list[Person], ledger: Ledger
) -> None:
    assert len(ledger.posts) > CUTS
    owned = {post_id: title for each in people for post_id, title in own_posts(each).items()}
    assert {post_id: owned.get(post_id) for post_id in ledger.posts} == ledger.posts
    for email in ledger.emails:
        with home.client() as client:
            answer = client.post("/auth/login", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 200, email
    by_id = {person.id: person for person in people}
    for (post_id, user_id), liked in ledger.likes.items():
        if (post_id, user_id) not in ledger.unanswered_likes:
            assert by_id[user_id].get(f"/posts/{post_id}")["liked"] is liked

    def undrawn() -> list[str]:
        return [
            picture_id
            for picture_id, person in ledger.pictures.items()
            if by_id[person.id].get(f"/pictures/{picture_id}")["status"] != "ready"
        ]

    assert ledger.pictures
    wait_for(lambda: not undrawn(), seconds=LAST_WAIT_SECONDS)


def own_posts(person: Person) -> dict[str, str]:
    posts: dict[str, str] = {}
    cursor: str | None = None
    while True:
        query = {"limit": 100} | ({"cursor": cursor} if cursor else {})
        page = person.get("/me/posts", **query)
        posts |= {post["id"]: post["title"] for post in page["items"]}
        cursor = page["next_cursor"]
        if cursor is None:
            return posts


def expect_nothing_half_applied(home: Service, ledger: Ledger) -> None:
    users = {item["user_id"]: item for item in table(home, "Users")}
    guards = {item["email"]: item["user_id"] for item in table(home, "Emails")}
    assert guards == {item["email"]: user_id for user_id, item in users.items()}
    assert ledger.emails <= set(guards)

    pictures = Counter(
        item["owner_id"] for item in table(home, "Pictures") if item["status"] != "cancelled"
    )
    quotas = Counter[str]()
    for item in table(home, "Limits"):
        parts = item["key"].split("#")
        if parts[0] == "pictures":
            quotas[next(part for part in parts if part in users)] += int(item["used"])
    assert pictures == quotas


def expect_exact_counts(home: Service, author: Person, target: str) -> None:
    def counted() -> bool:
        likes = sum(1 for item in table(home, "Likes") if item["post_id"] == target)
        return bool(author.get(f"/posts/{target}")["like_count"] == likes)

    wait_for(counted)
