"""What may be published: looked at without loading anything."""

import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from model.operations.errors import OperationError, UnsafeFolderError
from model.operations.folder import read_folder
from model.operations.report import make, percentile, price_of
from model.serving import artefacts

Change = Callable[[Path], object]


@pytest.fixture
def folder(tiny_weights: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_weights, tmp_path / "model"))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def described(path: Path, **more: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | more))


WEIGHTS = "unet/diffusion_pytorch_model.safetensors"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda f: (f / "unet/model.bin").write_bytes(b"x"), "pickles and code"),
        (lambda f: (f / "unet/model.pt").write_bytes(b"x"), "pickles and code"),
        (lambda f: (f / "pipeline.py").write_text("x"), "pickles and code"),
        (lambda f: cut(f / WEIGHTS), "cut off or damaged"),
        (lambda f: (f / WEIGHTS).write_bytes(b"\x80\x04pickle" * 9), "no safetensors"),
        (lambda f: (f / WEIGHTS).write_bytes(b""), "no safetensors"),
        (lambda f: (f / WEIGHTS).unlink(), "unet has no weights"),
        (lambda f: shutil.rmtree(f / "vae"), "names vae"),
        (lambda f: described(f / "unet/config.json", auto_map={"x": "y"}), "asks for code"),
        (lambda f: described(f / "model_index.json", unet=["my_code", "UNet"]), "from 'my_code'"),
        (lambda f: (f / "unet/config.json").write_text("{"), "no JSON"),
        (lambda f: (f / "model_index.json").unlink(), "no model_index.json"),
    ],
)
def test_what_is_not_safe_to_serve_is_refused(folder: Path, change: Change, reason: str) -> None:
    change(folder)
    with pytest.raises(UnsafeFolderError, match=reason):
        read_folder(folder, None)


def test_missing_shards_are_noticed(folder: Path) -> None:
    index = {"weight_map": {"a": "model-00001-of-00002.safetensors"}}
    (folder / "unet/model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(UnsafeFolderError, match="lacks model-00001"):
        read_folder(folder, None)


COMPILED = f"{artefacts.FOLDER}/{'0a' * 16}/denoiser-2x64x64{artefacts.SUFFIX}"


def test_compiled_networks_are_published_only_as_the_operators_own(folder: Path) -> None:
    plain = read_folder(folder, None)
    file = folder / COMPILED
    file.parent.mkdir(parents=True)
    artefacts.write(file, b"function", b"caches")
    with pytest.raises(UnsafeFolderError, match="say so with --compiled"):
        read_folder(folder, None)
    manifest = read_folder(folder, None, compiled=True)
    assert {one.path for one in manifest.files} - {one.path for one in plain.files} == {COMPILED}
    assert manifest.revision != plain.revision


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        (COMPILED, b"", "no compiled network"),
        (COMPILED, b"\x80\x04pickle" * 9, "no compiled network"),
        (COMPILED.replace(".artefact", ".py"), b"", "pickles and code"),
        ("unet/denoiser-2x64x64.artefact", b"", "pickles and code"),
        ("compiled/denoiser-2x64x64.artefact", b"", "pickles and code"),
    ],
)
def test_nothing_else_passes_for_a_compiled_network(
    folder: Path, name: str, content: bytes, reason: str
) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    with pytest.raises(UnsafeFolderError, match=reason):
        read_folder(folder, None, compiled=True)


def test_a_cut_off_compiled_network_is_not_published(folder: Path) -> None:
    file = folder / COMPILED
    file.parent.mkdir(parents=True)
    artefacts.write(file, b"function", b"caches")
    assert artefacts.read(file) == (b"function", b"caches")
    cut(file)
    with pytest.raises(UnsafeFolderError, match="no compiled network"):
        read_folder(folder, None, compiled=True)


def test_bundled_weights_may_be_published() -> None:
    manifest = read_folder(Path(__file__).parents[2] / "model" / "weights", None)
    assert not [one for one in manifest.files if one.path.endswith(".md")]


def test_revision_follows_from_what_is_served_and_from_nothing_else(folder: Path) -> None:
    first = read_folder(folder, None)
    (folder / "README.md").write_text("about it")
    (folder / ".cache").mkdir()
    (folder / ".cache/x.lock").write_text("")
    assert read_folder(folder, None).revision == first.revision
    with_settings = read_folder(folder, b"{}")
    assert with_settings.revision != first.revision
    (folder / "deepstory.json").write_text('{"default_steps": 3}')
    assert read_folder(folder, b"{}").revision == with_settings.revision
    document = json.loads(with_settings.document())
    assert [one["path"] for one in document["files"]] == sorted(
        one.path for one in with_settings.files
    )


def test_cost_is_the_time_of_all_instances(tmp_path: Path) -> None:
    report = make("drawing", [2.0, 4.0, 3.0], 9.0, 200.0, 2, Decimal("3.6"))
    assert report.usd_per_picture == pytest.approx(0.006)
    assert report.pictures_per_minute == pytest.approx(20)
    assert (report.p50_seconds, report.p95_seconds) == (3.0, 4.0)
    assert "cold start        200.0 s" in report.text()
    unpriced = make("drawing", [2.0], 2.0, None, 1, None)
    assert unpriced.usd_per_picture is None
    assert "none, it was running" in unpriced.text()
    assert json.loads(unpriced.json())["usd_per_hour"] is None


def test_percentile_is_a_measured_value() -> None:
    values = [float(number) for number in range(1, 101)]
    assert (percentile(values, 50), percentile(values, 95), percentile([7.0], 95)) == (50, 95, 7)


def test_price_comes_from_a_table(tmp_path: Path) -> None:
    table = tmp_path / "prices.json"
    table.write_text('{"ml.g5.xlarge": 1.408}')
    assert price_of("ml.g5.xlarge", table) == Decimal("1.408")
    with pytest.raises(OperationError, match=r"no price of ml\.g6"):
        price_of("ml.g6.xlarge", table)
