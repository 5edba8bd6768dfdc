"""A server that compiles, and painters that run what it compiled."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from model.serving import artefacts
from model.serving.compiled import Compiled
from model.serving.drawing import Drawing
from model.serving.painter import Painter
from model.serving.settings import Settings, read_settings
from tests.model.running_server import RunningServer, until

PATIENCE_SECONDS = 900  # for the compiler, which gives way to everything else on the machine
ALL = ["decoder-1x16x16", "denoiser-1x16x16", "denoiser-2x16x16"]
ASKED: dict[str, Any] = {"prompt": "a cat", "seed": 7, "steps": 3}
CAT = Drawing("a cat", None, (7,), 16, 16, steps=3, guidance_scale=5.0)


@dataclass(frozen=True)
class FirstStart:
    """What a server with an empty cache did until everything was compiled."""

    cache: Path
    meanwhile: list[Image.Image]
    afterwards: Image.Image
    events: list[str]
    compiled_calls: float
    ready: float
    wanted: float
    exit_code: int


def calls(path: str, network: str = "denoiser") -> str:
    return f'model_network_calls_total{{network="{network}",path="{path}"}}'


def wait_for(server: RunningServer, compiled: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while server.events().count("compiled") < compiled:
        assert time.monotonic() < deadline, server.log()
        time.sleep(0.5)


def start_with_nothing(weights: Path, folder: Path) -> FirstStart:
    cache = folder / "cache"
    env = {"MODEL_RUNTIME": "compiled", "MODEL_CACHE_DIR": str(cache)}
    server = RunningServer(weights, folder, **env)
    try:
        server.wait_until_ready()
        until(lambda: "compiling" in server.events())
        drawn = [server.invoke(**ASKED).image() for _ in range(4)]
        for compiled in range(1, len(ALL) + 1):
            wait_for(server, compiled)
            drawn.append(server.invoke(**ASKED).image())
        until(lambda: "compiled_ready" in server.events())
        eager = server.metric(calls("eager"))
        afterwards = server.invoke(**ASKED).image()
        ready = server.metric("model_compiled_buckets")
        wanted = server.metric("model_compiled_buckets_wanted")
        calls_compiled = server.metric(calls("compiled"))
        assert server.metric(calls("eager")) == eager
        server.terminate()
        code = server.exit_code()
        return FirstStart(
            cache, drawn, afterwards, server.events(), calls_compiled, ready, wanted, code
        )
    finally:
        server.close()


def settings(weights: Path, cache: Path, **env: str) -> Settings:
    known = {"MODEL_DIR": str(weights), "MODEL_CACHE_DIR": str(cache), "MODEL_THREADS": "1"}
    return read_settings(known | {"MODEL_RUNTIME": "compiled"} | env)


def accelerated(known: Settings) -> tuple[Painter, Compiled]:
    painter = Painter(known)
    painter.accelerate(known)
    compiled = painter._compiled
    assert compiled
    assert compiled.finished.wait(PATIENCE_SECONDS)
    return painter, compiled


def draw(painter: Painter, drawing: Drawing = CAT) -> Image.Image:
    (picture,) = painter.paint([(drawing, drawing.seeds[0])], lambda: None)
    assert picture
    return picture.convert("RGB")


def files(cache: Path) -> list[str]:
    return sorted(file.name for file in cache.rglob(f"*{artefacts.SUFFIX}"))
