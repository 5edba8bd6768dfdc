"""A resumable training loop: optimizer, averaged weights, checkpoints, progress bar.

All chance in a step comes from (seed, stage, step), so that an interrupted training which is
started again ends with the same weights as one that ran through.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import nn
from tqdm import tqdm

from model.training.config import Schedule
from model.training.stretch import ENDLESS, OutOfTimeError, Stretch

Step = Callable[[int, np.random.Generator], torch.Tensor]
CHECKPOINT_SECONDS = 90.0
HISTORY_STEPS = 50


class Stage:
    """One stage of the recipe: the modules it trains, and how far it has come."""

    def __init__(
        self, name: str, modules: dict[str, nn.Module], schedule: Schedule, *, ema_decay: float
    ) -> None:
        self.name = name
        self.modules = nn.ModuleDict(modules)
        self.schedule = schedule
        self.ema_decay = ema_decay
        self.step = 0
        self.seconds = 0.0
        self.history: list[tuple[int, float]] = []
        self.parameters: list[torch.Tensor] = list(self.modules.parameters())
        self.averages = [parameter.detach().clone() for parameter in self.parameters]
        self.optimizer = torch.optim.AdamW(
            self.parameters, lr=schedule.rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True
        )

    def train(self, step: Step, *, seed: int, checkpoint: Path, stretch: Stretch = ENDLESS) -> None:
        """Run the steps that are left, going on from the checkpoint when there is one.

        Raises
        ------
        OutOfTimeError : the stretch is over; the checkpoint holds all steps so far.
        """
        if checkpoint.exists():
            self._load(checkpoint)
        if self.step >= self.schedule.steps:
            return
        self.modules.train()
        started = saved = time.monotonic()
        before = self.seconds
        recent: list[torch.Tensor] = []
        bar = tqdm(total=self.schedule.steps, initial=self.step, desc=f"train {self.name}")
        while self.step < self.schedule.steps:
            if stretch.is_over():
                bar.close()
                self._save(checkpoint)
                raise OutOfTimeError(f"{self.name}: step {self.step} of {self.schedule.steps}")
            recent.append(self._advance(step, seed))
            self.seconds = before + time.monotonic() - started
            bar.update()
            if self.step % HISTORY_STEPS == 0 or self.step == self.schedule.steps:
                # Asking a GPU for a loss waits for it, so that it is not asked after every step.
                losses = [float(loss) for loss in recent]
                self.history.append((self.step, float(np.mean(losses))))
                bar.set_postfix(loss=f"{self.history[-1][1]:.4f}")
                recent = []
            if time.monotonic() - saved > CHECKPOINT_SECONDS:
                self._save(checkpoint)
                saved = time.monotonic()
        bar.close()
        self._save(checkpoint)

    def use_averages(self) -> None:
        """Put the averaged weights, which draw better than the last ones, into the modules."""
        with torch.no_grad():
            for parameter, average in zip(self.parameters, self.averages, strict=True):
                parameter.copy_(average)
        self.modules.eval()

    def _advance(self, step: Step, seed: int) -> torch.Tensor:
        chance = [seed, *self.name.encode(), self.step]
        torch.manual_seed(int(np.random.SeedSequence(chance).generate_state(1)[0]))
        for group in self.optimizer.param_groups:
            group["lr"] = self.schedule.rate * rate_factor(self.schedule, self.step)
        loss = step(self.step, np.random.default_rng(chance))
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.step += 1
        decay = min(self.ema_decay, self.step / (self.step + 10))
        with torch.no_grad():
            torch._foreach_lerp_(self.averages, self.parameters, 1 - decay)
        return loss.detach()

    def _save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        state = {
            "modules": self.modules.state_dict(),
            "averages": self.averages,
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
            "history": self.history,
        }
        torch.save(state, partial)
        partial.replace(path)

    def _load(self, path: Path) -> None:
        state = torch.load(path, map_location=self.parameters[0].device, weights_only=True)
        self.modules.load_state_dict(state["modules"])
        self.averages = state["averages"]
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.seconds = state["step"], state["seconds"]
        self.history = [(int(at), float(loss)) for at, loss in state["history"]]


def rate_factor(schedule: Schedule, step: int) -> float:
    """Warm up, stay, then fall in a straight line to nothing at the end."""
    warming = min(1.0, (step + 1) / schedule.warmup)
    falling = (schedule.steps - step) / max(1.0, schedule.steps * schedule.decay)
    return min(warming, falling, 1.0)
