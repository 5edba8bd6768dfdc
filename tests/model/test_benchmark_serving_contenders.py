from pathlib import Path

import numpy as np
import pytest

from benchmarks.serving import arrivals
from benchmarks.serving.contenders import Contender, Plain, Setup
from benchmarks.serving.figures import difference
from benchmarks.serving.orders import Order
from benchmarks.serving.ours import Ours
from model.serving import buckets

ORDERS = [Order(f"a cat {seed}", seed, 32, 32, 3 + seed % 2, 4.0) for seed in range(3)]
SAME = [order for order in ORDERS if order.steps == 3]


@pytest.fixture
def setup(tiny_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Setup:
    # Ours changes it for its process.
    monkeypatch.setattr(buckets, "denoiser_batches", buckets.denoiser_batches)
    return Setup(
        folder=str(tiny_weights),
        device="cpu",
        dtype="float32",
        threads=1,
        max_batch=4,
        recipe_mode="default",
        runtime="torch",
        thorough=False,
        rows=[1, 2],
        cache=str(tmp_path),
    )


def _apart(one: Contender, other: Contender, orders: list[Order]) -> float:
    """Between pictures drawn together, and drawn when they come."""
    drawn = one.draw(orders)
    submitted = [other.submit(order).result() for order in orders]
    pairs = zip(drawn, submitted, strict=True)
    return difference(
        (np.asarray(mine, np.float64), np.asarray(theirs, np.float64)) for mine, theirs in pairs
    ).most


def test_contenders_draw_the_same_pictures(setup: Setup) -> None:
    plain, ours = Plain(setup), Ours(setup)
    try:
        assert _apart(plain, ours, SAME) <= 1
        assert _apart(ours, plain, SAME) <= 1
        assert ours.settle(0)
    finally:
        ours._queue.close()


def test_the_server_answers_a_load_with_every_picture(setup: Setup) -> None:
    ours = Ours(setup)
    drawn: list[int] = []
    due = [arrivals.Arrival(0.001 * number, number % 3) for number in range(12)]
    try:
        answers = arrivals.offer(
            due, lambda kind: ours.submit(ORDERS[kind]), lambda kind, _picture: drawn.append(kind)
        )
    finally:
        ours._queue.close()

    assert (len(answers.latencies), answers.lost) == (12, 0)
    assert sorted(drawn) == [0] * 4 + [1] * 4 + [2] * 4
    assert min(answers.latencies) > 0
