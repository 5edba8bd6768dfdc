"""How much arithmetic a picture is, counted by PyTorch on networks without numbers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from torch.utils.flop_counter import FlopCounterMode
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

# Only attention multiplies batches of matrices; without numbers it is not done in one operation.
CLASSES = {
    "convolution": "convolution",
    "mm": "matrix product",
    "addmm": "matrix product",
    "bmm": "attention",
    "_scaled_dot_product": "attention",
}
Classes = dict[str, float]


@dataclass(frozen=True)
class Flops:
    """Of one image: a UNet's forward, a decoding, and all encodings of one text."""

    denoise: Classes
    decode: Classes
    words: Classes

    def picture(self, steps: int, *, guided: bool) -> Classes:
        """Guidance doubles the steps and the texts, not the decoding."""
        times = 2 if guided else 1
        total: Counter[str] = Counter()
        for classes, factor in (
            (self.denoise, steps * times),
            (self.words, times),
            (self.decode, 1),
        ):
            total.update({name: flops * factor for name, flops in classes.items()})
        return dict(total)

    def step(self, *, guided: bool) -> float:
        return sum(self.denoise.values()) * (2 if guided else 1)


def count(folder: Path, width: int, height: int) -> Flops:
    """Read the shapes of a pipeline's networks from its folder."""
    with torch.device("meta"):
        unet = UNet2DConditionModel.from_config(_config(folder / "unet"))
        vae = AutoencoderKL.from_config(_config(folder / "vae"))
        texts = [
            kind(CLIPTextConfig(**_config(folder / part)))
            for part, kind in (
                ("text_encoder", CLIPTextModel),
                ("text_encoder_2", CLIPTextModelWithProjection),
            )
            if (folder / part).is_dir()
        ]
        scale = latent_scale(folder)
        latents = torch.empty(1, unet.config.in_channels, height // scale, width // scale)
        ids = torch.empty(1, texts[0].config.max_position_embeddings, dtype=torch.long)
        words = torch.empty(1, ids.shape[1], unet.config.cross_attention_dim)
        more = _sdxl_inputs(texts[1].config.projection_dim) if len(texts) > 1 else None
        return Flops(
            denoise=_count(lambda: unet(latents, torch.empty(()), words, added_cond_kwargs=more)),
            decode=_count(lambda: vae.decode(latents)),
            words=_count(lambda: [text(ids) for text in texts]),
        )


def latent_scale(folder: Path) -> int:
    """How many pixels lie along a side of a number of the latents."""
    return 1 << len(_config(folder / "vae")["block_out_channels"]) - 1


def _sdxl_inputs(pooled: int) -> dict[str, torch.Tensor]:
    return {"text_embeds": torch.empty(1, pooled), "time_ids": torch.empty(1, 6)}


def _count(compute: Callable[[], object]) -> Classes:
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        compute()
    total: Counter[str] = Counter()
    for operation, flops in counter.get_flop_counts()["Global"].items():
        name = str(operation).rpartition("aten.")[2]
        total[next(kind for key, kind in CLASSES.items() if name.startswith(key))] += flops
    return dict(total)


def _config(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "config.json").read_text("utf-8")))
