"""The whole recipe in seconds, on a configuration of a few thousand parameters."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline
from safetensors.torch import load_file
from torch import nn

from model.training import loop
from model.training.__main__ import keeping, main
from model.training.config import TINY, Schedule
from model.training.loop import Stage, rate_factor
from model.training.recipe import train_pipeline
from tests.model.training_materials import plain_concepts

# diffusers' own samplers hand torch tensors to numpy the old way.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

VAE = "vae/diffusion_pytorch_model.safetensors"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("recipe")
    train_pipeline(TINY, plain_concepts(), folder=root / "cache", out=root / "out")
    return root


def weights(folder: Path) -> dict[str, bytes]:
    files = sorted(folder.rglob("*.safetensors"))
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def test_recipe_writes_a_pipeline_that_draws_every_shape(trained: Path) -> None:
    pipeline = StableDiffusionPipeline.from_pretrained(
        trained / "out", dtype=torch.float32, local_files_only=True
    )
    pipeline.set_progress_bar_config(disable=True)
    settings = json.loads((trained / "out/deepstory.json").read_text("utf-8"))
    assert settings["name"] == "deepstory-tiny"
    for width, height in settings["sizes"].values():
        picture = pipeline(
            "고양이, 크레용 그림", width=width, height=height, num_inference_steps=2
        ).images[0]
        assert picture.size == (width, height)


def test_second_run_goes_on_from_the_first_and_changes_nothing(trained: Path) -> None:
    before = weights(trained / "out")
    train_pipeline(TINY, plain_concepts(), folder=trained / "cache", out=trained / "out")
    assert weights(trained / "out") == before


def test_run_stopped_in_a_stage_ends_with_the_same_weights(trained: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "cache", tmp_path / "out"

    class Stopped(Exception):
        pass

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "CHECKPOINT_SECONDS", 0)
        advance = Stage._advance

        def stop_in_second_unet_step(stage: Stage, step: loop.Step, seed: int) -> torch.Tensor:
            if stage.name == "unet" and stage.step == 1:
                raise Stopped
            return advance(stage, step, seed)

        patch.setattr(Stage, "_advance", stop_in_second_unet_step)
        with pytest.raises(Stopped):
            train_pipeline(TINY, plain_concepts(), folder=folder, out=out)
    train_pipeline(TINY, plain_concepts(), folder=folder, out=out)
    assert weights(out) == weights(trained / "out")


def test_run_may_begin_with_the_weights_of_an_earlier_one(trained: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "cache", tmp_path / "out"
    idle = Schedule(steps=0, batch=4, rate=1e-3, warmup=1)
    recipe = dataclasses.replace(
        TINY, vae_schedule=idle, decoder_schedule=idle, text_schedule=idle, unet_schedule=idle
    )
    train_pipeline(recipe, plain_concepts(), folder=folder, out=out, start=trained / "out")
    assert weights(out) == weights(trained / "out")


def test_kept_vae_sees_as_before_and_only_the_rest_learns(trained: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    recipe = keeping(TINY, ["vae", "text"])
    assert recipe.vae_schedule.steps == recipe.text_schedule.steps == 0
    train_pipeline(
        recipe, plain_concepts(), folder=tmp_path / "cache", out=out, start=trained / "out"
    )
    kept, before = (load_file(folder / VAE) for folder in (out, trained / "out"))
    changed = {name for name in before if not kept[name].equal(before[name])}
    assert changed
    assert all(name.startswith(("decoder", "post_quant_conv")) for name in changed)
    assert weights(out / "unet") != weights(trained / "out" / "unet")


def test_nothing_can_be_kept_of_no_weights(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--config", "tiny", "--out", "nowhere", "--keep", "vae"])
    assert "--keep needs --start-from" in capsys.readouterr().err


def test_weights_of_other_sizes_are_refused(trained: Path, tmp_path: Path) -> None:
    wider = dataclasses.replace(TINY, vae=dataclasses.replace(TINY.vae, channels=(8, 8, 16)))
    with pytest.raises(ValueError, match="does not fit this configuration"):
        train_pipeline(
            wider, plain_concepts(), folder=tmp_path / "cache", out=tmp_path, start=trained / "out"
        )


def test_other_seed_gives_other_weights(trained: Path, tmp_path: Path) -> None:
    other = dataclasses.replace(TINY, seed=TINY.seed + 1)
    train_pipeline(other, plain_concepts(), folder=tmp_path / "cache", out=tmp_path / "out")
    assert weights(tmp_path / "out") != weights(trained / "out")


def test_loss_falls_and_averages_are_used(tmp_path: Path) -> None:
    torch.manual_seed(0)
    layer = nn.Linear(2, 1)
    stage = Stage("line", {"layer": layer}, Schedule(200, 8, 0.05, warmup=5), ema_decay=0.9)

    def step(_: int, rng: np.random.Generator) -> torch.Tensor:
        points = torch.from_numpy(rng.normal(size=(8, 2))).float()
        truth = points.sum(dim=1, keepdim=True)
        return (layer(points) - truth).square().mean()

    stage.train(step, seed=1, checkpoint=tmp_path / "line.pt")
    stage.use_averages()
    assert stage.history[-1][1] < stage.history[0][1]
    assert torch.allclose(layer.weight, torch.ones(1, 2), atol=0.05)
    assert layer.weight.equal(stage.averages[0])


def test_rate_warms_up_stays_and_falls_to_nothing() -> None:
    schedule = Schedule(steps=1000, batch=1, rate=1.0, warmup=100, decay=0.3)
    assert rate_factor(schedule, 0) == pytest.approx(0.01)
    assert rate_factor(schedule, 500) == 1.0
    assert rate_factor(schedule, 850) == pytest.approx(0.5)
    assert rate_factor(schedule, 999) < 0.01
