"""The bundled weights: complete, small, loadable offline, and obeying their seed."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline
from safetensors import safe_open

from model.training.scenes import STYLES

WEIGHTS = Path(__file__).parents[2] / "model/weights"
SETTINGS = json.loads((WEIGHTS / "deepstory.json").read_text("utf-8"))
MEGABYTE = 2**20

# diffusers' own samplers hand torch tensors to numpy the old way.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(scope="module")
def pipeline() -> StableDiffusionPipeline:
    loaded = StableDiffusionPipeline.from_pretrained(
        WEIGHTS, dtype=torch.float32, local_files_only=True
    )
    loaded.set_progress_bar_config(disable=True)
    return loaded


def draw(pipeline: StableDiffusionPipeline, prompt: str, seed: int = 1) -> np.ndarray:
    width, height = SETTINGS["sizes"]["1:1"]
    picture = pipeline(
        prompt,
        width=width,
        height=height,
        num_inference_steps=SETTINGS["default_steps"],
        guidance_scale=SETTINGS["default_guidance_scale"],
        generator=torch.Generator().manual_seed(seed),
    ).images[0]
    return np.asarray(picture).astype(int)


def test_files_are_small_safe_and_in_half_precision() -> None:
    files = [path for path in WEIGHTS.rglob("*") if path.is_file()]
    assert max(file.stat().st_size for file in files) <= 16 * MEGABYTE
    assert sum(file.stat().st_size for file in files) <= 56 * MEGABYTE
    assert {file.suffix for file in files} == {".safetensors", ".json", ".md"}
    for file in WEIGHTS.rglob("*.safetensors"):
        with safe_open(file, "pt") as tensors:
            assert {tensors.get_slice(name).get_dtype() for name in tensors.keys()} == {"F16"}  # noqa: SIM118  # no mapping


def test_settings_name_the_styles_and_shapes_of_the_service() -> None:
    assert set(SETTINGS["sizes"]) == {"1:1", "3:4", "4:3"}
    assert SETTINGS["styles"] == list(STYLES)
    assert SETTINGS["languages"] == ["ko", "en"]
    assert SETTINGS["concepts"] >= 24


def test_needs_no_safety_checker_and_no_feature_extractor() -> None:
    index = json.loads((WEIGHTS / "model_index.json").read_text("utf-8"))
    assert index["safety_checker"] == [None, None]
    assert index["feature_extractor"] == [None, None]


def test_same_seed_draws_the_same_picture_and_another_seed_another(
    pipeline: StableDiffusionPipeline,
) -> None:
    first, again, other = (draw(pipeline, "a cat at the beach", seed) for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def test_words_decide_the_colours(pipeline: StableDiffusionPipeline) -> None:
    day = draw(pipeline, "맑은 날 공원에 있는 사과, 플랫 일러스트")
    night = draw(pipeline, "밤, 숲에 있는 사과, 플랫 일러스트")
    sky = slice(len(day) // 4)
    assert day[sky].mean() > night[sky].mean() + 40
    grey = draw(pipeline, "a cat in the park, pencil drawing")
    assert (grey.max(axis=2) - grey.min(axis=2)).mean() < 20


@pytest.mark.parametrize("prompt", ["", "🎈" * 200, "zxqv brnt", "알 수 없는 뷁뒑쉛"])
def test_empty_long_and_unknown_prompts_still_draw(
    pipeline: StableDiffusionPipeline, prompt: str
) -> None:
    assert draw(pipeline, prompt).std() > 10
