"""Which network makes pictures of latents: the pipeline's own VAE, or a tiny one beside it."""

import json
from pathlib import Path
from typing import Any

from model.serving.settings import Settings

TINY_FOLDER = "taesd"


def tiny_folder(settings: Settings) -> Path:
    folder = settings.model_dir / TINY_FOLDER
    if not (folder / "config.json").is_file():
        raise ValueError(f"decoder is tiny, and there is no AutoencoderTiny in {folder}")
    return folder


def chosen(settings: Settings, dtype: Any) -> dict[str, Any]:
    """What to load a pipeline with in place of its VAE. Its scaling factor is its own: 1.

    Raises
    ------
    ValueError : the tiny decoder is not there, or is that of another kind of latents.
    """
    if settings.decoder != "tiny":
        return {}
    from diffusers import AutoencoderTiny

    tiny = AutoencoderTiny.from_pretrained(
        tiny_folder(settings), dtype=dtype, use_safetensors=True, local_files_only=True
    )
    own = json.loads((settings.model_dir / "vae" / "config.json").read_bytes())
    sides = len(own["block_out_channels"]), len(tiny.config.block_out_channels)
    channels = own["latent_channels"], tiny.config.latent_channels
    if sides[0] != sides[1] or channels[0] != channels[1]:
        raise ValueError(f"the decoder in {TINY_FOLDER} is for other latents than the model's")
    return {"vae": tiny}
