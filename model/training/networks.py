"""The four trainable parts of the pipeline, freshly initialised, and its noise schedule."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKL,
    DDPMScheduler,
    DPMSolverMultistepScheduler,
    UNet2DConditionModel,
)
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel, PreTrainedTokenizerFast

from model.training.config import Recipe, TextSize, UnetSize, VaeSize

# Zero terminal signal: the last training step is pure noise, as sampling's first step is,
# so that the overall brightness and colours are learned too.
NOISE = {
    "num_train_timesteps": 1000,
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "prediction_type": "v_prediction",
    "rescale_betas_zero_snr": True,
    "timestep_spacing": "trailing",
}


def choose_device() -> torch.device:
    """The GPU where there is one, which may then try out kernels and round to TF32."""
    if not torch.cuda.is_available():
        return torch.device("cpu")
    torch.backends.cudnn.benchmark = True
    torch.set_float32_matmul_precision("high")
    return torch.device("cuda")


def half_precision(device: torch.device) -> torch.autocast:
    """Compute in bfloat16 where the processor can; where it must emulate it, float32 is faster."""
    native = device.type != "cpu" or bool(torch.cpu.get_capabilities().get("avx512_bf16"))
    return torch.autocast(device.type, torch.bfloat16, enabled=native)


def compiled(network: nn.Module) -> Callable[..., Any]:
    """The network compiled for one shape: a fifth faster on a CPU, after three minutes.

    Where there is no compiler, which is C++ for a CPU and C for a GPU, it is the network itself.
    """
    on_gpu = next(network.parameters()).device.type == "cuda"
    compiler = os.environ.get("CC", "gcc") if on_gpu else os.environ.get("CXX", "g++")
    predict: Callable[..., Any] = network
    if shutil.which(compiler):
        predict = torch.compile(network, dynamic=False)
    return predict


def build_vae(size: VaeSize, sample_size: int) -> AutoencoderKL:
    levels = len(size.channels)
    return AutoencoderKL(
        block_out_channels=size.channels,
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        layers_per_block=size.layers,
        latent_channels=size.latent_channels,
        norm_num_groups=size.groups,
        sample_size=sample_size,
        force_upcast=False,
    )


def build_text_encoder(size: TextSize, tokenizer: PreTrainedTokenizerFast) -> CLIPTextModel:
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=size.width,
            intermediate_size=size.width * 3,
            projection_dim=size.width,
            num_hidden_layers=size.layers,
            num_attention_heads=size.heads,
            max_position_embeddings=size.tokens,
            pad_token_id=tokenizer.pad_token_id,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
        )
    )


def build_unet(size: UnetSize, recipe: Recipe) -> UNet2DConditionModel:
    return UNet2DConditionModel(
        sample_size=recipe.buckets[0].height // 2 ** (len(recipe.vae.channels) - 1),
        in_channels=recipe.vae.latent_channels,
        out_channels=recipe.vae.latent_channels,
        block_out_channels=size.channels,
        down_block_types=tuple(
            "CrossAttnDownBlock2D" if looks else "DownBlock2D" for looks in size.attention
        ),
        up_block_types=tuple(
            "CrossAttnUpBlock2D" if looks else "UpBlock2D" for looks in reversed(size.attention)
        ),
        layers_per_block=size.layers,
        attention_head_dim=size.heads,
        cross_attention_dim=recipe.text.width,
        norm_num_groups=size.groups,
        # The caption's meaning as a whole reaches every layer along with the time, so that a short
        # training learns what to draw long before attention learns where.
        addition_embed_type="text",
        addition_embed_type_num_heads=recipe.text.heads,
        resnet_time_scale_shift="scale_shift",
    )


def take_over(part: nn.Module, start: Path | None, name: str) -> None:
    """Begin with the weights that an earlier run wrote to a pipeline folder, if it has this part.

    Raises
    ------
    ValueError : the folder's part has other sizes.
    """
    if start is None or not (start / name).exists():
        return
    earlier = type(part).from_pretrained(start / name, dtype=torch.float32)
    try:
        part.load_state_dict(earlier.state_dict())
    except RuntimeError as error:
        raise ValueError(f"{start / name} does not fit this configuration: {error}") from error


def training_noise() -> DDPMScheduler:
    return DDPMScheduler(**NOISE, clip_sample=False)


def sampling_noise() -> DPMSolverMultistepScheduler:
    return DPMSolverMultistepScheduler(**NOISE, steps_offset=1)
