import json
from pathlib import Path
from typing import Any

import pytest

from model.serving import settings
from model.serving.settings import Settings, read_settings


def read(folder: Path, described: dict[str, Any] | None = None, **env: str) -> Settings:
    (folder / "model_index.json").write_text("{}")
    if described is not None:
        (folder / "deepstory.json").write_text(json.dumps(described))
    return read_settings({"MODEL_DIR": str(folder)} | env)


def test_sagemaker_is_served_on_all_addresses_at_8080_unless_told(tmp_path: Path) -> None:
    known = read(tmp_path)
    assert (known.host, known.port) == ("0.0.0.0", 8080)  # noqa: S104  # the container's contract
    known = read(tmp_path, SAGEMAKER_BIND_TO_PORT="9000", MODEL_BIND_HOST="127.0.0.1")
    assert (known.host, known.port) == ("127.0.0.1", 9000)


def test_weights_are_looked_for_where_sagemaker_mounts_them_and_then_beside_the_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundled, mounted = tmp_path / "bundled", tmp_path / "mounted"
    monkeypatch.setattr(settings, "BUNDLED_WEIGHTS", bundled)
    monkeypatch.setattr(settings, "MOUNTED_WEIGHTS", mounted)
    for folder in (bundled, mounted):
        folder.mkdir()
        (folder / "model_index.json").write_text("{}")
        assert read_settings({}).model_dir == folder
    assert read_settings({"MODEL_DIR": str(bundled)}).model_dir == bundled


def test_the_environment_wins_over_the_file_beside_the_weights(tmp_path: Path) -> None:
    described = {"default_steps": 20, "max_batch": 2, "sizes": {"1:1": [64, 64]}, "styles": []}
    known = read(tmp_path, described, MODEL_MAX_BATCH="8", MODEL_BATCH_WINDOW_MS="2.5")
    assert known.default_steps == 20
    assert known.max_batch == 8
    assert known.batch_window_ms == 2.5
    assert known.sizes == {"1:1": (64, 64)}
    assert known.max_side == 64


@pytest.mark.parametrize(
    ("sample_size", "levels", "sizes"),
    [
        (64, 4, {"1:1": (512, 512), "3:4": (432, 576), "4:3": (576, 432)}),
        (128, 4, {"1:1": (1024, 1024), "3:4": (864, 1152), "4:3": (1152, 864)}),
    ],
)
def test_a_plain_diffusers_folder_is_drawn_at_its_native_size(
    tmp_path: Path, sample_size: int, levels: int, sizes: dict[str, tuple[int, int]]
) -> None:
    for part, config in (
        ("unet", {"sample_size": sample_size}),
        ("vae", {"block_out_channels": [128] * levels}),
    ):
        (tmp_path / part).mkdir()
        (tmp_path / part / "config.json").write_text(json.dumps(config))
    assert read(tmp_path).sizes == sizes


@pytest.mark.parametrize(
    ("described", "env"),
    [
        ({"sizes": {"1:1": [63, 64]}}, {}),
        ({"sizes": {"1:1": 64}}, {}),
        ({"sizes": {"1:1": [64.5, 64]}}, {}),
        ({"sizes": [64, 64]}, {}),
        ({"default_steps": "many"}, {}),
        ({"default_steps": 0}, {}),
        ({"default_steps": 101}, {}),
        ({}, {"MODEL_MAX_BATCH": "0"}),
        ({}, {"MODEL_QUEUE_SIZE": "lots"}),
        ({}, {"SAGEMAKER_BIND_TO_PORT": "http"}),
        ({}, {"SAGEMAKER_BIND_TO_PORT": "65536"}),
        ({}, {"SAGEMAKER_BIND_TO_PORT": "-1"}),
        ({}, {"MODEL_MAX_SIDE": "8"}),
        ({}, {"MODEL_THREADS": "-1"}),
        ({}, {"MODEL_DRAIN_SECONDS": "-1"}),
        ({}, {"MODEL_BATCH_WINDOW_MS": "nan"}),
        ({}, {"MODEL_BATCH_WINDOW_MS": "inf"}),
        ({}, {"MODEL_MAX_OVERTAKING_MS": "-1"}),
        ({}, {"MODEL_GUIDANCE_UNTIL": "0"}),
        ({"guidance_until": 1.1}, {}),
        ({}, {"MODEL_DEFAULT_GUIDANCE_SCALE": "nan"}),
        ({"default_guidance_scale": 31}, {}),
        ({"max_batch": 2.5}, {}),
        ({"max_batch": 1e999}, {}),
        ({"device": None}, {}),
        ({"decoder": "large"}, {}),
        ({}, {"MODEL_RUNTIME": "tensorrt"}),
        ({}, {"MODEL_TRUST_COMPILED": "perhaps"}),
    ],
    ids=str,
)
def test_a_bad_setting_is_named(
    tmp_path: Path, described: dict[str, Any], env: dict[str, str]
) -> None:
    with pytest.raises(
        ValueError,
        match=r"size|steps|max_|queue_size|PORT|guidance_scale|batch_window_ms|de(vice|coder)|"
        r"runtime|TRUST|guidance_until",
    ):
        read(tmp_path, described, **env)


def test_a_pipeline_of_several_sample_sizes_needs_its_sizes_told(tmp_path: Path) -> None:
    (tmp_path / "unet").mkdir()
    (tmp_path / "unet" / "config.json").write_text(json.dumps({"sample_size": [64, 96]}))
    with pytest.raises(ValueError, match="sample_size"):
        read(tmp_path)
    assert read(tmp_path, {"sizes": {"4:3": [96, 64]}}).max_side == 96


def test_a_damaged_description_is_named(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text("{}")
    (tmp_path / "deepstory.json").write_text("[1]")
    with pytest.raises(ValueError, match=r"deepstory\.json holds no JSON object"):
        read_settings({"MODEL_DIR": str(tmp_path)})


def test_a_folder_without_a_pipeline_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"holds no model_index\.json"):
        read_settings({"MODEL_DIR": str(tmp_path)})


def test_compiled_networks_are_trusted_by_the_environment_alone(tmp_path: Path) -> None:
    assert not read(tmp_path, {"trust_compiled": True}).trust_compiled
    assert read(tmp_path, MODEL_TRUST_COMPILED="yes").trust_compiled
    assert not read(tmp_path, MODEL_TRUST_COMPILED="no").trust_compiled
