"""OpenVINO in place of PyTorch's networks, with real graphs of the bundled and of tiny weights."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model.serving import graphs
from model.serving.drawing import Drawing
from model.serving.painter import Painter
from model.serving.settings import BUNDLED_WEIGHTS, Settings, read_settings
from tests.model.engines import SteppedEngine, drawing
from tests.model.running_server import (
    ROOT,
    RunningServer,
    StartServer,
    largest_difference,
    until,
)

# Of 255, to the eager float32 pipeline; and between a seed's pictures alone and in a batch.
TOLERANCE = 2
CAT = "a cat in the park, sunny, flat illustration"


# Of diffusers' schedulers, about numpy.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


class _Stop(Exception):
    pass


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("graphs")


def settings(weights: Path, cache: Path, **env: str) -> Settings:
    known = {"MODEL_DIR": str(weights), "MODEL_CACHE_DIR": str(cache), "MODEL_THREADS": "1"}
    return read_settings(known | env)


def fast(known: Settings) -> Painter:
    """A painter whose next drawing is OpenVINO's."""
    painter = Painter(known)
    painter.accelerate(known)
    runtime = painter._runtime
    assert runtime
    until(lambda: runtime._offered is not None)
    return painter


@pytest.fixture(scope="module")
def eager() -> Painter:
    return Painter(settings(BUNDLED_WEIGHTS, Path()))


@pytest.fixture(scope="module")
def bundled(cache: Path) -> Painter:
    return fast(settings(BUNDLED_WEIGHTS, cache))


def draw(painter: Painter, drawing: Drawing) -> list[Image.Image]:
    pictures = painter.paint([(drawing, seed) for seed in drawing.seeds], lambda: None)
    return [picture.convert("RGB") for picture in pictures if picture]


def runs_in_openvino(painter: Painter) -> bool:
    assert painter._runtime
    networks = painter._runtime._denoiser, painter._runtime._decoder
    return all(network.graph is not None for network in networks)


@pytest.mark.parametrize(
    "drawing",
    [
        Drawing(CAT, None, (3,), 128, 128, 14, 3.0),
        Drawing(CAT, None, (3, 4, 5, 6), 128, 128, 14, 3.0),
        Drawing("눈 오는 날 학교, 수채화", "밤", (7, 8), 96, 128, 14, 6.0),
        Drawing(CAT, None, (3,), 128, 96, 14, 0.0),  # not guided: one answer for each picture
        Drawing(CAT, None, (3,), 24, 40, 5, 3.0),  # latents that halve to odd sides
        Drawing(CAT, None, (3,), 16, 16, 3, 3.0),
    ],
    ids=lambda each: f"{len(each.seeds)} of {each.width}x{each.height}, {each.guidance_scale}",
)
def test_its_pictures_are_those_of_the_eager_pipeline(
    bundled: Painter, eager: Painter, drawing: Drawing
) -> None:
    drawn = draw(bundled, drawing)
    assert runs_in_openvino(bundled)
    for one, other in zip(drawn, draw(eager, drawing), strict=True):
        assert largest_difference(one, other) <= TOLERANCE


def test_rows_at_different_times_share_its_calls(bundled: Painter, eager: Painter) -> None:
    stepped = SteppedEngine(bundled)
    size = {"width": 96, "height": 128}
    jobs = [stepped.put(drawing(CAT, **size, steps=14, seeds=(3, 4), guidance_scale=3.0))]
    stepped.turn(5)
    jobs.append(stepped.put(drawing("밤", **size, steps=9, negative_prompt="cat")))
    stepped.turn(2)
    jobs.append(stepped.put(drawing("a dog", **size, steps=6, guidance_scale=0.0)))
    for job, drawn in zip(jobs, stepped.finish(*jobs), strict=True):
        for one, other in zip(drawn, draw(eager, job.drawing), strict=True):
            assert largest_difference(one, other) <= TOLERANCE
    assert runs_in_openvino(bundled)


def test_a_seed_is_the_same_picture_alone_and_in_a_batch(bundled: Painter) -> None:
    together = draw(bundled, Drawing(CAT, None, (3, 4, 5, 6), 128, 128, 14, 3.0))
    alone = draw(bundled, Drawing(CAT, None, (5,), 128, 128, 14, 3.0))
    assert alone == draw(bundled, Drawing(CAT, None, (5,), 128, 128, 14, 3.0))
    assert largest_difference(alone[0], together[2]) <= TOLERANCE
    assert np.abs(np.asarray(together[0]).astype(int) - np.asarray(together[1])).mean() > 5


def test_what_happens_in_a_step_ends_the_drawing_and_not_the_runtime(bundled: Painter) -> None:
    steps: list[None] = []

    def third_step_is_enough() -> None:
        steps.append(None)
        if len(steps) == 3:
            raise _Stop

    with pytest.raises(_Stop):
        bundled.paint([(Drawing(CAT, None, (1,), 128, 128, 14, 3.0), 1)], third_step_is_enough)
    assert len(steps) == 3
    assert runs_in_openvino(bundled)


def test_a_failure_in_a_drawing_ends_it_in_pytorch(
    tiny_weights: Path, cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    painter = fast(settings(tiny_weights, cache))
    drawing = Drawing("a cat", None, (1,), 32, 32, steps=4, guidance_scale=5.0)
    first = draw(painter, drawing)
    runtime = painter._runtime
    assert runtime
    graph, calls = runtime._denoiser.graph, []

    def fails_in_the_third_step(inputs: tuple[object, ...]) -> object:
        calls.append(inputs)
        if len(calls) == 3:
            raise RuntimeError("a cat")
        assert graph
        return graph(inputs)

    runtime._denoiser.graph = fails_in_the_third_step
    assert largest_difference(draw(painter, drawing)[0], first[0]) <= TOLERANCE
    assert len(calls) == 3
    assert not runs_in_openvino(painter)
    (line,) = [each for each in caplog.records if each.getMessage() == "runtime_failed"]
    assert "a cat" not in vars(line)["error"]


def test_the_second_start_finds_the_graphs_and_others_weights_have_others(
    tiny_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = graphs.find_or_export(settings(tiny_weights, tmp_path / "cache"))
    with monkeypatch.context() as patched:
        patched.setattr(subprocess, "Popen", None)
        assert graphs.find_or_export(settings(tiny_weights, tmp_path / "cache")) == folder
    changed = shutil.copytree(tiny_weights, tmp_path / "changed")
    (file,) = (changed / "unet").glob("*.safetensors")
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    assert graphs._key(settings(changed, tmp_path)) != folder.name


@pytest.mark.parametrize("damage", ["cut off", "other numbers"])
def test_damaged_graphs_are_thrown_away_and_pytorch_goes_on(
    tiny_weights: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    known = settings(tiny_weights, tmp_path)
    file = (graphs.find_or_export(known) / graphs.DENOISER).with_suffix(".bin")
    content = file.read_bytes()
    file.write_bytes(content[:100] if damage == "cut off" else bytes(len(content)))
    painter = Painter(known)
    painter.accelerate(known)
    until(lambda: "runtime_unavailable" in caplog.messages)
    assert draw(painter, Drawing("a cat", None, (1,), 32, 32, steps=2, guidance_scale=5.0))
    assert not runs_in_openvino(painter)
    assert not file.exists()


def test_only_the_graphs_used_last_are_kept(tmp_path: Path) -> None:
    for number in range(graphs.KEPT + 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / graphs.DENOISER).touch()
        os.utime(folder, (number, number))
    graphs._forget_oldest(tmp_path)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["2", "3", "4", "5"]


def test_pipelines_it_cannot_run_stay_with_pytorch(
    tiny_sdxl_weights: Path, tiny_weights: Path, tmp_path: Path
) -> None:
    for weights, env in (
        (tiny_sdxl_weights, {"MODEL_RUNTIME": "openvino"}),
        (tiny_weights, {"MODEL_RUNTIME": "torch"}),
        (tiny_weights, {"MODEL_DTYPE": "bfloat16"}),
    ):
        known = settings(weights, tmp_path, **env)
        painter = Painter(known)
        painter.accelerate(known)
        assert painter._runtime is None
    assert not list(tmp_path.iterdir())


def test_the_server_draws_at_once_and_changes_over_later(
    start_server: StartServer, tiny_weights: Path, tmp_path: Path
) -> None:
    server: RunningServer = start_server(
        MODEL_RUNTIME="auto", MODEL_CACHE_DIR=str(tmp_path / "cache")
    ).wait_until_ready()
    asked = {"prompt": "a cat", "seed": 7, "steps": 3}
    first = server.invoke(**asked).image()
    assert server.metric("model_fast_runtime") == 0
    until(lambda: "runtime_ready" in server.log())
    later = server.invoke(**asked).image()
    assert server.metric("model_fast_runtime") == 1
    assert largest_difference(first, later) <= TOLERANCE
    assert "a cat" not in server.log()
    server.terminate()
    assert server.exit_code() == 0


def test_a_cache_that_cannot_be_written_is_told_and_pytorch_goes_on(
    start_server: StartServer, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    server = start_server(MODEL_RUNTIME="auto", MODEL_CACHE_DIR=str(tmp_path / "file" / "cache"))
    until(lambda: "runtime_unavailable" in server.wait_until_ready().log())
    assert server.invoke(prompt="a cat", steps=2).status == 200


def test_the_export_ends_with_the_server(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "model.serving.exporting", str(BUNDLED_WEIGHTS)]
    ended = subprocess.run(
        [*command, str(tmp_path / "graphs")], cwd=ROOT, stdin=subprocess.DEVNULL, check=False
    )
    assert ended.returncode == 1
    assert not (tmp_path / "graphs" / graphs.DECODER).exists()


def test_nothing_is_reported_to_the_runtimes_makers() -> None:
    script = (
        "from model.serving.graphs import load_openvino; load_openvino(); import json, sys;"
        "print(json.dumps([n for n, m in sys.modules.items() if m and 'openvino_tel' in n]))"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(said.stdout) == []
