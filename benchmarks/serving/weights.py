"""Folders of random weights, such as the picture server reads.

The arithmetic of a drawing does not depend on what the weights are, as long as nothing overflows.
Each network keeps the size of what passes through it: weights are normal with variance 1 / inputs.
The sampler is told that the network predicts velocity, because noise that is predicted at random
is amplified fourteenfold, and nothing of a picture but black and white would be left to compare.
"""

from __future__ import annotations

import json
import math
import sys
import zlib
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKL,
    DPMSolverMultistepScheduler,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from benchmarks.serving.configs import SHAPES, Shape
from benchmarks.serving.contenders import quiet
from benchmarks.serving.tokens import tokenizer

# A last layer sees what a SiLU left, about 0.6 in size: so the answers are about 1 and 0.4.
_LAST_GAIN = {"unet.conv_out.weight": 1.6, "vae.decoder.conv_out.weight": 0.6}
_BIAS = 0.02


def make(name: str, folder: Path, *, device: str, dtype: str) -> None:
    """Write the model of that name; equal on equal devices, by the names of its parts."""
    shape = SHAPES[name]
    networks = {
        part: _fill(part, network, device, getattr(torch, dtype))
        for part, network in empty_networks(shape).items()
    }
    kind = StableDiffusionPipeline if len(shape.texts) == 1 else StableDiffusionXLPipeline
    others: dict[str, Any] = {
        "scheduler": DPMSolverMultistepScheduler(
            beta_start=0.00085,
            beta_end=0.012,
            beta_schedule="scaled_linear",
            prediction_type="v_prediction",
            use_karras_sigmas=True,
            steps_offset=1,
        ),
        "tokenizer": tokenizer(),
    }
    if len(shape.texts) == 1:
        others |= {"safety_checker": None, "feature_extractor": None}
        others["requires_safety_checker"] = False
    else:
        others["tokenizer_2"] = tokenizer()
    kind(**networks, **others).save_pretrained(folder)
    describe(name, folder, len(shape.settings["sizes"]))


def describe(name: str, folder: Path, sizes: int) -> None:
    """Tell the server of no more sizes than are measured: it prepares itself for each."""
    settings = SHAPES[name].settings
    chosen = dict(list(settings["sizes"].items())[:sizes])
    (folder / "deepstory.json").write_text(json.dumps(settings | {"sizes": chosen}), "utf-8")


def empty_networks(shape: Shape) -> dict[str, nn.Module]:
    """The networks without numbers."""
    with torch.device("meta"):
        networks: dict[str, nn.Module] = {
            "unet": UNet2DConditionModel(**shape.unet),
            "vae": AutoencoderKL(**shape.vae),
            "text_encoder": CLIPTextModel(CLIPTextConfig(**shape.texts[0])),
        }
        for second in shape.texts[1:]:
            networks["text_encoder_2"] = CLIPTextModelWithProjection(CLIPTextConfig(**second))
    return {part: network.eval() for part, network in networks.items()}


def _fill(part: str, network: nn.Module, device: str, dtype: torch.dtype) -> nn.Module:
    network = network.to(dtype).to_empty(device=device)
    with torch.no_grad():
        for name, numbers in network.named_parameters():
            random = torch.Generator(device).manual_seed(zlib.crc32(f"{part}.{name}".encode()))
            if numbers.ndim == 1:
                numbers.normal_(0, _BIAS, generator=random)
                if name.endswith("weight"):  # of a norm
                    numbers.add_(1)
            elif "embedding." in name and "text" in part:
                numbers.normal_(0, _BIAS, generator=random)
            else:
                gain = _LAST_GAIN.get(f"{part}.{name}", 1.0)
                inputs = math.prod(numbers.shape[1:])
                numbers.normal_(0, gain / math.sqrt(inputs), generator=random)
        for name, numbers in network.named_buffers():
            assert name.endswith("position_ids"), name
            numbers.copy_(torch.arange(numbers.shape[-1]).expand(numbers.shape))
    return network


if __name__ == "__main__":
    quiet()
    place = Path(sys.argv[2])
    if not (place / "deepstory.json").is_file():
        make(sys.argv[1], place, device=sys.argv[3], dtype=sys.argv[4])
    describe(sys.argv[1], place, int(sys.argv[5]))
