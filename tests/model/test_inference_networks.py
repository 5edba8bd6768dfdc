"""What diffusers' pipelines call their networks with is what compiled networks are made for."""

from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import UNet2DConditionModel

from model.serving import networks
from model.serving.buckets import DECODER, DENOISER, Bucket
from model.serving.drawing import Drawing
from model.serving.painter import Painter
from model.serving.settings import read_settings

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

TOKENS = 32
CAT = Drawing("a cat", None, (7, 8), 32, 32, steps=2, guidance_scale=5.0)


class Listener:
    """Notes the calls of a network, which it still answers."""

    def __init__(self, network: Any) -> None:
        self.calls: list[tuple[tuple[Any, ...], dict[str, Any], Any]] = []
        self._forward = network.forward
        network.forward = self

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        answer = self._forward(*arguments, **named)
        self.calls.append((arguments, named, answer))
        return answer


@pytest.fixture(params=["sd", "sdxl"])
def painter(request: pytest.FixtureRequest, tiny_weights: Path, tiny_sdxl_weights: Path) -> Painter:
    weights = {"sd": tiny_weights, "sdxl": tiny_sdxl_weights}[request.param]
    known = {"MODEL_DIR": str(weights), "MODEL_THREADS": "1", "MODEL_RUNTIME": "torch"}
    return Painter(read_settings(known))


def test_a_pipeline_s_calls_are_those_that_are_compiled_for(painter: Painter) -> None:
    pipeline = painter._pipeline
    assert networks.can_be_compiled(pipeline.unet)
    shapes = networks.row_shapes(pipeline.unet, pipeline.vae, TOKENS)
    listeners = {DENOISER: Listener(pipeline.unet), DECODER: Listener(pipeline.vae.decoder)}
    painter.paint([(CAT, seed) for seed in CAT.seeds], lambda: None)
    readers = {
        DENOISER: (networks.read_denoiser_call, pipeline.unet, networks.call_denoiser),
        DECODER: (networks.read_decoder_call, pipeline.vae.decoder, networks.call_decoder),
    }
    for name, listener in listeners.items():
        read, network, call = readers[name]
        assert listener.calls
        for arguments, named, answer in list(listener.calls):
            inputs = read(*arguments, **named)
            assert inputs
            assert networks.match(inputs, network, shapes[name])
            plain = answer[0] if isinstance(answer, tuple) else answer
            with torch.no_grad():
                assert torch.allclose(call(network, **inputs), plain, atol=1e-6)


def test_examples_are_calls_of_the_same_kind(painter: Painter) -> None:
    unet, vae = painter._pipeline.unet, painter._pipeline.vae
    shapes = networks.row_shapes(unet, vae, TOKENS)
    for name, network in networks.parts(unet, vae).items():
        inputs = networks.examples(network, shapes[name], Bucket(name, 3, 8, 6))
        assert networks.match(inputs, network, shapes[name])
        with torch.no_grad():
            assert network(**inputs).shape[0] == 3


def test_a_network_that_takes_its_guidance_as_an_input_is_known() -> None:
    """As consistency models do, which are guided without a second row."""
    torch.manual_seed(0)
    unet = UNet2DConditionModel(
        sample_size=8,
        block_out_channels=(8,),
        layers_per_block=1,
        down_block_types=("DownBlock2D",),
        up_block_types=("UpBlock2D",),
        mid_block_type=None,
        norm_num_groups=4,
        cross_attention_dim=16,
        time_cond_proj_dim=24,
    ).requires_grad_(False)
    latents, words, guidance = (torch.randn(2, *rest) for rest in ((4, 8, 8), (TOKENS, 16), (24,)))
    inputs = networks.read_denoiser_call(
        latents, 500, words, timestep_cond=guidance, return_dict=False
    )
    assert inputs
    assert inputs.keys() == {"latents", "timesteps", "words", "guidance"}
    answered = networks.call_denoiser(unet, **inputs)
    with_guidance = unet(latents, 500, words, timestep_cond=guidance, return_dict=False)[0]
    assert torch.equal(answered, with_guidance)
    assert not torch.equal(answered, unet(latents, 500, words, return_dict=False)[0])


@pytest.mark.parametrize("limit", [None, 0, 10**30, "77"])
def test_a_tokenizer_without_a_limit_gives_nothing_to_compile_for(limit: Any) -> None:
    with pytest.raises(ValueError, match="no limit"):
        networks.checked_tokens(limit)


def test_the_limit_is_what_the_pipeline_s_tokenizer_tells(
    painter: Painter, tiny_weights: Path
) -> None:
    assert networks.count_tokens(tiny_weights) == painter._pipeline.tokenizer.model_max_length
