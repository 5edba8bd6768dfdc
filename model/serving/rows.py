import copy
import inspect
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from model.serving.conditions import Condition
from model.serving.painter import Picture
from model.serving.queue import Job
from model.serving.streams import Streams

KNOWN_SCHEDULES = 32
DIMENSIONS_OF_LATENTS = 4


@dataclass(eq=False)
class Row:
    """One image of a job while it is drawn."""

    job: Job
    seed: int
    prompt: Condition
    negative: Condition
    scale: float
    guided_share: float  # of its steps, from the first on
    strength: Any = None  # the scale as distilled UNets read it, one row
    mates: list["Row"] = field(default_factory=list)  # all of the job's rows, itself included
    drawn: bool = False
    picture: Picture = None

    def deliver(self, picture: Picture) -> None:
        """The last of a job's rows answers it."""
        self.picture, self.drawn = picture, True
        if all(mate.drawn for mate in self.mates):
            self.job.deliver([mate.picture for mate in self.mates])


class Cohort:
    """Rows that began together with the same number of steps: one scheduler moves them all.

    It does for each what it would do for one alone, because schedulers compute each number of the
    latents by itself, and draw noise from a list of generators row by row.
    """

    def __init__(
        self, scheduler: Any, latents: Any, rows: list[Row], generators: list[Any]
    ) -> None:
        self.rows = rows
        self.latents = latents
        self.index = 0
        self.times = scheduler.timesteps.float()
        self._scheduler = scheduler
        self._generators = generators
        accepted = inspect.signature(scheduler.step).parameters
        self._named: dict[str, Any] = {"return_dict": False}
        if "eta" in accepted:
            self._named["eta"] = 0.0
        if "generator" in accepted:
            self._named["generator"] = generators

    @property
    def steps(self) -> int:
        return len(self.times)

    @property
    def finished(self) -> bool:
        return self.index >= self.steps

    def guided_steps(self, row: Row) -> int:
        return max(1, round(row.guided_share * self.steps)) if row.guided_share else 0

    def inputs(self) -> Any:
        """What the UNet reads of the latents."""
        return self._scheduler.scale_model_input(self.latents, self._timestep())

    def advance(self, noise: Any) -> None:
        self.latents = self._scheduler.step(noise, self._timestep(), self.latents, **self._named)[0]
        self.index += 1

    def keep(self, places: Sequence[int]) -> None:
        """Go on with these of the rows only."""
        number = len(self.rows)
        self.rows = [self.rows[place] for place in places]
        self._generators[:] = [self._generators[place] for place in places]
        self.latents = self.latents[list(places)]
        for name, value in vars(self._scheduler).items():
            setattr(self._scheduler, name, _part(value, number, list(places)))

    def _timestep(self) -> Any:
        return self._scheduler.timesteps[self.index]


def _part(value: Any, number: int, places: list[int]) -> Any:
    """What a scheduler remembers of rows: latents, perhaps in lists. Everything else stays."""
    import torch

    if isinstance(value, list):
        return [_part(each, number, places) for each in value]
    latents = isinstance(value, torch.Tensor) and value.ndim == DIMENSIONS_OF_LATENTS
    return value[places] if latents and value.shape[0] == number else value


class Cohorts:
    """Begins cohorts for a pipeline."""

    def __init__(self, pipeline: Any, streams: Streams) -> None:
        self._pipeline = pipeline
        self._streams = streams
        self._schedule = lru_cache(KNOWN_SCHEDULES)(self._make_schedule)

    def begin(self, rows: list[Row], steps: int) -> Cohort:
        """From the noise that the pipeline itself would begin with, made on the CPU."""
        import torch
        from diffusers.utils.torch_utils import randn_tensor

        pipeline = self._pipeline
        scheduler = copy.deepcopy(self._schedule(steps))
        drawing = rows[0].job.drawing
        shape = (
            len(rows),
            pipeline.unet.config.in_channels,
            drawing.height // pipeline.vae_scale_factor,
            drawing.width // pipeline.vae_scale_factor,
        )
        generators = [torch.Generator("cpu").manual_seed(row.seed) for row in rows]
        noise = randn_tensor(shape, generators, torch.device("cpu"), rows[0].prompt.words.dtype)
        latents = self._streams.upload(noise, pipeline.device) * scheduler.init_noise_sigma
        return Cohort(scheduler, latents, rows, generators)

    def _make_schedule(self, steps: int) -> Any:
        """Its tables stay on the CPU: reading one from a GPU would wait for the GPU."""
        pipeline = self._pipeline
        scheduler = type(pipeline.scheduler).from_config(pipeline.scheduler.config)
        scheduler.set_timesteps(steps, device="cpu")
        if hasattr(scheduler, "set_begin_index"):
            scheduler.set_begin_index(0)
        return scheduler
