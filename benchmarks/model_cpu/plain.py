"""A pipeline without PyTorch and diffusers: the exported networks, and sums in numpy.

It does no more than the bundled weights need, so its times are the best that a server on such a
runtime could reach, not those of one that serves other models too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tokenizers import Tokenizer

from benchmarks.model_cpu.recipes import DrawingRecipe, read_recipe

Floats = NDArray[np.float32]
Network = Callable[..., Any]
PARTS = ("words", "denoiser", "decoder")


class PlainPipeline:
    def __init__(self, folder: Path, load: Callable[[Path], Network]) -> None:
        self._recipe: DrawingRecipe = read_recipe(folder)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.encode_special_tokens = True
        self._tokenizer.enable_truncation(self._recipe.tokens)
        self._tokenizer.enable_padding(length=self._recipe.tokens, pad_id=self._recipe.pad_id)
        self._words, self._denoiser, self._decoder = (
            load(folder / f"{part}.onnx") for part in PARTS
        )

    def draw(
        self, prompts: Sequence[str], noise: Floats, steps: int | None = None
    ) -> list[Image.Image]:
        """Draw one picture for each prompt, from noise of its latents' shape."""
        recipe = self._recipe
        encoded = self._tokenizer.encode_batch([*[""] * len(prompts), *prompts])
        meaning = self._words(np.array([each.ids for each in encoded], np.int64))
        history = [noise]
        for timestep, sums in zip(recipe.timesteps[:steps], recipe.sums, strict=False):
            latents = _sum(sums, history)
            answer = self._denoiser(
                np.concatenate([latents, latents]), np.array(timestep, np.int64), meaning
            )
            plain, told = np.split(answer, 2)
            history.append(plain + np.float32(recipe.guidance_scale) * (told - plain))
        pixels = self._decoder(_sum(recipe.sums[len(history) - 1], history))
        shown = (np.clip(pixels / 2 + 0.5, 0, 1) * 255).round().astype(np.uint8)
        return [Image.fromarray(picture) for picture in shown.transpose(0, 2, 3, 1)]


def _sum(factors: Sequence[float], terms: Sequence[Floats]) -> Floats:
    total = np.zeros_like(terms[0])
    for factor, term in zip(factors, terms, strict=False):
        total += np.float32(factor) * term
    return total


def onnx_runtime(threads: int) -> Callable[[Path], Network]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Threads that spin while they wait make drawing slower on a busy machine; our server's do not.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")

    def load(file: Path) -> Network:
        session = onnxruntime.InferenceSession(
            str(file), options, providers=["CPUExecutionProvider"]
        )
        names = [each.name for each in session.get_inputs()]
        return lambda *inputs: session.run(None, dict(zip(names, inputs, strict=True)))[0]

    return load


def openvino(threads: int, precision: str) -> Callable[[Path], Network]:
    import openvino

    core = openvino.Core()
    core.set_property(
        "CPU",
        {
            "INFERENCE_PRECISION_HINT": precision,
            "INFERENCE_NUM_THREADS": threads,
            "PERFORMANCE_HINT": "LATENCY",
        },
    )

    def load(file: Path) -> Network:
        model = core.compile_model(str(file), "CPU")
        return lambda *inputs: np.array(model(list(inputs))[0])

    return load
