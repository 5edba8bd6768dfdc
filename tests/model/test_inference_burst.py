"""Two hundred mixed requests at once, on the running server."""

import io
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from model.serving.answers import picture_answer
from model.serving.drawing import EVENTS, JSON, PNG, WEBP
from tests.model.engines import drawing as usual_drawing
from tests.model.running_server import (
    PATIENCE_SECONDS,
    Answer,
    RunningServer,
    StartServer,
    events_of,
    largest_difference,
)

TOLERANCE = 1
# Of WebP, which is lossy: the mean, to what is drawn alone and compressed as much.
WEBP_TOLERANCE = 3
REQUESTS = 200
CLIENTS = 60
KINDS = 24  # different drawings, of which each is asked for several times
# The server says whole seconds; this much faster, the burst is over sooner and asks more often.
HASTE = 20.0


@dataclass(frozen=True)
class Asked:
    drawing: tuple[tuple[str, Any], ...]
    accept: str
    leaves: bool


def requests() -> list[Asked]:
    chance = random.Random(7)  # noqa: S311 - not for secrets
    drawings = [
        {
            "prompt": chance.choice(["a cat", "a dog", "비 오는 날", "x" * 200]),
            "seed": seed,
            "steps": chance.choice([1, 2, 3, 5, 8]),
            "guidance_scale": chance.choice([0, 1, 3.5, 7.5]),
            "aspect": chance.choice(["1:1", "3:4", "4:3"]),
        }
        | chance.choice([{}, {"negative_prompt": ""}, {"negative_prompt": "night"}])
        for seed in range(0, 10 * KINDS, 10)
    ]
    asked = []
    for _ in range(REQUESTS):
        accept = chance.choice([PNG, WEBP, JSON, EVENTS])
        images = chance.choice([1, 1, 2, 3]) if accept in (JSON, EVENTS) else 1
        drawing = chance.choice(drawings) | {"num_images": images}
        asked.append(Asked(tuple(drawing.items()), accept, leaves=chance.random() < 0.15))
    return asked


def ask(server: RunningServer, asked: Asked) -> Answer | None:
    """None for a client that leaves; the others come back until they are drawn."""
    if asked.leaves:
        connection = server.start_invocation(asked.accept, **dict(asked.drawing))
        threading.Event().wait(random.Random(repr(asked)).uniform(0, 0.3))  # noqa: S311 - as above
        connection.close()
        return None
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        answer = server.invoke(asked.accept, **dict(asked.drawing))
        if answer.status != 503:
            return answer
        assert answer.error_code == "queue_full"
        assert time.monotonic() < deadline, "starved"
        threading.Event().wait(int(answer.headers["retry-after"]) / HASTE)


def images(asked: Asked, answer: Answer) -> list[Image.Image]:
    assert answer.status == 200, answer.body
    if asked.accept == JSON:
        return Answer.images(answer.json())
    if asked.accept == EVENTS:
        name, body = events_of(answer.body)[-1]
        assert name == "picture", body
        return Answer.images(body)
    return [answer.image()]


def test_nothing_is_lost_duplicated_or_starved(start_server: StartServer) -> None:
    server = start_server(MODEL_QUEUE_SIZE="16").wait_until_ready()
    burst = requests()
    drawn_before = server.metric("model_images_total")
    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = list(clients.map(lambda asked: ask(server, asked), burst))
    answered = [pair for pair in zip(burst, answers, strict=True) if pair[1]]
    drawn = [(asked, images(asked, answer)) for asked, answer in answered if answer]
    wanted = sum(dict(asked.drawing)["num_images"] for asked, _ in drawn)
    left = sum(dict(asked.drawing)["num_images"] for asked in burst if asked.leaves)
    assert sum(len(pictures) for _, pictures in drawn) == wanted
    counted = server.metric("model_images_total") - drawn_before
    assert wanted <= counted <= wanted + left
    assert server.metric("model_joins_total") > 0
    assert "drawing_failed" not in server.events()
    assert_as_if_alone(server, drawn)
    assert server.metric("model_waiting") == 0
    server.terminate()
    assert server.exit_code() == 0


def assert_as_if_alone(server: RunningServer, drawn: list[tuple[Asked, list[Image.Image]]]) -> None:
    alone: dict[tuple[Any, ...], Image.Image] = {}
    for asked, pictures in drawn:
        for offset, picture in enumerate(pictures):
            drawing = dict(asked.drawing) | {"num_images": 1}
            drawing["seed"] += offset
            key = tuple(drawing.items())
            if key not in alone:
                alone[key] = server.invoke(**drawing).image()
            if asked.accept == WEBP:
                assert mean_difference(picture, compressed(alone[key])) < WEBP_TOLERANCE, drawing
            else:
                assert largest_difference(picture, alone[key]) <= TOLERANCE, drawing


def compressed(picture: Image.Image) -> Image.Image:
    answer = picture_answer(usual_drawing(), [picture], WEBP, 0.0)
    return Image.open(io.BytesIO(bytes(answer.body))).convert("RGB")


def mean_difference(one: Image.Image, other: Image.Image) -> float:
    return float(np.abs(np.asarray(one).astype(float) - np.asarray(other)).mean())
