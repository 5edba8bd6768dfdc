"""Diffusers itself, in the ways that the picture server is compared with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Protocol

import torch
from PIL.Image import Image

from benchmarks.serving.orders import Order


@dataclass(frozen=True)
class Setup:
    folder: str
    device: str
    dtype: str
    threads: int
    max_batch: int
    recipe_mode: str
    runtime: str  # of ours, as the others
    thorough: bool
    rows: list[int]  # batches that it compiles its network for
    cache: str  # of its own; what it finds there was made by an earlier start


class Contender(Protocol):
    def submit(self, order: Order) -> Future[Image]:
        """Have it drawn, in the order and with the company that the contender chooses."""

    def draw(self, orders: Sequence[Order]) -> list[Image]:
        """Draw what differs in no more than prompts and seeds, as one batch."""

    def settle(self, seconds: float) -> bool:
        """Wait until nothing will make it faster; False if that took longer."""


class Plain:
    """The pipeline as it is loaded: one drawing after the other, first come first served."""

    def __init__(self, setup: Setup) -> None:
        quiet()
        from diffusers import DiffusionPipeline

        torch.set_num_threads(setup.threads)
        self._pipeline = DiffusionPipeline.from_pretrained(
            setup.folder, dtype=getattr(torch, setup.dtype), local_files_only=True
        ).to(setup.device)
        self._pipeline.set_progress_bar_config(disable=True)
        # One thread for all, also because CUDA graphs belong to the thread that made them.
        self._thread = ThreadPoolExecutor(1)

    def submit(self, order: Order) -> Future[Image]:
        return self._thread.submit(lambda: self._paint([order])[0])

    def draw(self, orders: Sequence[Order]) -> list[Image]:
        return self._thread.submit(self._paint, orders).result()

    def settle(self, seconds: float) -> bool:
        return seconds >= 0

    def _paint(self, orders: Sequence[Order]) -> list[Image]:
        first = orders[0]
        pictures: list[Image] = self._pipeline(
            prompt=[order.prompt for order in orders],
            width=first.width,
            height=first.height,
            num_inference_steps=first.steps,
            guidance_scale=first.guidance,
            # As in the server, so that the pictures can be compared.
            generator=[torch.Generator("cpu").manual_seed(order.seed) for order in orders],
        ).images
        return pictures


class Reference(Plain):
    """In float32 without shortcuts, whatever the weights are kept in."""

    def __init__(self, setup: Setup) -> None:
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
        super().__init__(replace(setup, dtype="float32"))


class Recipe(Plain):
    """What diffusers' documentation advises for speed without another model or fewer steps.

    Its page "Accelerate inference" (huggingface.co/docs/diffusers/optimization/fp16), of July 2025:
    TensorFloat-32, the compiler's settings, channels last, compiled UNet and decoding, and fused
    projections. Left out is int8 quantization, which needs a package of its own.
    """

    def __init__(self, setup: Setup) -> None:
        import torch._inductor.config as inductor

        torch.backends.cuda.matmul.allow_tf32 = True
        inductor.conv_1x1_as_mm = True
        inductor.coordinate_descent_tuning = True
        inductor.epilogue_fusion = False
        inductor.coordinate_descent_check_all_directions = True
        # It would compile for any number of pictures, slower, when it sees a second one.
        torch._dynamo.config.automatic_dynamic_shapes = False
        torch._dynamo.config.cache_size_limit = 64
        super().__init__(setup)
        pipeline = self._pipeline
        pipeline.fuse_qkv_projections()
        for part in (pipeline.unet, pipeline.vae):
            part.to(memory_format=torch.channels_last)
        mode = setup.recipe_mode
        pipeline.unet = torch.compile(pipeline.unet, mode=mode, fullgraph=True)
        pipeline.vae.decode = torch.compile(pipeline.vae.decode, mode=mode, fullgraph=True)


def build(name: str, setup: Setup) -> Contender:
    return CONTENDERS[name](setup)


def _ours(setup: Setup) -> Contender:
    from benchmarks.serving.ours import Ours
    from model.serving.logs import log_json_lines

    log_json_lines()
    return Ours(setup)


CONTENDERS: dict[str, Callable[[Setup], Contender]] = {
    "reference": Reference,
    "plain": Plain,
    "recipe": Recipe,
    "ours": _ours,
}


def quiet() -> None:
    """Keep warnings about what is meant here out of what is read of a run."""
    from diffusers.utils import logging as diffusers_logging
    from transformers.utils import logging as transformers_logging

    for library in (diffusers_logging, transformers_logging):
        library.set_verbosity_error()
        library.disable_progress_bar()


def out_of_memory(error: Exception) -> bool:
    known: Any = torch.OutOfMemoryError
    return isinstance(error, known | MemoryError)
