"""Which pictures a step of the UNet sees, and under how much noise."""

import numpy as np
import pytest

from model.training.config import TINY, Bucket
from model.training.dataset import scene_of
from model.training.diffusion import _choose, _spread_timesteps, _with_one_thing
from tests.model.training_materials import plain_concepts

STEPS = 1_000
SHARE = 0.8


def test_pictures_with_one_thing_are_told_from_the_others() -> None:
    concepts, bucket = plain_concepts(), Bucket("1:1", 32, 32, 60)

    singles = set(_with_one_thing(TINY, concepts, bucket, 60).tolist())

    counts = [len(scene_of(concepts, TINY, bucket, index).objects) for index in range(60)]
    assert singles == {index for index, count in enumerate(counts) if count == 1}
    assert 0 < len(singles) < 60


def test_most_chosen_pictures_are_singles_and_every_one_may_come() -> None:
    singles = np.array([2, 5])

    chosen = _choose(singles, 10, 20_000, np.random.default_rng(1), share=SHARE)

    assert set(chosen.tolist()) == set(range(10))
    # Of the share that is chosen among all, two in ten are singles as well.
    expected = SHARE + (1 - SHARE) * len(singles) / 10
    assert np.isin(chosen, singles).mean() == pytest.approx(expected, abs=0.01)
    assert (chosen == 2).sum() == pytest.approx((chosen == 5).sum(), rel=0.05)


def test_without_singles_every_picture_is_as_likely() -> None:
    chosen = _choose(np.array([], np.int64), 10, 20_000, np.random.default_rng(1), share=SHARE)

    assert np.bincount(chosen, minlength=10) == pytest.approx(np.full(10, 2_000), rel=0.1)


def test_no_share_chooses_among_all() -> None:
    chosen = _choose(np.array([2]), 10, 20_000, np.random.default_rng(1), share=0)

    assert np.bincount(chosen, minlength=10) == pytest.approx(np.full(10, 2_000), rel=0.1)


@pytest.mark.parametrize("count", [1, 4, 32])
@pytest.mark.parametrize("power", [0.5, 1])
def test_timesteps_lean_to_noise_and_stay_in_range(count: int, power: float) -> None:
    rng = np.random.default_rng(1)
    drawn = [_spread_timesteps(count, STEPS, rng, power=power) for _ in range(20_000 // count)]
    moments = np.concatenate(drawn)

    assert moments.min() >= 0 and moments.max() < STEPS
    # A part u of all is below u ** power of the steps.
    for part in (0.25, 0.5, 0.75):
        assert (moments < part**power * STEPS).mean() == pytest.approx(part, abs=0.02)
    assert moments.mean() == pytest.approx(STEPS / (1 + power), rel=0.02)
    # Of each stretch there is one, in no order.
    edges = (np.arange(count + 1) / count) ** power * STEPS
    for each in drawn[:20]:
        ordered = np.sort(each)
        assert (ordered >= np.floor(edges[:-1])).all() and (ordered <= edges[1:]).all()
    assert count == 1 or any((np.diff(each) < 0).any() for each in drawn[:20])
