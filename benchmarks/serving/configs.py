"""The shapes of the models: networks as they are published, and small ones of the same build.

The numbers are those of the ``config.json`` files beside the published weights; the tests compare
the networks' sizes with the published ones. What is left out has diffusers' default there too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benchmarks.serving.tokens import BEGIN, END, TOKENS, VOCABULARY

Config = dict[str, Any]

_CLIP_L: Config = {
    "hidden_size": 768,
    "intermediate_size": 3072,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "hidden_act": "quick_gelu",
    "projection_dim": 768,
    "vocab_size": VOCABULARY,
    "max_position_embeddings": TOKENS,
    "bos_token_id": BEGIN,
    "eos_token_id": END,
    "pad_token_id": END,
}
_OPENCLIP_BIGG: Config = _CLIP_L | {
    "hidden_size": 1280,
    "intermediate_size": 5120,
    "num_hidden_layers": 32,
    "num_attention_heads": 20,
    "hidden_act": "gelu",
    "projection_dim": 1280,
}
_VAE: Config = {
    "block_out_channels": (128, 256, 512, 512),
    "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4,
    "layers_per_block": 2,
    "sample_size": 512,
    "scaling_factor": 0.18215,
}
_SD_UNET: Config = {
    "sample_size": 64,
    "block_out_channels": (320, 640, 1280, 1280),
    "cross_attention_dim": 768,
    "attention_head_dim": 8,
}
_SDXL_UNET: Config = {
    "sample_size": 128,
    "block_out_channels": (320, 640, 1280),
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    "transformer_layers_per_block": (1, 2, 10),
    "cross_attention_dim": 2048,
    "attention_head_dim": (5, 10, 20),
    "use_linear_projection": True,
    "addition_embed_type": "text_time",
    "addition_time_embed_dim": 256,
    "projection_class_embeddings_input_dim": 2816,
}
# In float16 the published decoder overflows, so pipelines run it in float32. Whoever serves SDXL in
# float16 takes the repaired weights, which are of the same shape and say so.
_SDXL_VAE: Config = _VAE | {"sample_size": 1024, "scaling_factor": 0.13025, "force_upcast": False}

_SMALL_TEXT: Config = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "projection_dim": 64,
}
_SMALL_VAE: Config = {
    "block_out_channels": (32, 32, 64, 64),
    "layers_per_block": 1,
    "sample_size": 128,
}


@dataclass(frozen=True)
class Shape:
    """A pipeline with one text encoder is Stable Diffusion, one with two is SDXL."""

    unet: Config
    vae: Config
    texts: tuple[Config, ...]
    settings: Config  # what the server reads from deepstory.json


SHAPES = {
    "sd15": Shape(
        _SD_UNET,
        _VAE,
        (_CLIP_L,),
        {
            "default_steps": 25,
            "default_guidance_scale": 7.5,
            "sizes": {"1:1": [512, 512], "3:4": [448, 592], "4:3": [592, 448]},
        },
    ),
    "sdxl": Shape(
        _SDXL_UNET,
        _SDXL_VAE,
        (_CLIP_L, _OPENCLIP_BIGG),
        {
            "default_steps": 30,
            "default_guidance_scale": 6.0,
            "sizes": {"1:1": [1024, 1024], "3:4": [896, 1152], "4:3": [1152, 896]},
        },
    ),
    "sd15-small": Shape(
        _SD_UNET
        | {
            "sample_size": 16,
            "block_out_channels": (32, 64, 128, 128),
            "layers_per_block": 1,
            "cross_attention_dim": 64,
        },
        _VAE | _SMALL_VAE,
        (_CLIP_L | _SMALL_TEXT,),
        {
            "default_steps": 12,
            "default_guidance_scale": 7.5,
            "sizes": {"1:1": [128, 128], "3:4": [96, 128], "4:3": [128, 96]},
        },
    ),
    "sdxl-small": Shape(
        _SDXL_UNET
        | {
            "sample_size": 16,
            "block_out_channels": (32, 64, 128),
            "layers_per_block": 1,
            "transformer_layers_per_block": (1, 1, 2),
            "attention_head_dim": (2, 4, 8),
            "cross_attention_dim": 128,
            "addition_time_embed_dim": 32,
            "projection_class_embeddings_input_dim": 6 * 32 + 64,
        },
        _SDXL_VAE | _SMALL_VAE,
        (_CLIP_L | _SMALL_TEXT, _OPENCLIP_BIGG | _SMALL_TEXT),
        {
            "default_steps": 12,
            "default_guidance_scale": 6.0,
            "sizes": {"1:1": [128, 128], "3:4": [96, 128], "4:3": [128, 96]},
        },
    ),
}
