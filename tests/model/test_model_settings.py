"""The settings kept for known models, on pipelines of their classes with random weights."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from model.operations import settings as known
from model.operations.errors import SettingsError
from model.serving.device import drawer_for, warm
from model.serving.engine import Engine
from model.serving.painter import Painter
from model.serving.queue import JobQueue
from model.serving.settings import Settings, read_settings
from tests.model.running_server import StartServer

# Of the Euler scheduler, about numpy; diffusers has to settle that.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

CLASSES = {"sd15": "checked", "sd-turbo": "sd", "sdxl": "sdxl", "sdxl-lightning": "sdxl"}
SMALL = {"1:1": [32, 32], "3:4": [24, 32], "4:3": [32, 24]}


@pytest.fixture
def weights(
    tiny_weights: Path, tiny_sdxl_weights: Path, tiny_checked_weights: Path
) -> dict[str, Path]:
    return {"sd": tiny_weights, "sdxl": tiny_sdxl_weights, "checked": tiny_checked_weights}


def small(name: str, folder: Path, target: Path, **changes: Any) -> Settings:
    """A model's settings as they are, but for the size of the pictures."""
    described = json.loads(known.read(name)) | {"sizes": SMALL, "max_side": 32, "variant": ""}
    shutil.copytree(folder, target)
    (target / "deepstory.json").write_text(json.dumps(described | changes))
    return read_settings({"MODEL_DIR": str(target), "MODEL_DEVICE": "cpu"})


def test_every_known_model_has_a_class_here() -> None:
    assert known.names() == sorted(CLASSES)


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_settings_draw_with_a_pipeline_of_the_model_s_class(
    name: str, weights: dict[str, Path], tmp_path: Path
) -> None:
    settings = small(name, weights[CLASSES[name]], tmp_path / "model")
    painter = Painter(settings)
    queue = JobQueue(size=1, max_batch=settings.max_batch, max_overtaking_seconds=0)
    drawer = drawer_for(painter, queue, settings)
    assert isinstance(drawer, Engine)
    warm(drawer, settings)
    scheduler = painter._pipeline.scheduler
    described = json.loads(known.read(name))
    assert type(scheduler).__name__ == described["scheduler"]
    for field, value in described["scheduler_config"].items():
        assert scheduler.config[field] == value
    checked = getattr(painter._pipeline, "safety_checker", None) is not None
    assert checked == (name == "sd15")


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_settings_are_those_that_the_server_reads(name: str, tmp_path: Path) -> None:
    described = json.loads(known.read(name))
    (tmp_path / "model_index.json").write_text("{}")
    (tmp_path / "deepstory.json").write_bytes(known.read(name))
    read = read_settings({"MODEL_DIR": str(tmp_path)})
    for field in ("default_steps", "max_steps", "default_guidance_scale", "max_side", "scheduler"):
        assert getattr(read, field) == described[field]
    assert set(read.sizes) == {"1:1", "3:4", "4:3"}
    assert max(side for size in read.sizes.values() for side in size) <= read.max_side


@pytest.mark.parametrize(
    ("name", "steps", "timesteps"),
    [
        ("sd-turbo", 1, [999]),
        ("sd-turbo", 2, [999, 499]),
        ("sdxl-lightning", 4, [999, 749, 499, 249]),
        ("sdxl-lightning", 2, [999, 499]),
    ],
)
def test_models_of_few_steps_take_the_steps_they_were_distilled_for(
    name: str, steps: int, timesteps: list[int], weights: dict[str, Path], tmp_path: Path
) -> None:
    """Trailing: a first step from anywhere but pure noise would give them what they never saw."""
    settings = small(name, weights[CLASSES[name]], tmp_path / "model")
    scheduler = Painter(settings)._pipeline.scheduler
    scheduler.set_timesteps(steps)
    assert scheduler.timesteps.tolist() == timesteps
    assert settings.default_guidance_scale == 0.0


def test_a_consistency_model_s_scheduler_can_be_chosen(
    weights: dict[str, Path], tmp_path: Path
) -> None:
    """LCM, by a model or by weights fused into one, in four steps of its own."""
    changes = {"scheduler": "LCMScheduler", "scheduler_config": {}, "default_steps": 4}
    settings = small("sd-turbo", weights["sd"], tmp_path / "model", **changes)
    painter = Painter(settings)
    painter.warm(settings)
    painter._pipeline.scheduler.set_timesteps(4)
    assert painter._pipeline.scheduler.timesteps.tolist() == [999, 759, 499, 259]


def test_safety_checker_can_be_left_out_and_demanded(
    weights: dict[str, Path], tmp_path: Path
) -> None:
    without = Painter(small("sd15", weights["checked"], tmp_path / "off", safety_checker="off"))
    assert without._pipeline.safety_checker is None
    Painter(small("sdxl", weights["sdxl"], tmp_path / "xl", safety_checker="off"))
    with pytest.raises(ValueError, match="demand a safety checker"):
        Painter(small("sd15", weights["sd"], tmp_path / "none"))


def test_safety_checker_withholds_what_it_finds(
    weights: dict[str, Path], tmp_path: Path, start_server: StartServer
) -> None:
    """Its thresholds are weights: with low ones, it finds something in every picture."""
    from safetensors.torch import load_file, save_file

    folder = tmp_path / "model"
    small("sd15", weights["checked"], folder)
    file = folder / "safety_checker" / "model.safetensors"
    tensors = load_file(file)
    save_file(
        {
            name: tensor.fill_(-2) if "embeds_weights" in name else tensor
            for name, tensor in tensors.items()
        },
        file,
        {"format": "pt"},
    )
    server = start_server(folder).wait_until_ready()
    answer = server.invoke(prompt="a cat", steps=2)
    assert (answer.status, answer.error_code) == (422, "content_filtered")


@pytest.mark.parametrize("scheduler", ["UNet2DConditionModel", "NoSuchScheduler", "torch"])
def test_only_schedulers_of_diffusers_are_taken(
    scheduler: str, weights: dict[str, Path], tmp_path: Path
) -> None:
    settings = small("sdxl", weights["sdxl"], tmp_path / "model", scheduler=scheduler)
    with pytest.raises(ValueError, match="has no scheduler"):
        Painter(settings)


def test_settings_that_the_server_would_refuse_are_refused_before(
    weights: dict[str, Path],
) -> None:
    for wrong in (b"{", b'{"default_steps": 0}', b'{"safety_checker": "perhaps"}', b"3"):
        with pytest.raises(SettingsError):
            known.check_folder(weights["sd"], wrong)
    with pytest.raises(SettingsError, match="the folder has none"):
        known.check_folder(weights["sd"], known.read("sd15"))
    with pytest.raises(SettingsError, match="nor one of sd-turbo, sd15, sdxl"):
        known.read("none")
    known.check_folder(weights["checked"], known.read("sd15"))
