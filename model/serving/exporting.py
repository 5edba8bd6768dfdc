"""Writes a pipeline's two large networks as OpenVINO graphs.

    python -m model.serving.exporting WEIGHTS FOLDER [VARIANT]

Without what uses the network: OpenVINO's own converter reports its use to its makers, so its
parts are called here one by one. It ends when its standard input does.
"""

import os
import sys
import threading
import warnings
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel

from model.serving.graphs import DECODER, DENOISER, load_openvino
from model.serving.networks import Denoiser

EXAMPLES = 2
TOKENS = 24
# Sides that halve to odd ones, so that the traced network takes any.
HEIGHT, WIDTH = 15, 13
POLITENESS = 10


def export(weights: Path, folder: Path, variant: str | None) -> None:
    how: dict[str, Any] = {
        "dtype": torch.float32,
        "variant": variant,
        "use_safetensors": True,
        "local_files_only": True,
    }
    unet = UNet2DConditionModel.from_pretrained(weights, subfolder="unet", **how)
    vae = AutoencoderKL.from_pretrained(weights, subfolder="vae", **how)
    words = torch.randn(EXAMPLES, TOKENS, unet.config.cross_attention_dim)
    noise = torch.randn(EXAMPLES, unet.config.in_channels, HEIGHT, WIDTH)
    _write(Denoiser(unet), (noise, torch.rand(EXAMPLES), words), folder / DENOISER)
    latents = torch.randn(EXAMPLES, vae.config.latent_channels, HEIGHT, WIDTH)
    _write(vae.decoder, (latents,), folder / DECODER)


def _write(network: Any, example: tuple[torch.Tensor, ...], file: Path) -> None:
    """Numbers that lose nothing as float16, as those of weights saved so, are kept as such."""
    openvino = load_openvino()
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    with torch.no_grad():
        traced = TorchScriptPythonDecoder(network.eval(), example_input=example)
    frontend = FrontEndManager().load_by_framework("pytorch")
    graph = frontend.convert(frontend.load(traced))
    half = all(torch.equal(each, each.half().float()) for each in network.parameters())
    openvino.save_model(graph, file, compress_to_fp16=half)


def _end_with_the_server() -> None:
    os.read(0, 1)  # not by sys.stdin, whose lock would be held when this process ends by itself
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    os.nice(POLITENESS)
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")  # tracing warns of each check of a shape in the networks
    target = Path(sys.argv[2])
    target.mkdir()
    export(Path(sys.argv[1]), target, "".join(sys.argv[3:]) or None)
