"""What only a GPU can show. Without one all of it is skipped, and says so."""

import shutil
import threading
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch._dynamo.utils import counters

from model.serving import artefacts, metrics
from model.serving.compiled import Compiled
from model.serving.drawing import Drawing
from model.serving.painter import Painter
from model.serving.recording import CALLS_BEFORE, Bucketed, CudaRecorder
from model.serving.settings import Settings, read_settings
from tests.model.compiled_start import accelerated
from tests.model.running_server import largest_difference

pytestmark = [
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU with CUDA"),
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

TOLERANCE = 6  # of 255, in float16
PATIENCE_SECONDS = 900
ALL = ["decoder-1x16x16", "denoiser-1x16x16", "denoiser-2x16x16"]
CAT = Drawing("a cat", None, (7,), 16, 16, steps=8, guidance_scale=5.0)


def settings(weights: Path, cache: Path, **env: str) -> Settings:
    return read_settings({"MODEL_DIR": str(weights), "MODEL_CACHE_DIR": str(cache)} | env)


def draw(painter: Painter, drawing: Drawing = CAT) -> Image.Image:
    (picture,) = painter.paint([(drawing, drawing.seeds[0])], lambda: None)
    assert picture
    return picture.convert("RGB")


def calls(path: str) -> float:
    return float(metrics.CALLS.labels("denoiser", path)._value.get())


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cuda") / "cache"


@pytest.fixture(scope="module")
def fast(smallest_weights: Path, cache: Path) -> tuple[Painter, Compiled]:
    """`auto` compiles on a GPU."""
    return accelerated(settings(smallest_weights, cache))


def test_a_gpu_draws_in_half_precision_and_channels_last(
    fast: tuple[Painter, Compiled],
) -> None:
    unet = fast[0]._pipeline.unet
    assert (unet.device.type, unet.dtype) == ("cuda", torch.float16)
    assert unet.conv_in.weight.is_contiguous(memory_format=torch.channels_last)
    assert "Fused" in str(unet.attn_processors)


def test_pictures_are_repeated_from_recordings_and_stay_what_they_are(
    fast: tuple[Painter, Compiled], smallest_weights: Path, cache: Path
) -> None:
    painter, compiled = fast
    assert compiled.ready() == ALL
    before = calls("graph")
    counters.clear()
    with torch.compiler.set_stance("fail_on_recompile"):
        pictures = [draw(painter) for _ in range(3)]
    assert calls("graph") > before
    assert not counters["stats"]
    eager = draw(Painter(settings(smallest_weights, cache, MODEL_RUNTIME="torch")))
    assert max(largest_difference(eager, each) for each in pictures) <= TOLERANCE
    plain = settings(smallest_weights, cache, MODEL_RUNTIME="torch", MODEL_DTYPE="float32")
    assert largest_difference(draw(Painter(plain)), pictures[-1]) <= 2 * TOLERANCE


def test_a_second_start_compiles_nothing(
    fast: tuple[Painter, Compiled],
    smallest_weights: Path,
    cache: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Beside the weights, as on a new machine: with none of the compiler's own files."""
    weights = Path(shutil.copytree(smallest_weights, tmp_path / "weights"))
    shutil.copytree(
        cache / artefacts.FOLDER,
        weights / artefacts.FOLDER,
        ignore=shutil.ignore_patterns("inductor"),
    )
    monkeypatch.setattr("sys.executable", shutil.which("false"))
    counters.clear()
    known = settings(weights, tmp_path / "other", MODEL_TRUST_COMPILED="yes")
    painter = Painter(known)
    painter.accelerate(known)
    assert painter._compiled
    assert painter._compiled.finished.wait(PATIENCE_SECONDS)
    assert painter._compiled.ready() == ALL
    assert not counters["stats"]
    assert largest_difference(draw(painter), draw(fast[0])) <= TOLERANCE


def test_drawing_goes_on_without_recordings_when_memory_ran_out(
    smallest_weights: Path, cache: Path, fast: tuple[Painter, Compiled]
) -> None:
    known = settings(smallest_weights, cache)
    painter = Painter(known)
    painter.accelerate(known)
    assert painter._compiled
    assert painter._compiled.finished.wait(PATIENCE_SECONDS)
    first = draw(painter)
    painter._compiled._forget_recordings()
    before = calls("graph")
    assert largest_difference(draw(painter), first) <= TOLERANCE
    assert calls("graph") == before


@pytest.mark.parametrize("order", [(0, 1, 0, 1), (1, 1, 0, 0)])
def test_recordings_share_memory_in_any_order(order: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    recorder = CudaRecorder()
    layers = [torch.nn.Linear(256, 256, device="cuda", dtype=torch.float16) for _ in range(2)]

    def made(number: int, rows: int) -> Bucketed:
        def run(latents: torch.Tensor) -> torch.Tensor:
            found: torch.Tensor = layers[number](layers[number](latents).relu()).sin()
            return found

        return Bucketed("denoiser", rows, run, recorder)

    recorded = [made(0, 4), made(1, 8)]
    with torch.no_grad():
        for number in [0, 1] * (CALLS_BEFORE + 1) + list(order):
            latents = torch.randn(3, 256, device="cuda", dtype=torch.float16)
            answer = recorded[number]({"latents": latents})
            expected = layers[number](layers[number](latents).relu()).sin()
            assert torch.allclose(answer, expected, atol=1e-2)
    assert all(each._repeat for each in recorded)


def test_repetitions_on_two_streams_do_not_overlap() -> None:
    """As when somebody decodes beside the stream that others decode on."""
    recorder = CudaRecorder()
    weights = torch.randn(2048, 2048, device="cuda") / 2048**0.5

    def run(latents: torch.Tensor) -> torch.Tensor:
        for _ in range(20):
            latents = (latents @ weights).tanh()
        return latents

    bucketed = Bucketed("decoder", 2048, run, recorder)
    given = [torch.randn(2048, 2048, device="cuda") for _ in range(2)]
    expected = [run(each) for each in given]
    for _ in range(CALLS_BEFORE + 1):
        bucketed({"latents": given[0]})
    torch.cuda.synchronize()
    streams = [torch.cuda.Stream(), torch.cuda.Stream()]
    for _ in range(10):
        answers = []
        for stream, each in zip(streams, given, strict=True):
            with torch.cuda.stream(stream):
                answers.append(bucketed({"latents": each}))
        torch.cuda.synchronize()
        for answer, other in zip(answers, expected, strict=True):
            assert torch.allclose(answer, other, atol=1e-4)


def test_another_thread_may_allocate_while_it_is_recorded() -> None:
    recorder = CudaRecorder()
    ended = threading.Event()

    def allocate() -> None:
        while not ended.is_set():
            torch.randn(1024, 1024, device="cuda").sum().item()
            torch.cuda.empty_cache()

    other = threading.Thread(target=allocate)
    other.start()
    try:
        latents = torch.randn(4, 512, device="cuda")
        for _ in range(20):
            bucketed = Bucketed("denoiser", 4, lambda latents: latents.cos().sin(), recorder)
            for _ in range(CALLS_BEFORE + 2):
                answer = bucketed({"latents": latents})
            assert bucketed._repeat
            assert torch.equal(answer, latents.cos().sin())
    finally:
        ended.set()
        other.join()


def test_sdxl_s_decoder_stays_in_float32_where_it_is(tiny_sdxl_weights: Path, cache: Path) -> None:
    painter = Painter(settings(tiny_sdxl_weights, cache, MODEL_RUNTIME="torch"))
    vae = painter._pipeline.vae
    places = [each.data_ptr() for each in vae.parameters()]
    draw(painter, Drawing("a cat", None, (7,), 32, 32, steps=2, guidance_scale=5.0))
    assert vae.dtype == torch.float32
    assert [each.data_ptr() for each in vae.parameters()] == places
