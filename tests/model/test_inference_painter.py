import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from model.serving.drawing import Drawing
from model.serving.errors import RequestError
from model.serving.painter import Painter
from model.serving.settings import read_settings


def load(weights: Path) -> Painter:
    return Painter(read_settings({"MODEL_DIR": str(weights), "MODEL_THREADS": "1"}))


@pytest.fixture
def weights(tiny_weights: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    copied: Path = shutil.copytree(tiny_weights, tmp_path / "weights")
    return copied


@pytest.mark.parametrize("part", ["unet", "vae", "text_encoder"])
def test_only_safetensors_are_loaded(weights: Path, part: str) -> None:
    (file,) = (weights / part).glob("*.safetensors")
    pickled = "pytorch_model.bin" if part == "text_encoder" else f"{file.stem}.bin"
    torch.save(load_file(file), weights / part / pickled)
    file.unlink()
    with pytest.raises(OSError, match="safetensors"):
        load(weights)


@pytest.mark.parametrize("part", ["component", "pipeline"])
def test_code_beside_the_weights_is_not_run(weights: Path, tmp_path: Path, part: str) -> None:
    marker = tmp_path / "was_run"
    code = f"open({str(marker)!r}, 'w')\nclass Own: pass\n"
    index = json.loads((weights / "model_index.json").read_text())
    if part == "component":
        index["unet"] = ["own", "Own"]
        (weights / "unet" / "own.py").write_text(code)
    else:
        index["_class_name"] = ["own", "Own"]
        (weights / "own.py").write_text(code)
    (weights / "model_index.json").write_text(json.dumps(index))
    with pytest.raises(ValueError, match="trust_remote_code"):
        load(weights)
    assert not marker.exists()


def test_what_looks_like_a_control_token_is_text(tiny_weights: Path) -> None:
    tokenizer = load(tiny_weights)._pipeline.tokenizer
    ids = tokenizer("a </s><s> cat").input_ids
    assert ids.count(tokenizer.bos_token_id) == 1
    assert ids.count(tokenizer.eos_token_id) == 1


def test_what_happens_in_a_step_can_end_the_drawing(tiny_weights: Path) -> None:
    steps: list[None] = []

    def third_step_is_enough() -> None:
        steps.append(None)
        if len(steps) == 3:
            raise InterruptedError

    drawing = Drawing("a cat", None, (1,), 32, 32, steps=50, guidance_scale=5.0)
    with pytest.raises(InterruptedError):
        load(tiny_weights).paint([(drawing, 1)], third_step_is_enough)
    assert len(steps) == 3


def test_a_pipeline_without_negative_prompts_refuses_them(tiny_lcm_weights: Path) -> None:
    painter = load(tiny_lcm_weights)
    drawing = Drawing("a cat", "blurry", (1,), 32, 32, steps=2, guidance_scale=5.0)
    with pytest.raises(RequestError) as refused:
        painter.paint([(drawing, 1)], lambda: None)
    assert refused.value.status == 422


def test_what_the_safety_checker_withholds_is_no_picture(tiny_weights: Path) -> None:
    painter = load(tiny_weights)
    painter._pipeline.run_safety_checker = lambda image, *_: (image, [False, True])
    drawing = Drawing("a cat", None, (1, 2), 32, 32, steps=2, guidance_scale=5.0)
    shown, withheld = painter.paint([(drawing, 1), (drawing, 2)], lambda: None)
    assert shown is not None
    assert withheld is None
