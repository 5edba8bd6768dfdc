"""A pipeline's two large networks as functions of named tensors: how they are called.

The process that compiles them and the server that runs what it made both use these.
"""

import json
from pathlib import Path
from typing import Any

import torch
from torch import nn

from model.serving.buckets import DECODER, DENOISER, Bucket

Inputs = dict[str, Any]  # tensors, each with a row for every row of the batch
EXACT = ("timesteps", "sizes")  # in float32 whatever the network's dtype, which may not hold them
MOST_TOKENS = 1024  # tokenizers without a limit tell an absurd one


class Denoiser(nn.Module):  # type: ignore[misc]  # torch is not followed
    def __init__(self, unet: Any) -> None:
        super().__init__()
        self.network = unet

    def forward(
        self,
        latents: Any,
        timesteps: Any,
        words: Any,
        texts: Any = None,
        sizes: Any = None,
        guidance: Any = None,
    ) -> Any:
        return call_denoiser(self.network, latents, timesteps, words, texts, sizes, guidance)


class Decoder(nn.Module):  # type: ignore[misc]  # torch is not followed
    def __init__(self, decoder: Any) -> None:
        super().__init__()
        self.network = decoder

    def forward(self, latents: Any) -> Any:
        return call_decoder(self.network, latents)


def call_denoiser(
    unet: Any,
    latents: Any,
    timesteps: Any,
    words: Any,
    texts: Any = None,
    sizes: Any = None,
    guidance: Any = None,
) -> Any:
    added = None if texts is None else {"text_embeds": texts, "time_ids": sizes}
    return unet(
        latents,
        timesteps,
        encoder_hidden_states=words,
        timestep_cond=guidance,
        added_cond_kwargs=added,
        return_dict=False,
    )[0]


def call_decoder(decoder: Any, latents: Any) -> Any:
    return decoder(latents)


def parts(unet: Any, vae: Any) -> dict[str, Any]:
    return {DENOISER: Denoiser(unet).eval(), DECODER: Decoder(vae.decoder).eval()}


def can_be_compiled(unet: Any) -> bool:
    """Whether calls of the UNet are of the kind that `Denoiser` makes."""
    config = unet.config
    return (
        config.addition_embed_type in (None, "text", "text_time")
        and config.class_embed_type is None
        and config.encoder_hid_dim_type is None
        and isinstance(config.cross_attention_dim, int)
    )


def row_shapes(unet: Any, vae: Any, tokens: int) -> dict[str, dict[str, tuple[int, ...]]]:
    """For each network the shape of a row of each input; sides of latents are left out."""
    config = unet.config
    denoiser: dict[str, tuple[int, ...]] = {
        "latents": (config.in_channels,),
        "timesteps": (),
        "words": (tokens, config.cross_attention_dim),
    }
    if config.addition_embed_type == "text_time":
        sizes = 6  # of the picture asked for, its cut and its original, as SDXL was trained
        width = (
            config.projection_class_embeddings_input_dim - sizes * config.addition_time_embed_dim
        )
        denoiser |= {"texts": (width,), "sizes": (sizes,)}
    if config.time_cond_proj_dim:
        denoiser["guidance"] = (config.time_cond_proj_dim,)
    return {DENOISER: denoiser, DECODER: {"latents": (vae.config.latent_channels,)}}


def examples(network: Any, shapes: dict[str, tuple[int, ...]], bucket: Bucket) -> Inputs:
    """Inputs as a step gives them, of other noise than any picture's; every row is another."""
    random = torch.Generator().manual_seed(0)
    like = next(network.parameters())
    inputs: Inputs = {}
    for name, shape in shapes.items():
        sides = (bucket.height, bucket.width) if name == "latents" else ()
        full = (bucket.batch, *shape, *sides)
        if name == "timesteps":
            inputs[name] = torch.linspace(900, 100, bucket.batch, device=like.device)
        elif name == "sizes":
            inputs[name] = torch.full(full, 512.0, device=like.device)
        else:
            numbers = torch.randn(full, generator=random)
            inputs[name] = numbers.to(like.device, like.dtype)
    return inputs


def read_denoiser_call(
    latents: Any,
    timestep: Any,
    encoder_hidden_states: Any,
    timestep_cond: Any = None,
    added_cond_kwargs: dict[str, Any] | None = None,
    return_dict: bool = True,
    **others: Any,
) -> Inputs | None:
    """The inputs of a UNet's call; None for a call that a compiled network cannot answer."""
    added = dict(added_cond_kwargs or {})
    sizes = added.pop("time_ids", None)
    inputs: Inputs = {"latents": latents, "words": encoder_hidden_states}
    for name, value in (
        ("texts", added.pop("text_embeds", None)),
        ("sizes", None if sizes is None else sizes.float()),
        ("guidance", timestep_cond),
    ):
        if value is not None:
            inputs[name] = value
    if return_dict or added or any(value is not None for value in others.values()):
        return None
    steps = torch.as_tensor(timestep, dtype=torch.float32, device=latents.device)
    inputs["timesteps"] = steps.expand(latents.shape[0])
    return inputs


def read_decoder_call(latents: Any, others: Any = None, **named: Any) -> Inputs | None:
    return {"latents": latents} if others is None and not named else None


def match(inputs: Inputs, network: Any, shapes: dict[str, tuple[int, ...]]) -> bool:
    """Whether inputs are what the network was compiled for, but for rows and sides."""
    like = next(network.parameters())
    rows = inputs["latents"].shape[0]
    if inputs.keys() != shapes.keys() or inputs["latents"].ndim != 4:
        return False
    for name, shape in shapes.items():
        tensor = inputs[name]
        found = tensor.shape[:2] if name == "latents" else tensor.shape
        kind = torch.float32 if name in EXACT else like.dtype
        if tuple(found) != (rows, *shape) or tensor.dtype != kind or tensor.device != like.device:
            return False
    return True


def count_tokens(folder: Path) -> int:
    """How many tokens a prompt has, as the pipeline's tokenizer will tell."""
    described = json.loads((folder / "tokenizer" / "tokenizer_config.json").read_bytes())
    return checked_tokens(described.get("model_max_length"))


def checked_tokens(tokens: Any) -> int:
    if not isinstance(tokens, int) or not 0 < tokens <= MOST_TOKENS:
        raise ValueError("the tokenizer has no limit, so prompts have no one shape to compile for")
    return tokens
