"""The real server with the weights of this repository, as `make run` starts it."""

import json
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from model.serving.settings import BUNDLED_WEIGHTS
from model.training.captions import words
from tests.model.running_server import RunningServer, StartServer, largest_difference, until

SETTINGS = json.loads((BUNDLED_WEIGHTS / "deepstory.json").read_text("utf-8"))
# Batches of other sizes sum in another order; what is left of that after all steps, of 255.
TOLERANCE = 2
MEGABYTES = 1536
CAT: dict[str, Any] = {"prompt": "a cat in the park, sunny, flat illustration", "seed": 3}
STYLES = {language: tuple(phrases.values()) for language, phrases in words()["style"].items()}
SCENES = {"en": "an apple in the park", "ko": "공원에 있는 사과"}
UNKNOWN = [
    "zxqv brnt",
    "알 수 없는 뷁뒑쉛",
    "🫨🫥🛸",
    "مرحبا بالعالم",
    "</s><pad> <unk>",
    "?",
    "x" * 2000,
]


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Without MODEL_DIR, as nobody has to say where the weights are; already drawing fast."""
    folder = tmp_path_factory.mktemp("bundled")
    cache = str(folder / "graphs")
    running = RunningServer(
        Path(), folder, MODEL_DIR="", MODEL_RUNTIME="auto", MODEL_CACHE_DIR=cache
    )
    try:
        running.wait_until_ready()
        until(lambda: "runtime_ready" in running.log())
        yield running
    finally:
        running.close()


def pixels(image: Image.Image) -> NDArray[np.float64]:
    return np.asarray(image).astype(np.float64)


def draw(server: RunningServer, **parameters: Any) -> NDArray[np.float64]:
    return pixels(server.invoke(**parameters).image())


def roughness(picture: NDArray[np.float64]) -> float:
    """How much neighbouring pixels differ, which is far more in noise than in a scene."""
    return float(np.abs(np.diff(picture, axis=0)).mean() + np.abs(np.diff(picture, axis=1)).mean())


@pytest.mark.parametrize("aspect", ["1:1", "3:4", "4:3"])
def test_every_aspect_has_its_size(bundled: RunningServer, aspect: str) -> None:
    image = bundled.invoke(**CAT, aspect=aspect).image()
    assert list(image.size) == SETTINGS["sizes"][aspect]
    assert pixels(image).std() > 10


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_style_looks_different(bundled: RunningServer, language: str) -> None:
    pictures = [
        draw(bundled, prompt=f"{SCENES[language]}, {style}", seed=5) for style in STYLES[language]
    ]
    for one, other in combinations(pictures, 2):
        assert np.abs(one - other).mean() > 5
    colours = [(picture.max(axis=2) - picture.min(axis=2)).mean() for picture in pictures]
    pencil = list(words()["style"][language]).index("pencil")
    assert min(colours) == colours[pencil] < 20


def test_a_seed_repeats_its_picture_and_others_draw_others(bundled: RunningServer) -> None:
    first, again = (bundled.invoke(**CAT).body for _ in range(2))
    assert first == again
    assert np.abs(draw(bundled, **CAT) - draw(bundled, **CAT | {"seed": 4})).mean() > 5


def test_variants_are_different_and_each_the_picture_of_its_seed(bundled: RunningServer) -> None:
    variants = bundled.invoke_images(**CAT, num_images=4)
    for one, other in combinations(variants, 2):
        assert np.abs(pixels(one) - pixels(other)).mean() > 5
    for index, variant in enumerate(variants):
        alone = bundled.invoke(**CAT | {"seed": CAT["seed"] + index}).image()
        assert largest_difference(variant, alone) <= TOLERANCE


def test_strangers_in_a_batch_do_not_change_a_picture(
    bundled: RunningServer, start_server: StartServer
) -> None:
    """Nor does the runtime: the other server's is PyTorch."""
    prompts = [CAT["prompt"], "밤, 숲에 있는 사과", "zxqv brnt", "눈 오는 날 학교"]
    alone = [bundled.invoke(prompt=prompt, seed=9).image() for prompt in prompts]
    held = start_server(Path(), MODEL_DIR="", FAULTY="yes").wait_until_ready()
    held.hold()
    held.invoke_later(prompt="in the way", steps=1)
    until(lambda: held.metric("model_step_images_count") == 1)
    together = [held.invoke_later(prompt=prompt, seed=9) for prompt in prompts]
    until(lambda: held.metric("model_waiting") == len(prompts))
    held.release()
    for picture, answer in zip(alone, together, strict=True):
        assert largest_difference(answer.result().image(), picture) <= TOLERANCE
    assert held.metric("model_step_images_count") == 1 + SETTINGS["default_steps"]


def test_a_negative_prompt_leads_away_from_what_it_names(bundled: RunningServer) -> None:
    scene = {"prompt": "사과, 플랫 일러스트", "guidance_scale": 4}
    seeds = range(3)
    day, night = (
        np.mean([draw(bundled, **scene, seed=seed, negative_prompt=text).mean() for seed in seeds])
        for text in ("밤", "맑은 날")
    )
    assert day > night


def test_unknown_words_give_a_scene_and_not_one_for_all(bundled: RunningServer) -> None:
    known = [draw(bundled, prompt=SCENES["en"], seed=seed) for seed in range(3)]
    pictures = [draw(bundled, prompt=prompt, seed=1) for prompt in UNKNOWN]
    for picture in pictures:
        assert picture.std() > 10
        assert roughness(picture) < 2 * max(roughness(each) for each in known)
    assert len({picture.tobytes() for picture in pictures}) == len(pictures)
    other_seed = draw(bundled, prompt=UNKNOWN[0], seed=2)
    assert np.abs(pictures[0] - other_seed).mean() > 5


@pytest.mark.parametrize("size", [(16, 16), (16, 128), (24, 40), (88, 120), (128, 8 * 13)])
def test_any_allowed_size_is_drawn(bundled: RunningServer, size: tuple[int, int]) -> None:
    width, height = size
    image = bundled.invoke(**CAT, width=width, height=height, steps=2).image()
    assert image.size == size


LARGE = max(side for size in SETTINGS["sizes"].values() for side in size)
REFUSED: list[tuple[int, str, bytes]] = [
    (422, "invalid_value", b"{}"),
    (422, "invalid_value", b'{"prompt": ""}'),
    (422, "invalid_value", b'{"prompt": " \\n "}'),
    (422, "invalid_value", '{"prompt": "\u200b\u3164"}'.encode()),
    (422, "invalid_value", b'{"prompt": "\\u0000 cat"}'),
    (422, "invalid_value", b'{"prompt": "\\u001b[2J"}'),
    (422, "invalid_value", b'{"prompt": "\\ud83c"}'),
    (422, "invalid_value", b'{"prompt": ["a cat"]}'),
    (422, "invalid_value", b'{"prompt": {"$ne": ""}}'),
    (422, "invalid_value", b'{"prompt": 1e400}'),
    (422, "invalid_value", b'{"prompt": "' + b"x" * 2001 + b'"}'),
    (413, "too_large", b'{"prompt": "' + b"x" * 100_000 + b'"}'),
    (400, "malformed_json", b'{"prompt": "\xff\xfe"}'),
    (400, "malformed_json", b'{"prompt": "a cat", "guidance_scale": NaN}'),
    (422, "invalid_value", b'{"prompt": "a cat", "guidance_scale": 1e999}'),
    (422, "invalid_value", b'{"prompt": "a cat", "guidance_scale": "NaN"}'),
    (422, "invalid_value", b'{"prompt": "a cat", "width": 100000, "height": 100000}'),
    (422, "invalid_value", f'{{"prompt": "a", "width": {LARGE + 8}, "height": 16}}'.encode()),
    (422, "invalid_value", b'{"prompt": "a cat", "aspect": "16:9"}'),
    (422, "invalid_value", b'{"prompt": "a cat", "steps": 1000000}'),
    (422, "invalid_value", b'{"prompt": "a cat", "num_images": 1000}'),
    (422, "invalid_value", b'{"prompt": "a cat", "seed": -1}'),
    (422, "invalid_value", b'{"prompt": "a cat", "negative_prompt": null}'),
]


@pytest.mark.parametrize(("status", "code", "body"), REFUSED, ids=lambda value: ascii(value)[:60])
def test_hostile_input_gets_a_typed_error(
    bundled: RunningServer, status: int, code: str, body: bytes
) -> None:
    answer = bundled.invoke_raw(body)
    assert (answer.status, answer.error_code) == (status, code)


def test_memory_stays_bounded_whatever_was_asked(bundled: RunningServer) -> None:
    """The last of this module: after all the sizes and batches above, and the largest one."""
    bundled.invoke_images(**CAT, num_images=4, width=LARGE, height=LARGE)
    status = Path(f"/proc/{bundled.process.pid}/status").read_text("utf-8")
    (peak,) = [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")]
    assert peak / 1024 < MEGABYTES
    assert bundled.metric("model_fast_runtime") == 1
    assert bundled.ping() == 200
