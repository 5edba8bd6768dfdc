"""Numbers about scores and pictures, without any model."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb, sqrt

import numpy as np
import torch
from torch.nn import functional
from tqdm import tqdm

from model.evaluation.classifier import CPU, Pictures
from model.training.batches import to_tensor

THUMBNAIL = 16
NORMAL_95 = 1.96


@dataclass(frozen=True)
class Share:
    """So many hits of so many tries."""

    hits: int
    tries: int

    @property
    def rate(self) -> float:
        return self.hits / self.tries

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval: where the rate of endless tries would probably lie."""
        square = NORMAL_95**2 / self.tries
        middle = self.rate + square / 2
        reach = NORMAL_95 * sqrt(self.rate * (1 - self.rate) / self.tries + square / self.tries / 4)
        low, high = (middle - reach) / (1 + square), (middle + reach) / (1 + square)
        return max(0.0, low), min(1.0, high)


def find_labels(scores: torch.Tensor, labels: torch.Tensor, first: int) -> torch.Tensor:
    """Judge every picture (row) against every caption (column).

    True where all labels of the caption, a row of `labels`, are among the `first` best scored
    choices of the picture. The diagonal is each picture against its own caption.
    """
    best = torch.zeros_like(scores, dtype=torch.bool)
    best.scatter_(1, scores.topk(first).indices, value=True)
    return best[:, labels].all(dim=2)


def own_captions(found: torch.Tensor) -> Share:
    return Share(int(found.diagonal().sum()), len(found))


def shuffled_captions(found: torch.Tensor) -> float:
    """The share of hits against the captions of all other pictures: the mean of all shufflings."""
    others = int(found.sum()) - int(found.diagonal().sum())
    return others / (len(found) * (len(found) - 1))


def chance(choices: int, labels: int, first: int) -> float:
    """How often `first` blind guesses among the choices contain all labels."""
    return comb(choices - labels, first - labels) / comb(choices, first)


def pairwise_distance(pictures: Pictures) -> float:
    """The mean difference of pixel values, 0 to 255, over all pairs of pictures."""
    values = pictures.astype(np.float32)
    pairs = combinations(values, 2)
    return float(np.mean([np.abs(one - other).mean() for one, other in pairs]))


def thumbnails(pictures: Pictures, title: str | None = None, batch: int = 256) -> torch.Tensor:
    """Every picture as 16 x 16 mean colours between 0 and 1, in a row."""
    starts = tqdm(range(0, len(pictures), batch), title, disable=title is None)
    parts = [
        functional.adaptive_avg_pool2d(to_tensor(pictures[start : start + batch], CPU), THUMBNAIL)
        for start in starts
    ]
    return (torch.cat(parts).flatten(1) + 1) / 2


def nearest_distances(queries: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    """The Euclidean distance of every query to the known row that is nearest to it."""
    # The faster way by matrix product finds copies at distances above zero.
    mode = "donot_use_mm_for_euclid_dist"
    return torch.cdist(queries, known, compute_mode=mode).amin(dim=1)
