"""The network whose features judge the VAE: it learns names, and sees what pixels hide."""

import dataclasses
import itertools
from pathlib import Path

import numpy as np
import torch

from model.training.batches import shown_concepts, to_tensor
from model.training.config import TINY, Bucket, Schedule
from model.training.dataset import render_bucket, scene_of
from model.training.perception import (
    Perception,
    perceptual_loss,
    train_perception,
)
from model.training.scenes import is_held_out
from tests.model.training_materials import plain_concepts

CPU = torch.device("cpu")


def small_perception() -> Perception:
    return Perception((3, 8, 16), 5, first_stride=2)


def test_perception_learns_to_name_the_things_in_pictures(tmp_path: Path) -> None:
    # Three that may all meet: where two of three are kept apart, no scene of three can be found.
    concepts = next(
        three
        for three in itertools.combinations(plain_concepts(), 3)
        if not any(is_held_out(*pair) for pair in itertools.combinations(three, 2))
    )
    recipe = dataclasses.replace(
        TINY,
        buckets=(Bucket("1:1", 32, 32, 60),),
        perception_schedule=Schedule(steps=60, batch=16, rate=3e-3, warmup=5),
    )
    pictures = render_bucket(concepts, recipe, recipe.buckets[0], tmp_path)
    perception = train_perception(recipe, concepts, [pictures], tmp_path, CPU)
    scenes = [scene_of(concepts, recipe, recipe.buckets[0], index) for index in range(60)]
    shown = shown_concepts(scenes, concepts)
    scores = perception(to_tensor(pictures, CPU))
    named = shown[torch.arange(60), scores.argmax(dim=1)]
    assert named.mean() > 0.8
    assert not any(parameter.requires_grad for parameter in perception.parameters())


def test_loss_is_nothing_for_the_same_picture_and_grows_with_what_is_lost() -> None:
    torch.manual_seed(0)
    perception = small_perception().eval()
    truth = torch.rand(2, 3, 32, 32) * 2 - 1
    noise = torch.randn(truth.shape)
    near = perceptual_loss(perception, truth + 0.05 * noise, truth)
    far = perceptual_loss(perception, truth + 0.5 * noise, truth)
    assert perceptual_loss(perception, truth, truth).tolist() == [0, 0]
    assert (near > 0).all()
    assert (near < far).all()


def test_loss_pulls_on_the_drawn_picture_and_not_on_the_network() -> None:
    torch.manual_seed(0)
    perception = small_perception().eval().requires_grad_(False)
    drawn = torch.zeros(1, 3, 16, 16, requires_grad=True)
    truth = torch.from_numpy(np.random.default_rng(1).random((1, 3, 16, 16), np.float32))
    perceptual_loss(perception, drawn, truth).sum().backward()
    assert drawn.grad is not None
    assert drawn.grad.abs().sum() > 0
