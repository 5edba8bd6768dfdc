"""Compiles a model's networks for the machine it runs on, each for its static shapes.

    python -m model.serving.compiling --model DIR --out DIR/compiled [--thorough]

Run it on the kind of GPU that is to serve and publish the folder with the weights: see
docs/models.md. The server runs it too, for what it does not find. It needs the model's
configurations, not its weights: random numbers of the same shapes take their place.
"""

import argparse
import json
import os
import sys
import threading
import time
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import diffusers
import torch
from diffusers import AutoencoderKL, AutoencoderTiny, UNet2DConditionModel
from torch.compiler._cache import CacheArtifactManager

from model.serving import artefacts, buckets, decoders, networks, precision
from model.serving.settings import Settings, read_settings

POLITENESS = 10
# What diffusers' documentation and PyTorch's own experiments with it found to be fastest.
THOROUGH = {
    "max_autotune": True,
    "coordinate_descent_tuning": True,
    "coordinate_descent_check_all_directions": True,
    "conv_1x1_as_mm": True,
    "epilogue_fusion": False,
}


class Blank:
    """The two networks of a pipeline with random weights, prepared as the server prepares it."""

    def __init__(self, settings: Settings) -> None:
        device = precision.choose_device(settings.device)
        dtype = getattr(torch, precision.choose_dtype(settings.dtype, device))
        kind, folder = AutoencoderKL, settings.model_dir / "vae"
        if settings.decoder == "tiny":
            kind, folder = AutoencoderTiny, decoders.tiny_folder(settings)
        self.unet = _blank(UNet2DConditionModel, settings.model_dir / "unet", device, dtype)
        self.vae = _blank(kind, folder, device, dtype)
        self.scale = precision.side_scale(self.vae)
        index = json.loads((settings.model_dir / "model_index.json").read_bytes())
        if hasattr(getattr(diffusers, index["_class_name"], None), "upcast_vae"):
            self.upcast_vae = True  # what tells precision.tune of such a pipeline
        precision.tune(self)


def compile_bucket(network: Any, shapes: Any, bucket: buckets.Bucket, options: Any) -> Any:
    """Trace and compile a network for one shape; returns what can be called and saved.

    No guards are kept: whoever calls it checks the shapes, and nothing is ever compiled again.
    """
    inputs = networks.examples(network, shapes, bucket)
    unguarded = {"guard_filter_fn": torch.compiler.skip_all_guards_unsafe, **options}
    with torch.no_grad():
        compiled = torch.compile(
            network.forward, fullgraph=True, dynamic=False, options=unguarded
        ).aot_compile(((), inputs))
        compiled(network, **inputs)  # which settles what is tuned by trying
    return compiled


def save(compiled: Any, file: Path) -> None:
    caches = torch.compiler.save_cache_artifacts()
    CacheArtifactManager.clear()  # else every file would hold those before it, too
    with TemporaryDirectory() as folder:
        plain = Path(folder) / "function"
        compiled.save_compiled_function(str(plain))
        artefacts.write(file, plain.read_bytes(), caches[0] if caches else b"")


def run(settings: Settings, out: Path, only: list[str], options: dict[str, Any]) -> int:
    """Compile what is not there; one line of JSON for each bucket. Returns how many failed."""
    blank = Blank(settings)
    tokens = networks.count_tokens(settings.model_dir)
    folder = out / artefacts.key(blank.unet, blank.vae, tokens)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    shapes = networks.row_shapes(blank.unet, blank.vae, tokens)
    parts = networks.parts(blank.unet, blank.vae)
    failed = 0
    all_sizes = list(settings.sizes.values())
    wanted = [buckets.Bucket.of(name) for name in only]
    for bucket in wanted or buckets.wanted(all_sizes, blank.scale, settings.max_batch):
        file = folder / f"{bucket.name}{artefacts.SUFFIX}"
        began = time.monotonic()
        said: dict[str, Any] = {"bucket": bucket.name}
        if artefacts.check(file):
            print(json.dumps(said), flush=True)
            continue
        try:
            save(
                compile_bucket(parts[bucket.network], shapes[bucket.network], bucket, options), file
            )
        except Exception as error:
            failed += 1
            said["error"] = f"{type(error).__name__}: {error}"[:500]
        said["seconds"] = round(time.monotonic() - began, 1)
        print(json.dumps(said), flush=True)
        torch._dynamo.reset()
    return failed


def _blank(kind: Any, folder: Path, device: str, dtype: Any) -> Any:
    with torch.device("meta"):
        network = kind.from_config(kind.load_config(folder, local_files_only=True))
    network = network.to(dtype).to_empty(device=device).eval().requires_grad_(False)
    for tensor in network.state_dict().values():
        if tensor.is_floating_point():
            tensor.normal_(std=0.02)
    return network


def _end_with_the_server() -> None:
    os.read(0, 1)  # not by sys.stdin, whose lock would be held when this process ends by itself
    os._exit(1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m model.serving.compiling")
    parser.add_argument("--model", type=Path, required=True, help="a diffusers folder")
    parser.add_argument("--out", type=Path, required=True, help="usually compiled/ inside of it")
    parser.add_argument("--thorough", action="store_true", help="try more kernels: far slower")
    parser.add_argument("--only", default="", help="names of buckets, with commas")
    parser.add_argument("--tied", action="store_true", help="end when standard input does")
    return parser


if __name__ == "__main__":
    given = _parser().parse_args()
    if given.tied:
        threading.Thread(target=_end_with_the_server, daemon=True).start()
    os.nice(POLITENESS)
    warnings.simplefilter("ignore")
    known = read_settings({**os.environ, "MODEL_DIR": str(given.model)})
    torch.set_num_threads(known.threads or torch.get_num_threads())
    names = [name for name in given.only.split(",") if name]
    with TemporaryDirectory(prefix="deepstory-") as private:  # not a guessable place in /tmp
        os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", private)
        failures = run(known, given.out, names, THOROUGH if given.thorough else {})
    sys.exit(1 if failures else 0)
