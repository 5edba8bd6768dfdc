"""One runtime in a process of its own, which draws when it is told to.

    python -m benchmarks.model_cpu.contender NAME FOLDER THREADS

It writes a line when it has loaded and warmed, and then one for each line that it reads: how long
the picture took, or at the end how much memory it all took. A drawing is written as a PNG in
memory, as the server does; the last ones are kept beside the exported graphs to be compared.
"""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL.Image import Image

from benchmarks.model_cpu.memory import peak_megabytes

PROMPTS = (
    "a cat and a red balloon at the beach, sunny, crayon drawing",
    "오늘은 친구랑 바다에 가서 조개를 주웠다. 정말 재미있었다. 수채화",
    "an apple in the forest at night, pencil drawing",
    "눈 오는 날 학교 앞의 강아지, 플랫 일러스트",
)
Draw = Callable[[int, int, int], list[Image]]  # number of pictures, width, height


def own_painter(threads: int, dtype: str, *, compiled: bool = False, graphs: str = "") -> Draw:
    """The server's own pipeline: called plainly, or as it is served with a folder for graphs."""
    from model.serving.device import drawer_for, warm
    from model.serving.drawing import Drawing
    from model.serving.painter import Painter
    from model.serving.queue import JobQueue
    from model.serving.settings import read_settings
    from model.serving.whole import WholePipeline

    env = {"MODEL_THREADS": str(threads), "MODEL_DTYPE": dtype, "MODEL_CACHE_DIR": graphs}
    settings = read_settings(env)
    painter = Painter(settings)
    if compiled:
        painter._pipeline.unet.compile(dynamic=False)
        painter._pipeline.vae.decoder.compile(dynamic=False)
    if graphs:
        from tests.model.running_server import until

        painter.accelerate(settings)
        until(lambda: bool(painter._runtime and painter._runtime._offered))
    queue = JobQueue(size=1, max_batch=settings.max_batch, max_overtaking_seconds=0)
    drawer = (
        drawer_for(painter, queue, settings) if graphs else WholePipeline(painter, queue, settings)
    )
    warm(drawer, settings)

    def draw(number: int, width: int, height: int) -> list[Image]:
        drawings = [
            Drawing(prompt, None, (seed,), width, height, *defaults)
            for seed, prompt in enumerate(PROMPTS[:number])
        ]
        return [picture for (picture,) in drawer.draw(*drawings) if picture]

    defaults = settings.default_steps, settings.default_guidance_scale
    return draw


def plain_pipeline(folder: Path, load: Callable[[Path], Any]) -> Draw:
    import numpy as np

    from benchmarks.model_cpu.plain import PlainPipeline
    from benchmarks.model_cpu.recipes import NOISE_FILE

    pipeline = PlainPipeline(folder, load)
    with np.load(folder / NOISE_FILE) as file:
        noise = dict(file)
    pipeline.draw(["warm"], next(iter(noise.values()))[:1], steps=2)
    return lambda number, width, height: pipeline.draw(
        PROMPTS[:number], noise[f"{width}x{height}"][:number]
    )


def build(name: str, folder: Path, threads: int) -> Draw:
    if name == "served":
        return own_painter(threads, "float32", graphs=str(folder / "graphs"))
    if name.startswith("torch"):
        dtype = "bfloat16" if name.endswith("bf16") else "float32"
        return own_painter(threads, dtype, compiled="compiled" in name)
    from benchmarks.model_cpu import plain

    if name == "onnxruntime":
        return plain_pipeline(folder, plain.onnx_runtime(threads))
    assert name.startswith("openvino"), name
    precision = "bf16" if name.endswith("bf16") else "f32"
    return plain_pipeline(folder, plain.openvino(threads, precision))


def main(name: str, folder: Path, threads: int) -> None:
    draw = build(name, folder, threads)
    _tell({"cpu_seconds": time.process_time()})
    for line in sys.stdin:
        number, width, height = json.loads(line)
        began, computed = time.perf_counter(), time.process_time()
        pictures = draw(number, width, height)
        for picture in pictures:
            picture.save(io.BytesIO(), "PNG")
        seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - computed
        for index, picture in enumerate(pictures):
            picture.save(folder / f"{name}-{width}x{height}-{number}-{index}.png")
        _tell({"seconds": seconds, "cpu_seconds": cpu_seconds})
    _tell({"megabytes": peak_megabytes("self")})


def _tell(told: dict[str, float]) -> None:
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
