import json
from pathlib import Path

import pytest
import torch
from diffusers import DiffusionPipeline

from benchmarks.serving import configs, flops, weights
from benchmarks.serving.orders import read_model

# Numbers of the published weights, and what others have counted for a picture of their size.
SIZES = {
    "sd15": {"unet": 859_520_964, "vae": 83_653_863, "text_encoder": 123_060_480},
    "sdxl": {
        "unet": 2_567_463_684,
        "vae": 83_653_863,
        "text_encoder": 123_060_480,
        "text_encoder_2": 694_659_840,
    },
}
TERA = 1e12


@pytest.mark.parametrize("name", SIZES)
def test_networks_are_as_large_as_the_published_ones(name: str) -> None:
    networks = weights.empty_networks(configs.SHAPES[name])

    found = {
        part: sum(numbers.numel() for numbers in network.parameters())
        for part, network in networks.items()
    }
    assert found == SIZES[name]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders with no more than the networks' descriptions."""
    found = {}
    for name in SIZES:
        found[name] = tmp_path_factory.mktemp(name)
        for part, network in weights.empty_networks(configs.SHAPES[name]).items():
            (found[name] / part).mkdir()
            config = network.config
            told = config.to_dict() if hasattr(config, "to_dict") else dict(config)
            (found[name] / part / "config.json").write_text(json.dumps(told), "utf-8")
    return found


def test_flops_are_the_known_ones(folders: dict[str, Path]) -> None:
    sd = flops.count(folders["sd15"], 512, 512)
    sdxl = flops.count(folders["sdxl"], 1024, 1024)

    assert sum(sd.denoise.values()) / TERA == pytest.approx(0.803, abs=5e-4)
    assert sum(sd.decode.values()) / TERA == pytest.approx(2.515, abs=1e-3)
    assert sum(sdxl.denoise.values()) / TERA == pytest.approx(6.76, abs=5e-3)
    assert sd.step(guided=True) == 2 * sum(sd.denoise.values())


def test_guidance_doubles_steps_and_texts_but_not_the_decoding() -> None:
    parts = flops.Flops(denoise={"attention": 3, "norm": 1}, decode={"norm": 50}, words={"x": 7})

    assert parts.picture(10, guided=True) == {"attention": 60, "norm": 70, "x": 14}
    assert parts.picture(10, guided=False) == {"attention": 30, "norm": 60, "x": 7}


# It is diffusers that calls numpy as was usual before its version 2.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("name", ["sd15-small", "sdxl-small"])
def test_random_weights_draw_pictures_worth_comparing(name: str, tmp_path: Path) -> None:
    """Neither flat nor clipped, the same from the same weights, others for another prompt."""
    for folder in ("one", "other"):
        weights.make(name, tmp_path / folder, device="cpu", dtype="float32")

    def draw(folder: str, prompt: str) -> torch.Tensor:
        pipeline = DiffusionPipeline.from_pretrained(tmp_path / folder, local_files_only=True)
        pipeline.set_progress_bar_config(disable=True)
        seeded = torch.Generator().manual_seed(0)
        size = {"height": 128, "width": 128, "num_inference_steps": 3}
        output = pipeline(prompt, **size, generator=seeded, output_type="pt")
        picture: torch.Tensor = output.images[0]
        return picture

    picture = draw("one", "a cat")
    clipped = ((picture == 0) | (picture == 1)).float().mean()
    assert picture.std() > 0.1
    assert clipped < 0.2
    assert torch.equal(picture, draw("other", "a cat"))
    assert (picture - draw("one", "a dog")).abs().mean() > 0.02
    assert read_model(tmp_path / "one").sizes[0] == (128, 128)
