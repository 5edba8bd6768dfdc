"""What the decoder learns from: latents that are hidden under noise and drawn again."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from model.training.config import TINY
from model.training.decoder import REDRAWING_STEPS, REDRAWN_FROM, _redraw, redraw_latents
from model.training.networks import build_text_encoder, build_unet, training_noise
from model.training.tokenizer import build_tokenizer
from tests.model.training_materials import plain_concepts

GUIDANCE = 3.0
SIGNALS = training_noise().alphas_cumprod


class PerfectDenoiser:
    """Knows what is hidden, and says so only under the right guidance."""

    def __init__(self, clean: torch.Tensor) -> None:
        self._clean = clean
        self.moments: list[int] = []
        self.noises: list[torch.Tensor] = []

    def __call__(self, noisy: torch.Tensor, moment: int, hidden: torch.Tensor) -> SimpleNamespace:
        drawn, again = noisy.chunk(2)
        assert torch.equal(drawn, again)
        assert hidden.flatten().tolist() == [1.0] * len(drawn) + [0.0] * len(drawn)
        signal, hiding = SIGNALS[moment].sqrt(), (1 - SIGNALS[moment]).sqrt()
        noise = (drawn - signal * self._clean) / hiding
        velocity = signal * noise - hiding * self._clean
        self.moments.append(moment)
        self.noises.append(noise)
        # Guided by so much, the difference between the two leaves just the velocity.
        told = velocity + (1 - GUIDANCE) * torch.ones_like(velocity)
        untold = velocity - GUIDANCE * torch.ones_like(velocity)
        return SimpleNamespace(sample=torch.cat([told, untold]))


@pytest.mark.parametrize("start", REDRAWN_FROM)
def test_perfect_denoiser_draws_the_clean_latents_again(start: int) -> None:
    torch.manual_seed(1)
    clean = torch.randn(3, 4, 2, 2)
    denoiser = PerfectDenoiser(clean)
    hidden = torch.cat([torch.ones(3, 1), torch.zeros(3, 1)])

    drawn = _redraw(denoiser, clean, hidden, start, GUIDANCE)

    assert torch.allclose(drawn, clean, atol=1e-4)
    assert denoiser.moments[0] == start and len(denoiser.moments) == REDRAWING_STEPS
    assert denoiser.moments == sorted(set(denoiser.moments), reverse=True)
    assert denoiser.moments[-1] > 0
    # DDIM draws no new noise: all steps see what was hidden under the first.
    assert denoiser.noises[0].std() > 0.5
    for noise in denoiser.noises[1:]:
        assert torch.allclose(noise, denoiser.noises[0], atol=1e-3)


def test_redrawn_are_as_many_square_latents_as_the_recipe_says_and_are_kept(
    tmp_path: Path,
) -> None:
    concepts = plain_concepts()
    tokenizer = build_tokenizer(concepts, TINY.text.tokens)
    torch.manual_seed(1)
    text_encoder, unet = build_text_encoder(TINY.text, tokenizer), build_unet(TINY.unet, TINY)
    latents = [torch.randn(12, 4, 4, 4), torch.randn(4, 4, 2, 4)]

    def redraw(folder: Path) -> torch.Tensor:
        folder.mkdir(exist_ok=True)
        return redraw_latents(TINY, concepts, tokenizer, text_encoder, unet, latents, folder)

    redrawn = redraw(tmp_path / "first")

    assert redrawn.shape == (TINY.redrawn, 4, 4, 4)
    assert torch.isfinite(redrawn).all()
    assert not torch.allclose(redrawn, latents[0][: TINY.redrawn], atol=0.1)
    # The lot is the recipe's own, whatever was drawn by lot before.
    torch.manual_seed(99)
    assert torch.equal(redraw(tmp_path / "second"), redrawn)
    # What was drawn once is not drawn again.
    unet.requires_grad_(False)
    for weight in unet.parameters():
        weight.zero_()
    assert torch.equal(redraw(tmp_path / "first"), redrawn)
    assert not torch.equal(redraw(tmp_path / "third"), redrawn)
    assert [path.name for path in (tmp_path / "first").iterdir()] == ["redrawn.pt"]
