"""What artefacts are named after: alike where they are made and where they are used, or useless."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from model.serving import artefacts, precision
from model.serving.compiling import Blank
from model.serving.decoders import TINY_FOLDER
from model.serving.painter import Painter
from model.serving.settings import BUNDLED_WEIGHTS, read_settings

# Of diffusers' schedulers, about numpy.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

TOKENS = 32


def key(pipeline: Any) -> str:
    return artefacts.key(pipeline.unet, pipeline.vae, TOKENS)


@pytest.fixture
def folders(tiny_weights: Path, tiny_sdxl_weights: Path, tmp_path: Path) -> dict[str, Path]:
    from diffusers import AutoencoderTiny

    with_tiny = Path(shutil.copytree(tiny_weights, tmp_path / "tiny"))
    (with_tiny / "deepstory.json").write_text(json.dumps({"decoder": "tiny"}))
    AutoencoderTiny(
        encoder_block_out_channels=(8,) * 3,
        decoder_block_out_channels=(8,) * 3,
        num_encoder_blocks=(1,) * 3,
        num_decoder_blocks=(1,) * 3,
    ).save_pretrained(with_tiny / TINY_FOLDER)
    return {
        "sd": tiny_weights,
        "sdxl": tiny_sdxl_weights,
        "bundled": BUNDLED_WEIGHTS,
        "tiny": with_tiny,
    }


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("kind", ["sd", "sdxl", "bundled", "tiny"])
def test_random_weights_of_a_configuration_are_compiled_for_the_real_ones(
    kind: str, dtype: str, folders: dict[str, Path]
) -> None:
    known = read_settings({"MODEL_DIR": str(folders[kind]), "MODEL_DTYPE": dtype})
    pipeline, blank = Painter(known)._pipeline, Blank(known)
    assert key(blank) == key(pipeline)
    plain = key(pipeline)
    for each in (pipeline, blank):  # as `tune` does on a GPU
        precision.lay_out(each.unet, each.vae)
    assert key(blank) == key(pipeline) != plain


def test_other_shapes_layouts_and_versions_have_other_names(
    tiny_weights: Path, tiny_sdxl_weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = []
    for weights, env in (
        (tiny_weights, {}),
        (tiny_sdxl_weights, {}),
        (tiny_weights, {"MODEL_DTYPE": "bfloat16"}),
    ):
        blank = Blank(read_settings({"MODEL_DIR": str(weights), **env}))
        names.append(key(blank))
        names.append(artefacts.key(blank.unet, blank.vae, TOKENS + 1))
    blank = Blank(read_settings({"MODEL_DIR": str(tiny_weights)}))
    monkeypatch.setattr(artefacts.metadata, "version", lambda _name: "0")
    names.append(key(blank))
    assert len(set(names)) == len(names)


def test_only_the_folders_used_last_are_kept(tmp_path: Path) -> None:
    for number in range(artefacts.KEPT + 2):
        folder = artefacts.own_folder(tmp_path / "cache", f"{number}")
        os.utime(folder, (number, number))
    kept = sorted(folder.name for folder in (tmp_path / "cache" / artefacts.FOLDER).iterdir())
    assert kept == ["2", "3", "4", "5"]


def test_a_folder_is_made_for_nobody_else(tmp_path: Path) -> None:
    folder = artefacts.own_folder(tmp_path / "cache", "key")
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("place", ["cache", "cache/compiled", "cache/compiled/key"])
@pytest.mark.parametrize("fault", ["group", "all", "link"])
def test_a_place_that_others_can_write_to_is_refused(
    tmp_path: Path, place: str, fault: str
) -> None:
    artefacts.own_folder(tmp_path / "cache", "key")
    if fault == "link":
        (tmp_path / place).rename(tmp_path / "elsewhere")
        (tmp_path / place).symlink_to(tmp_path / "elsewhere")
    else:
        (tmp_path / place).chmod({"group": 0o770, "all": 0o777}[fault])
    with pytest.raises(PermissionError, match="may be written by others"):
        artefacts.own_folder(tmp_path / "cache", "key")
