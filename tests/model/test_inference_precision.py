"""Numbers, layouts and decoders: what they change of a pipeline, and that pictures stay."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import AutoencoderTiny, DiffusionPipeline
from PIL import Image

from model.operations import settings as operations
from model.operations.errors import SettingsError
from model.serving import decoders, precision
from model.serving.drawing import Drawing
from model.serving.painter import Painter
from model.serving.settings import read_settings
from tests.model.running_server import largest_difference

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

TOLERANCE = 1  # of 255
CAT = Drawing("a cat", None, (7, 8), 32, 32, steps=3, guidance_scale=5.0)


def load(weights: Path, **env: str) -> Painter:
    known = {"MODEL_DIR": str(weights), "MODEL_THREADS": "1", "MODEL_RUNTIME": "torch"}
    return Painter(read_settings(known | env))


def draw(painter: Painter) -> list[Image.Image]:
    pictures = painter.paint([(CAT, seed) for seed in CAT.seeds], lambda: None)
    return [picture.convert("RGB") for picture in pictures if picture]


def alike(ones: list[Image.Image], others: list[Image.Image]) -> bool:
    return all(
        largest_difference(one, other) <= TOLERANCE for one, other in zip(ones, others, strict=True)
    )


@pytest.mark.parametrize(
    ("asked", "device", "chosen"),
    [
        ("auto", "cpu", "float32"),
        ("auto", "cuda", "float16"),
        ("auto", "cuda:1", "float16"),
        ("float32", "cuda", "float32"),
        ("bfloat16", "cpu", "bfloat16"),
    ],
)
def test_the_dtype_follows_from_the_device_unless_told(
    asked: str, device: str, chosen: str
) -> None:
    assert precision.choose_dtype(asked, device) == chosen


def test_a_dtype_that_is_none_or_that_the_gpu_lacks_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(ValueError, match="dtype must be one of"):
        precision.choose_dtype("int8", "cpu")
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda _emulated: False)
    with pytest.raises(ValueError, match="no bfloat16"):
        precision.choose_dtype("bfloat16", "cuda")


def test_on_a_cpu_nothing_is_laid_out_anew(tiny_weights: Path) -> None:
    unet = load(tiny_weights)._pipeline.unet
    assert "Fused" not in str(unet.attn_processors)
    assert unet.conv_in.weight.is_contiguous()


@pytest.mark.parametrize("kind", ["sd", "sdxl"])
def test_fused_projections_and_channels_last_draw_the_same(
    kind: str, tiny_weights: Path, tiny_sdxl_weights: Path
) -> None:
    weights = {"sd": tiny_weights, "sdxl": tiny_sdxl_weights}[kind]
    painter = load(weights)
    plain, numbers = draw(painter), painter._pipeline.unet.num_parameters()
    precision.lay_out(painter._pipeline.unet, painter._pipeline.vae)
    unet = painter._pipeline.unet
    assert "Fused" in str(unet.attn_processors)
    assert unet.conv_in.weight.is_contiguous(memory_format=torch.channels_last)
    assert unet.num_parameters() == numbers  # the separate projections are gone
    assert alike(draw(painter), plain)


def test_attentions_of_another_kind_are_not_fused(tiny_weights: Path) -> None:
    from diffusers.models.attention_processor import SlicedAttnProcessor

    unet = load(tiny_weights)._pipeline.unet
    unet.set_attn_processor(SlicedAttnProcessor(1))
    precision.fuse_projections(unet)
    assert "Fused" not in str(unet.attn_processors)


class _HalfPipeline:
    """As a pipeline is on a GPU. SDXL's class has `upcast_vae`, by which it is known."""

    def __init__(self, vae: Any) -> None:
        self.vae = vae.half()

    def upcast_vae(self) -> None:
        raise AssertionError("its weights would move")


def test_a_decoder_that_overflows_in_float16_stays_in_float32(tiny_sdxl_weights: Path) -> None:
    pipeline = _HalfPipeline(load(tiny_sdxl_weights)._pipeline.vae)
    latents = torch.randn(1, 4, 8, 8).half()
    assert pipeline.vae.decode(latents).sample.dtype == torch.float16
    precision.widen_decoder(pipeline)
    assert pipeline.vae.decode(latents).sample.dtype == torch.float32
    # Diffusers' own pipeline would cast a float16 decoder for each picture, and no other.
    assert pipeline.vae.dtype == torch.float32


def test_other_decoders_keep_their_dtype(tiny_weights: Path, tiny_sdxl_weights: Path) -> None:
    pipeline = load(tiny_weights)._pipeline
    pipeline.vae.half()
    precision.widen_decoder(pipeline)
    assert pipeline.vae.dtype == torch.float16
    fixed = _HalfPipeline(load(tiny_sdxl_weights)._pipeline.vae)
    fixed.vae.register_to_config(force_upcast=False)
    precision.widen_decoder(fixed)
    assert fixed.vae.dtype == torch.float16


def test_only_half_precision_brings_tf32_along() -> None:
    before = torch.get_float32_matmul_precision()
    try:
        precision.set_backends(torch.float32)
        assert torch.get_float32_matmul_precision() == before == "highest"
        precision.set_backends(torch.float16)
        assert torch.get_float32_matmul_precision() == "high"
    finally:
        torch.set_float32_matmul_precision(before)


@pytest.fixture
def with_tiny(tiny_weights: Path, tmp_path: Path) -> Path:

    folder = Path(shutil.copytree(tiny_weights, tmp_path / "model"))
    (folder / "deepstory.json").write_text(json.dumps({"decoder": "tiny"}))
    tiny_decoder(3).save_pretrained(folder / decoders.TINY_FOLDER)
    return folder


def tiny_decoder(levels: int) -> AutoencoderTiny:
    torch.manual_seed(3)
    return AutoencoderTiny(
        encoder_block_out_channels=(8,) * levels,
        decoder_block_out_channels=(8,) * levels,
        num_encoder_blocks=(1,) * levels,
        num_decoder_blocks=(1,) * levels,
    )


@pytest.mark.parametrize("kind", ["sd", "sdxl"])
def test_a_tiny_decoder_makes_the_pictures_that_diffusers_makes_with_it(
    kind: str, with_tiny: Path, tiny_sdxl_weights: Path
) -> None:
    if kind == "sdxl":
        for part in ("unet", "text_encoder", "text_encoder_2", "tokenizer_2", "scheduler"):
            shutil.rmtree(with_tiny / part, ignore_errors=True)
            shutil.copytree(tiny_sdxl_weights / part, with_tiny / part)
        shutil.copy(tiny_sdxl_weights / "model_index.json", with_tiny)
    painter = load(with_tiny)
    assert isinstance(painter._pipeline.vae, AutoencoderTiny)
    plain = DiffusionPipeline.from_pretrained(
        with_tiny, vae=AutoencoderTiny.from_pretrained(with_tiny / decoders.TINY_FOLDER)
    )
    plain.set_progress_bar_config(disable=True)
    drawn = plain(
        [CAT.prompt] * 2,
        width=32,
        height=32,
        num_inference_steps=3,
        guidance_scale=5.0,
        generator=[torch.Generator().manual_seed(seed) for seed in CAT.seeds],
    ).images
    assert draw(painter) == [picture.convert("RGB") for picture in drawn]
    assert draw(load(with_tiny, MODEL_DECODER="vae")) != draw(painter)


def test_a_tiny_decoder_that_is_not_there_is_told(tiny_weights: Path) -> None:
    with pytest.raises(ValueError, match=r"no AutoencoderTiny in .*taesd"):
        load(tiny_weights, MODEL_DECODER="tiny")
    with pytest.raises(SettingsError, match="no AutoencoderTiny"):
        operations.check_folder(tiny_weights, b'{"decoder": "tiny"}')


def test_a_tiny_decoder_of_other_latents_is_told(with_tiny: Path) -> None:
    tiny_decoder(4).save_pretrained(with_tiny / decoders.TINY_FOLDER)
    with pytest.raises(ValueError, match="other latents"):
        load(with_tiny)


def test_a_tiny_decoder_is_read_from_safetensors_only(with_tiny: Path) -> None:
    (file,) = (with_tiny / decoders.TINY_FOLDER).glob("*.safetensors")
    torch.save({}, file.with_suffix(".bin"))
    file.unlink()
    with pytest.raises(OSError, match="safetensors"):
        load(with_tiny)
