"""Pictures through everything that can go wrong at once, in random order."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from deepstory.pictures.entities import Picture
from deepstory.pictures.errors import InvalidTransitionError, RequestNotTakenError
from deepstory.pictures.faults import MODEL_FAILED
from fakes.core import START
from fakes.drawing import PER_DAY, Studio
from fakes.pictures import an_image

STEPS = 60


class Crash(Exception):
    """A Lambda that ends in the middle."""


class Storm:
    """A studio whose calls may crash before or after they took effect."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311  # the same storm for the same seed
        self.studio = Studio()
        self.calm = False
        # What SageMaker holds, and what it has told and may tell again.
        self.requests: list[Picture] = []
        self.told: list[Callable[[], None]] = []
        self.results = 0
        self.ordered: list[Picture] = []
        for owner, names in (
            (self.studio.pictures, ("replace", "get")),
            (self.studio.files, ("keep", "remove")),
            (self.studio.output, ("read", "remove")),
            (self.studio.server_store, ("replace",)),
        ):
            for name in names:
                setattr(owner, name, self.shaken(getattr(owner, name)))
        self.studio.endpoint.send = self.shaken(self.take)  # type: ignore[method-assign]  # for this test

    def shaken(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def shaken(*args: Any, **kwargs: Any) -> Any:
            if not self.calm and self.random.random() < 0.04:
                raise Crash
            result = call(*args, **kwargs)
            if not self.calm and self.random.random() < 0.04:
                raise Crash
            return result

        return shaken

    def take(self, picture: Picture) -> None:
        if not self.calm and self.random.random() < 0.1:
            raise RequestNotTakenError
        self.requests.append(replace(picture, created_at=self.studio.clock.now()))

    def step(self) -> None:
        answers = [self.answer, self.answer, self.repeat]
        act = self.random.choice(
            [
                self.order,
                self.announce,
                self.schedule,
                *answers,
                self.wait,
                self.cancel,
                self.switch,
            ]
        )
        try:
            act()
        except Crash:
            pass
        except InvalidTransitionError:
            assert act == self.cancel

    def order(self) -> None:
        if len(self.ordered) < PER_DAY:
            self.ordered.append(self.studio.order())

    def announce(self) -> None:
        if self.ordered:
            self.studio.dispatch(self.random.choice(self.ordered))

    def schedule(self) -> None:
        self.studio.operations.describe()
        self.studio.dispatcher.dispatch_due(time_limit=self.studio.clock.now() - START)

    def answer(self) -> None:
        """Have SageMaker finish its oldest request, well or badly."""
        if not self.requests:
            return
        request = self.requests.pop(0)
        received_at = request.created_at
        if not self.calm and self.random.random() < 0.1:
            self.tell(lambda: self.studio.fail(request, MODEL_FAILED, received_at=received_at))
            return
        self.results += 1
        location = f"result-{self.results}"
        self.studio.output.objects[location] = an_image(color=f"#{request.seed % 255:02x}0000")
        self.tell(
            lambda: self.studio.finisher.complete(
                picture_id=request.picture_id,
                location=location,
                received_at=received_at,
                finished_at=self.studio.clock.now(),
            )
        )

    def tell(self, message: Callable[[], None]) -> None:
        self.told.append(message)
        message()

    def repeat(self) -> None:
        if self.told:
            self.random.choice(self.told)()

    def wait(self) -> None:
        self.studio.clock.advance(seconds=self.random.choice([1, 30, 61]))

    def cancel(self) -> None:
        if self.ordered and self.random.random() < 0.3:
            picture = self.random.choice(self.ordered)
            self.studio.service.cancel(picture_id=picture.picture_id, owner_id=self.studio.user_id)

    def switch(self) -> None:
        self.studio.switch(self.random.choice(["off", "auto", "on"]))

    def calm_down(self) -> None:
        """Let everything work, and every message come that has not been taken."""
        self.calm = True
        self.studio.switch("auto")
        for message in self.told:
            message()
        for _ in range(10):
            self.studio.clock.advance(minutes=40)
            self.studio.dispatcher.dispatch_due(time_limit=self.studio.clock.now() - START)
            while self.requests:
                self.answer()


@given(st.integers(min_value=0, max_value=2**32))
def test_every_picture_is_drawn_once_or_given_up_and_nothing_is_left_over(seed: int) -> None:
    storm = Storm(seed)
    for _ in range(STEPS):
        storm.step()
    storm.calm_down()

    studio = storm.studio
    stored = [studio.stored(picture) for picture in storm.ordered]
    assert {picture.status for picture in stored} <= {"ready", "cancelled", "failed"}
    ready = [picture for picture in stored if picture.status == "ready"]
    keys = {key for picture in ready for key in (picture.image_key, picture.thumbnail_key)}
    assert set(studio.files.objects) == keys
    assert studio.output.objects == {}
    assert studio.pictures.queued_ids("waiting", limit=9) == []
    assert studio.pictures.queued_ids("sent", limit=9) == []
    cancelled = sum(picture.status == "cancelled" for picture in stored)
    used = sum(studio.limits.used(quota) for quota in {picture.quota for picture in stored})
    assert len(stored) - cancelled <= used <= len(stored)
