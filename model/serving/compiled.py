"""Compiled networks in place of a pipeline's own, each shape as soon as it is ready and checked.

    tune(pipeline)                            # precision.py, before the first drawing
    accelerated = start(pipeline, settings)   # returns at once; None where there is nothing to do
    accelerated.finished.wait()               # only a benchmark waits

The eager networks draw from the first moment. A thread loads artefacts and has the missing ones
made by a process; the thread that draws only looks up what is ready, and can start no compilation:
what it calls is loaded code without a compiler behind it. docs/adr/0026 tells why.
"""

import io
import logging
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from model.serving import artefacts, buckets, metrics, precision
from model.serving.buckets import DECODER, DENOISER, Bucket
from model.serving.compile_process import compile_in_process
from model.serving.recording import CudaRecorder, Recorder
from model.serving.settings import Settings
from model.serving.stand_in import StandIn

log = logging.getLogger("model.compiled")


def start(pipeline: Any, settings: Settings) -> "Compiled | None":
    """Have a pipeline drawn by compiled networks from some later call on."""
    from model.serving.networks import can_be_compiled

    asked = settings.runtime == "compiled"
    if not precision.networks_of(pipeline) or not can_be_compiled(pipeline.unet):
        return None
    if asked or (settings.runtime == "auto" and pipeline.unet.device.type == "cuda"):
        return Compiled(pipeline, settings)
    return None


class Compiled:
    """What stands in for a pipeline's networks; `finished` when nothing more will become ready."""

    def __init__(self, pipeline: Any, settings: Settings) -> None:
        self.finished = threading.Event()
        self._settings = settings
        self._pipeline = pipeline
        self._recorders: dict[str, Recorder] = {}
        self._parts = _stand_ins(pipeline)
        for part in self._parts.values():
            part.shed = self._forget_recordings
        threading.Thread(target=self._prepare, name="compiled", daemon=True).start()

    def ready(self) -> list[str]:
        """The names of the shapes that are drawn by compiled networks."""
        return sorted(bucket.name for part in self._parts.values() for bucket in part.ready())

    def _forget_recordings(self) -> None:
        """In the thread that draws, when memory ran out: go on without."""
        self._recorders = {}
        for part in self._parts.values():
            part.forget_recordings()

    def _prepare(self) -> None:
        began = time.monotonic()
        try:
            with _aside(self._pipeline.unet.device):
                self._find_or_compile()
        except Exception as error:
            detail = f"{type(error).__name__}: {error}"
            log.warning("compiling_unavailable", extra={"error": detail})
        finally:
            self.finished.set()
            seconds = round(time.monotonic() - began, 3)
            log.info("compiled_ready", extra={"buckets": self.ready(), "seconds": seconds})

    def _find_or_compile(self) -> None:
        from model.serving.networks import checked_tokens, row_shapes

        unet, vae, settings = self._pipeline.unet, self._pipeline.vae, self._settings
        tokens = checked_tokens(self._pipeline.tokenizer.model_max_length)
        for name, shapes in row_shapes(unet, vae, tokens).items():
            self._parts[name].shapes = shapes
        sizes = list(settings.sizes.values())
        wanted = buckets.wanted(sizes, precision.side_scale(vae), settings.max_batch)
        metrics.WANTED.set(len(wanted))
        if unet.device.type == "cuda":
            self._recorders = {name: CudaRecorder() for name in self._parts}
        key = artefacts.key(unet, vae, tokens)
        own, refused = _own_folder(settings, key)
        _keep_compilers_files(own)
        shipped = [settings.model_dir / artefacts.FOLDER / key] if settings.trust_compiled else []
        places = [*shipped, *([own] if own else [])]
        missing = [bucket for bucket in wanted if not self._find(bucket, places)]
        if missing and refused:
            raise refused
        if missing and own:
            self._compile(missing, own)

    def _find(self, bucket: Bucket, places: list[Path]) -> bool:
        for place in places:
            file = place / f"{bucket.name}{artefacts.SUFFIX}"
            if file.is_file() and self._adopt(bucket, file):
                return True
        return False

    def _compile(self, missing: list[Bucket], own: Path) -> None:
        log.info("compiling", extra={"buckets": len(missing)})
        unet, settings = self._pipeline.unet, self._settings
        same = {
            "device": str(unet.device),
            "dtype": str(unet.dtype).removeprefix("torch."),
            "decoder": settings.decoder,
            "threads": str(settings.threads),
        }
        out = own.parent
        for bucket, error in compile_in_process(missing, settings.model_dir, out, same):
            file = own / f"{bucket.name}{artefacts.SUFFIX}"
            if error:
                metrics.REFUSED.inc()
                log.warning("compiling_failed", extra={"bucket": bucket.name, "error": error})
            else:
                self._adopt(bucket, file)

    def _adopt(self, bucket: Bucket, file: Path) -> bool:
        """Use what is in a file, if it is whole and answers as the eager network does."""
        began = time.monotonic()
        part = self._parts[bucket.network]
        try:
            function = _load(file)
            part.compare(function, bucket)
        except Exception as error:
            detail = f"{type(error).__name__}: {error}"[:500]
            log.warning("compiled_refused", extra={"bucket": bucket.name, "error": detail})
            metrics.REFUSED.inc()
            if os.access(file.parent, os.W_OK):
                file.unlink(missing_ok=True)
            return False
        part.put(bucket, function, self._recorders.get(bucket.network))
        seconds = round(time.monotonic() - began, 3)
        log.info("compiled", extra={"bucket": bucket.name, "seconds": seconds})
        return True


def _stand_ins(pipeline: Any) -> dict[str, StandIn]:
    from model.serving import networks

    modules = networks.parts(pipeline.unet, pipeline.vae)
    return {
        DENOISER: StandIn(
            DENOISER,
            modules[DENOISER],
            networks.read_denoiser_call,
            networks.call_denoiser,
            lambda answer: (answer,),
        ),
        DECODER: StandIn(
            DECODER,
            modules[DECODER],
            networks.read_decoder_call,
            networks.call_decoder,
            lambda answer: answer,
        ),
    }


@contextmanager
def _aside(device: Any) -> Iterator[None]:
    """Have this thread use the device beside what is drawn, not in line with it.

    On one stream all the time: PyTorch has but 32, and hands out those that record once more.
    """
    import torch

    if device.type == "cuda":
        precision.use_in_this_thread(device)
        with torch.cuda.stream(torch.cuda.Stream()):
            yield
    else:
        yield


def _own_folder(settings: Settings, key: str) -> tuple[Path | None, OSError | None]:
    """Where artefacts are kept, or why they can't be."""
    try:
        return artefacts.own_folder(Path(settings.cache_dir).expanduser(), key), None
    except OSError as error:
        return None, error


def _keep_compilers_files(own: Path | None) -> None:
    """Have PyTorch unpack kernels where nobody else writes, not in its guessable place in /tmp."""
    folder = str(own / "inductor") if own else tempfile.mkdtemp(prefix="deepstory-")
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = folder
    os.environ["TRITON_CACHE_DIR"] = str(Path(folder) / "triton")


def _load(file: Path) -> Any:
    import torch
    import torch._inductor.config

    function, caches = artefacts.read(file)
    torch._inductor.config.compile_threads = 1  # no pool of compilers for what is compiled already
    if caches:
        torch.compiler.load_cache_artifacts(caches)
    return torch.compiler.load_compiled_function(io.BytesIO(function))
