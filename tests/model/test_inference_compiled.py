"""Compiled networks in place of a pipeline's own: really compiled, on the CPU, for three shapes."""

import json
import shutil
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import torch
from torch._dynamo.utils import counters

from model.serving import artefacts, metrics
from model.serving.buckets import Bucket
from model.serving.compile_process import compile_in_process
from model.serving.compiled import Compiled
from model.serving.drawing import Drawing
from model.serving.painter import Painter
from tests.model.compiled_start import (
    ALL,
    CAT,
    FirstStart,
    accelerated,
    draw,
    files,
    settings,
    start_with_nothing,
)
from tests.model.running_server import largest_difference

TOLERANCE = 1  # of 255
NETWORK_TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def first_start(smallest_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> FirstStart:
    return start_with_nothing(smallest_weights, tmp_path_factory.mktemp("compiled"))


@pytest.fixture
def cache(first_start: FirstStart, tmp_path: Path) -> Path:
    """A copy to damage."""
    return Path(shutil.copytree(first_start.cache, tmp_path / "cache"))


@pytest.fixture(scope="module")
def fast(first_start: FirstStart, smallest_weights: Path) -> tuple[Painter, Compiled]:
    counters.clear()
    return accelerated(settings(smallest_weights, first_start.cache))


@pytest.fixture(scope="module")
def eager(smallest_weights: Path) -> Painter:
    return Painter(settings(smallest_weights, Path(), MODEL_RUNTIME="torch"))


@pytest.fixture
def no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for the process that compiles gets one that fails at once."""
    monkeypatch.setattr(sys, "executable", shutil.which("false"))


def test_pictures_are_drawn_at_once_and_all_the_time_while_shapes_are_compiled(
    first_start: FirstStart,
) -> None:
    pictures = [*first_start.meanwhile, first_start.afterwards]
    assert max(largest_difference(first_start.meanwhile[0], each) for each in pictures) <= TOLERANCE
    events = first_start.events
    assert events.index("ready") < events.index("compiled")
    assert events[events.index("compiling") : events.index("compiled")].count("invocation") >= 4
    assert first_start.compiled_calls >= CAT.steps
    assert (first_start.ready, first_start.wanted) == (3, 3)
    assert first_start.exit_code == 0


def test_artefacts_are_private(first_start: FirstStart) -> None:
    assert files(first_start.cache) == [f"{name}{artefacts.SUFFIX}" for name in ALL]
    for place in (first_start.cache, *(first_start.cache / artefacts.FOLDER).iterdir()):
        assert not place.stat().st_mode & 0o022


def test_another_process_compiles_nothing_again(
    fast: tuple[Painter, Compiled], eager: Painter
) -> None:
    painter, compiled = fast
    assert compiled.ready() == ALL
    with torch.compiler.set_stance("fail_on_recompile"):
        drawn = draw(painter)
        unknown = Drawing("a cat", None, (7,), 24, 32, steps=2, guidance_scale=5.0)
        assert draw(painter, unknown) == draw(eager, unknown)
    assert largest_difference(drawn, draw(eager)) <= TOLERANCE
    # Neither was anything traced, nor looked for in the compiler's own caches.
    assert not counters["stats"]
    assert not counters["frames"]
    assert not counters["aot_autograd"]


@pytest.mark.parametrize("rows", [1, 2, 3, 4])
@pytest.mark.parametrize("timesteps", ["one", "each"])
def test_any_number_of_rows_is_answered_as_by_the_network(
    fast: tuple[Painter, Compiled], eager: Painter, rows: int, timesteps: str
) -> None:
    random = torch.Generator().manual_seed(rows)
    latents = torch.randn(rows, 4, 16, 16, generator=random)
    words = torch.randn(rows, 32, 16, generator=random)
    step = torch.tensor(500) if timesteps == "one" else torch.linspace(900, 100, rows)
    before = metrics.CALLS.labels("denoiser", "compiled")._value.get()
    with torch.no_grad():
        found, expected = (
            each._pipeline.unet(latents, step, encoder_hidden_states=words, return_dict=False)[0]
            for each in (fast[0], eager)
        )
    assert found.shape == expected.shape
    assert (found - expected).abs().max() <= NETWORK_TOLERANCE * expected.abs().max()
    assert metrics.CALLS.labels("denoiser", "compiled")._value.get() > before


def test_rows_that_fill_a_shape_change_nothing(
    cache: Path, smallest_weights: Path, eager: Painter, no_compiler: None
) -> None:
    (single,) = cache.rglob("denoiser-1x*")
    single.unlink()
    painter, compiled = accelerated(settings(smallest_weights, cache))
    assert compiled.ready() == [ALL[0], ALL[2]]
    padded = metrics.PADDED._value.get()
    drawing = Drawing("a cat", None, (7,), 16, 16, steps=3, guidance_scale=0.0)
    assert largest_difference(draw(painter, drawing), draw(eager, drawing)) <= TOLERANCE
    assert metrics.PADDED._value.get() == padded + drawing.steps


def test_latents_of_another_kind_are_left_to_the_network(fast: tuple[Painter, Compiled]) -> None:
    unet = fast[0]._pipeline.unet
    before = metrics.CALLS.labels("denoiser", "compiled")._value.get()
    latents, words = torch.randn(2, 4, 16, 16), torch.randn(2, 32, 16)
    with torch.no_grad():
        unet(latents, 500, words[:, :31], return_dict=False)  # fewer tokens
        unet(latents[..., :12], 500, words, return_dict=False)
        assert unet(latents, 500, words).sample.shape == latents.shape  # an object is asked for
        unet(latents, 500, words, encoder_attention_mask=torch.ones(2, 32), return_dict=False)
    assert metrics.CALLS.labels("denoiser", "compiled")._value.get() == before


def broken(compiled: Compiled, fault: Exception) -> None:
    """Have one shape fail from its next call on."""

    def fails(**_inputs: Any) -> Any:
        raise fault

    for bucketed in compiled._parts["denoiser"]._ready[16, 16].values():
        bucketed._function = fails


def test_a_shape_that_fails_is_given_up_for_the_network(
    cache: Path, smallest_weights: Path, eager: Painter, caplog: pytest.LogCaptureFixture
) -> None:
    painter, compiled = accelerated(settings(smallest_weights, cache))
    broken(compiled, RuntimeError("a cat"))
    assert largest_difference(draw(painter), draw(eager)) <= TOLERANCE
    assert "denoiser-2x16x16" not in compiled.ready()
    failed = [each for each in caplog.records if each.getMessage() == "compiled_failed"]
    assert failed
    assert all("a cat" not in vars(line)["error"] for line in failed)


def test_running_out_of_memory_is_the_caller_s_to_handle(
    cache: Path, smallest_weights: Path
) -> None:
    painter, compiled = accelerated(settings(smallest_weights, cache))
    forgotten: list[str] = []
    for name, part in compiled._parts.items():
        for bucketed in part._ready[16, 16].values():
            bucketed.forget_recording = lambda n=name: forgotten.append(n)  # type: ignore[misc, method-assign]  # there is none on a CPU
    broken(compiled, torch.OutOfMemoryError("CUDA out of memory"))
    with pytest.raises(torch.OutOfMemoryError):
        draw(painter)
    assert compiled.ready() == ALL
    assert sorted(forgotten) == ["decoder", "denoiser", "denoiser"]


def test_what_cannot_be_compiled_is_told_and_the_rest_goes_on(
    cache: Path, smallest_weights: Path
) -> None:
    missing = [Bucket("nothing", 1, 16, 16), Bucket("denoiser", 1, 16, 16)]
    found = compile_in_process(missing, smallest_weights, cache / artefacts.FOLDER, {})
    (first, why), (second, fine) = found
    assert (first, second) == tuple(missing)
    assert "KeyError" in why
    assert not fine  # it was there already


@pytest.mark.parametrize("damage", ["cut off", "other bytes", "nothing"])
def test_a_damaged_artefact_is_not_run(
    cache: Path,
    smallest_weights: Path,
    no_compiler: None,
    caplog: pytest.LogCaptureFixture,
    damage: str,
) -> None:
    (file,) = cache.rglob("denoiser-2x*")
    content = bytearray(file.read_bytes())
    content[-9] ^= 1
    file.write_bytes({"cut off": content[:-9], "other bytes": content, "nothing": b""}[damage])
    _, compiled = accelerated(settings(smallest_weights, cache))
    assert compiled.ready() == ALL[:2]
    assert "compiled_refused" in caplog.messages
    assert not file.exists()


def test_a_wrong_answer_is_refused(
    cache: Path,
    smallest_weights: Path,
    tmp_path: Path,
    no_compiler: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A model with the same weights, which computes something else with them."""
    other = Path(shutil.copytree(smallest_weights, tmp_path / "other"))
    config = json.loads((other / "unet" / "config.json").read_text())
    (other / "unet" / "config.json").write_text(json.dumps(config | {"norm_eps": 10.0}))
    unet, vae = (
        getattr(Painter(settings(other, cache))._pipeline, part) for part in ("unet", "vae")
    )
    (folder,) = (cache / artefacts.FOLDER).iterdir()
    folder.rename(folder.with_name(artefacts.key(unet, vae, 32)))
    _, compiled = accelerated(settings(other, cache))
    assert compiled.ready() == ALL[:1]
    refused = [each for each in caplog.records if each.getMessage() == "compiled_refused"]
    assert all("from the network's" in vars(each)["error"] for each in refused)
    assert len(refused) == 2


def test_artefacts_beside_the_weights_are_used_only_if_the_operator_says_so(
    first_start: FirstStart, smallest_weights: Path, tmp_path: Path, no_compiler: None
) -> None:
    weights = Path(shutil.copytree(smallest_weights, tmp_path / "weights"))
    (folder,) = (first_start.cache / artefacts.FOLDER).iterdir()
    shipped = weights / artefacts.FOLDER / folder.name
    shutil.copytree(folder, shipped, ignore=shutil.ignore_patterns("inductor"))
    described = json.loads((weights / "deepstory.json").read_text())
    (weights / "deepstory.json").write_text(json.dumps(described | {"trust_compiled": True}))
    _, distrusted = accelerated(settings(weights, tmp_path / "first"))
    assert distrusted.ready() == []
    second = tmp_path / "second"
    shutil.copytree(first_start.cache, second, ignore=shutil.ignore_patterns("*.artefact"))
    _, trusted = accelerated(settings(weights, second, MODEL_TRUST_COMPILED="yes"))
    assert trusted.ready() == ALL


def test_a_cache_that_others_may_write_is_not_read(
    cache: Path, smallest_weights: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder,) = (cache / artefacts.FOLDER).iterdir()
    folder.chmod(0o770)
    painter, compiled = accelerated(settings(smallest_weights, cache))
    assert compiled.ready() == []
    assert "compiling_unavailable" in caplog.messages
    assert draw(painter)


def test_shapes_may_become_ready_while_others_are_given_up(fast: tuple[Painter, Compiled]) -> None:
    """Two threads change what is ready: none undoes the other's change."""
    part = fast[1]._parts["decoder"]
    sides = 1, 1

    def come() -> None:
        for batch in range(2, 400):
            part.put(Bucket("decoder", batch, *sides), None, None)

    coming = threading.Thread(target=come)
    part.put(Bucket("decoder", 1000, *sides), None, None)
    coming.start()
    part._give_up(sides, 1000, ValueError())
    coming.join()
    found = part._ready[sides]
    part._ready = {size: each for size, each in part._ready.items() if size != sides}
    assert sorted(found) == list(range(2, 400))
