"""The recipe's sizes: one frozen object per configuration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DrawingSet = Literal["fluent", "noto"]


@dataclass(frozen=True)
class Bucket:
    """Training pictures of one shape; `aspect` is the name the service knows it by."""

    aspect: str
    width: int
    height: int
    pictures: int


@dataclass(frozen=True)
class Schedule:
    """Optimizer steps of one stage; the rate falls to zero over the last `decay` of them."""

    steps: int
    batch: int
    rate: float
    warmup: int = 200
    decay: float = 0.35


@dataclass(frozen=True)
class VaeSize:
    channels: tuple[int, ...]
    layers: int
    latent_channels: int
    groups: int


@dataclass(frozen=True)
class TextSize:
    width: int
    layers: int
    heads: int
    tokens: int


@dataclass(frozen=True)
class UnetSize:
    """`attention` says for each level whether it looks at the words."""

    channels: tuple[int, ...]
    attention: tuple[bool, ...]
    layers: int
    heads: int
    groups: int


@dataclass(frozen=True)
class JudgeSize:
    """The classifier of `model.evaluation`: it looks at pictures shrunk to `side` pixels."""

    side: int = 64
    channels: tuple[int, ...] = (32, 64, 96, 128)
    steps: int = 900
    batch: int = 48
    rate: float = 3e-3


@dataclass(frozen=True)
class Recipe:
    """All sizes of a configuration.

    `concepts` is the list of things in this folder, and `drawings` are the sets they are drawn
    from. A `placement_share` of the pictures shows its only thing small or at one side, or two
    things whose captions say which is on the left. In `steady` scenes things stand in settled
    spots, for small networks. As many square pictures as `redrawn` says are drawn again by the
    UNet, for the decoder to learn from.

    The UNet chooses a `singles_share` of its pictures among those with one thing: the others show
    several, each smaller and elsewhere. With a `noise_power` below 1 it sees more noise than
    little: what captions mean is learned where noise hides the picture.
    """

    name: str
    seed: int
    buckets: tuple[Bucket, ...]
    vae: VaeSize
    text: TextSize
    unet: UnetSize
    perception_schedule: Schedule
    vae_schedule: Schedule
    decoder_schedule: Schedule
    text_schedule: Schedule
    unet_schedule: Schedule
    caption_dropout: float
    ema_decay: float
    sampling_steps: int
    guidance_scale: float
    redrawn: int
    compiled: bool = False
    concepts: str = "concepts.json"
    drawings: tuple[DrawingSet, ...] = ("fluent",)
    placement_share: float = 0.0
    steady: bool = False
    singles_share: float = 0.0
    noise_power: float = 1.0
    judge: JudgeSize = JudgeSize()


SMALL = Recipe(
    name="small",
    seed=20,
    buckets=(
        Bucket("1:1", 128, 128, 12_000),
        Bucket("3:4", 96, 128, 1_500),
        Bucket("4:3", 128, 96, 1_500),
    ),
    vae=VaeSize(channels=(16, 32, 64, 128), layers=1, latent_channels=8, groups=8),
    text=TextSize(width=128, layers=2, heads=4, tokens=64),
    unet=UnetSize(
        channels=(64, 128, 192), attention=(False, True, True), layers=1, heads=4, groups=16
    ),
    perception_schedule=Schedule(steps=600, batch=32, rate=3e-3, warmup=50),
    vae_schedule=Schedule(steps=2_800, batch=4, rate=1.5e-3, decay=0.5),
    decoder_schedule=Schedule(steps=600, batch=16, rate=1e-3, warmup=50, decay=0.6),
    text_schedule=Schedule(steps=800, batch=32, rate=2e-3, warmup=50),
    unet_schedule=Schedule(steps=5_000, batch=32, rate=1e-3, decay=0.4),
    caption_dropout=0.1,
    ema_decay=0.998,
    sampling_steps=14,
    guidance_scale=3.0,
    redrawn=4_096,
    compiled=True,
    steady=True,
    singles_share=0.85,
    noise_power=0.5,
)

# For a GPU. Weights of 56 MiB at most in half precision; steps by estimate, not yet by experience.
LARGE = Recipe(
    name="large",
    seed=20,
    # Multiples of 64, in which the VAE encodes them.
    buckets=(
        Bucket("1:1", 256, 256, 40_000),
        Bucket("3:4", 192, 256, 5_120),
        Bucket("4:3", 256, 192, 5_120),
    ),
    vae=VaeSize(channels=(32, 64, 96, 128), layers=1, latent_channels=8, groups=8),
    text=TextSize(width=192, layers=4, heads=6, tokens=80),
    unet=UnetSize(
        channels=(96, 192, 256), attention=(False, True, True), layers=1, heads=8, groups=16
    ),
    perception_schedule=Schedule(steps=3_000, batch=128, rate=3e-3, warmup=100),
    vae_schedule=Schedule(steps=4_000, batch=64, rate=1e-3, decay=0.5),
    decoder_schedule=Schedule(steps=800, batch=64, rate=5e-4, warmup=50),
    text_schedule=Schedule(steps=3_000, batch=256, rate=1.5e-3, warmup=100),
    unet_schedule=Schedule(steps=14_000, batch=256, rate=8e-4, warmup=500, decay=0.4),
    caption_dropout=0.1,
    ema_decay=0.999,
    sampling_steps=14,
    guidance_scale=4.0,
    redrawn=10_240,
    compiled=True,
    concepts="concepts-large.json",
    drawings=("fluent", "noto"),
    placement_share=0.3,
    judge=JudgeSize(side=128, channels=(48, 96, 144, 192, 256), steps=4_000, batch=96),
)

# Every stage in seconds, for the tests.
TINY = Recipe(
    name="tiny",
    seed=3,
    buckets=(Bucket("1:1", 16, 16, 12), Bucket("4:3", 16, 8, 4)),
    vae=VaeSize(channels=(8, 8, 8), layers=1, latent_channels=4, groups=4),
    text=TextSize(width=16, layers=1, heads=2, tokens=64),
    unet=UnetSize(channels=(8, 16), attention=(False, True), layers=1, heads=2, groups=4),
    perception_schedule=Schedule(steps=2, batch=4, rate=1e-3, warmup=1),
    vae_schedule=Schedule(steps=2, batch=4, rate=1e-3, warmup=1),
    decoder_schedule=Schedule(steps=2, batch=4, rate=1e-3, warmup=1),
    text_schedule=Schedule(steps=2, batch=4, rate=1e-3, warmup=1),
    unet_schedule=Schedule(steps=2, batch=4, rate=1e-3, warmup=1),
    caption_dropout=0.1,
    ema_decay=0.9,
    sampling_steps=2,
    guidance_scale=2.0,
    redrawn=4,
)

RECIPES = {recipe.name: recipe for recipe in (SMALL, LARGE, TINY)}
