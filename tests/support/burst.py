"""Many people who ask for pictures at the same time, and change their minds about some."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Literal

from PIL import Image, ImageChops

from support.service import Person, Service, fetch

Fate = Literal["kept", "cancelled", "deleted"]
# What decides how a picture looks.
Look = tuple[str, str, str | None, int]

# OpenVINO may take over from PyTorch between two pictures (docs/model-server.md).
TOLERANCE = 2
_PROMPTS = ("고양이와 바다", "a dog in the snow", "눈 오는 산", "a red balloon", "밤의 배")
_STYLES = ("none", "crayon", "watercolor", "pencil", "flat")
_ASPECTS = ("1:1", "3:4", "4:3")


@dataclass
class Wish:
    """One picture as its owner was promised it, and what they did about it since."""

    owner: Person
    id: str
    look: Look
    fate: Fate = "kept"

    def cancel(self) -> None:
        """Cancel it, unless it is too late."""
        answer = self.owner.call("POST", f"/pictures/{self.id}/cancel")
        assert answer.status_code in (200, 409), answer.text
        if answer.status_code == 200:
            assert answer.json()["status"] == "cancelled"
            self.fate = "cancelled"

    def delete(self) -> None:
        answer = self.owner.call("DELETE", f"/pictures/{self.id}")
        assert answer.status_code == 204, answer.text
        self.fate = "deleted"


@dataclass
class Burst:
    """Everybody, and all that they asked for."""

    people: list[Person]
    wishes: list[Wish] = field(default_factory=list)

    def ask(self) -> None:
        """Have everybody ask for ten pictures at the same time as the others."""
        with ThreadPoolExecutor(max_workers=len(self.people)) as pool:
            for wishes in pool.map(_ask, self.people, range(len(self.people))):
                self.wishes += wishes

    def of(self, *fates: Fate) -> list[Wish]:
        return [wish for wish in self.wishes if wish.fate in fates]

    def shown(self, person: Person) -> dict[str, dict[str, Any]]:
        """Return somebody's whole gallery, by id."""
        return {each["id"]: each for each in pages(person, "/pictures")}


def gather(service: Service, number: int) -> Burst:
    return Burst([service.sign_up() for _ in range(number)])


def pages(person: Person, path: str) -> Iterator[dict[str, Any]]:
    """Return everything of a list."""
    cursor: str | None = None
    while True:
        query = {"limit": 100} | ({"cursor": cursor} if cursor else {})
        page = person.get(path, **query)
        yield from page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return


def _ask(person: Person, number: int) -> list[Wish]:
    """Ask four times; two people each want five pictures that look the same."""
    pair = number // 2
    orders: list[dict[str, Any]] = [
        {"seed": 1000 * pair, "count": 1},
        {"seed": 1000 * pair + 500, "count": 4, "negative_prompt": "사람" if pair % 2 else None},
        {"count": 3},
        {"count": 2, "negative_prompt": "a blurry drawing" if number % 3 else None},
    ]
    wishes = []
    for turn, order in enumerate(orders):
        style, aspect = _STYLES[(pair + turn) % 5], _ASPECTS[(pair + turn) % 3]
        body = order | {"prompt": _PROMPTS[pair % 5], "style": style, "aspect": aspect}
        answer = person.call("POST", "/pictures", json=body)
        assert answer.status_code == 202, answer.text
        wishes += [Wish(person, each["id"], _look(each)) for each in answer.json()["items"]]
    # While these wait, and most of the others are still being asked for.
    wishes[5].cancel()
    wishes[8].delete()
    return wishes


def _look(picture: dict[str, Any]) -> Look:
    return (
        picture["model_prompt"],
        picture["aspect"],
        picture["negative_prompt"],
        picture["seed"],
    )


def expect_right_pixels(pictures: Iterable[tuple[Look, str]]) -> int:
    """Compare all pictures, given by what they should show and their address.

    Those asked for alike are alike, and all others differ. Returns how many were asked for
    more than once.
    """
    with ThreadPoolExecutor(max_workers=8) as pool:
        seen = list(pool.map(lambda pair: (pair[0], _pixels(pair[1])), pictures))
    alike = 0
    for (look, image), (other_look, other) in combinations(seen, 2):
        if look == other_look:
            assert _difference(image, other) <= TOLERANCE, look
            alike += 1
        elif image.size == other.size:
            assert _difference(image, other) > TOLERANCE, (look, other_look)
    return alike


def _pixels(url: str) -> Image.Image:
    answer = fetch(url)
    assert answer.status_code == 200, url
    image = Image.open(io.BytesIO(answer.content))
    assert image.format == "PNG"
    return image.convert("RGB")


def _difference(one: Image.Image, other: Image.Image) -> int:
    extremes: Any = ImageChops.difference(one, other).getextrema()
    return max(int(highest) for _, highest in extremes)
