"""The shapes for which networks are compiled, and how a call is made of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

DENOISER, DECODER = "denoiser", "decoder"
# What a call costs besides its rows, in rows: the launching of its kernels, and the part of a GPU
# that few rows leave idle. One picture's decoding leaves none. Judgement; no GPU was measured.
CALL_ROWS = {DENOISER: 2.0, DECODER: 0.0}
# How much longer the eager network takes than the compiled one.
EAGER = 1.5


@dataclass(frozen=True)
class Bucket:
    """One static shape: rows in a batch, and the sides of latents."""

    network: str
    batch: int
    height: int
    width: int

    @property
    def name(self) -> str:
        return f"{self.network}-{self.batch}x{self.height}x{self.width}"

    @classmethod
    def of(cls, name: str) -> "Bucket":
        network, _, numbers = name.partition("-")
        batch, height, width = (int(number) for number in numbers.split("x"))
        return cls(network, batch, height, width)


@dataclass(frozen=True)
class Chunk:
    """Some rows of a call, and the batch that they are drawn in: the rest of it is padding."""

    rows: int
    batch: int


def denoiser_batches(max_batch: int) -> list[int]:
    """Powers of two and halfway between them, up to guided steps of a full batch.

    So a call of more than four rows is never padded by more than half of its own.
    """
    largest = 2 * max_batch
    powers = [2**power for power in range(largest.bit_length())]
    between = [3 * power for power in powers if power >= 2]
    return sorted({size for size in (*powers, *between) if size < largest} | {largest})


def wanted(sizes: Sequence[tuple[int, int]], scale: int, max_batch: int) -> list[Bucket]:
    """In the order of their use: the default size first, and small batches first.

    Pictures are decoded one by one: one alone fills a GPU, and takes the least memory.
    """
    found: list[Bucket] = []
    for width, height in dict.fromkeys(sizes):
        sides = height // scale, width // scale
        for batch in denoiser_batches(max_batch):
            found.append(Bucket(DENOISER, batch, *sides))
            if batch == 1:
                found.append(Bucket(DECODER, 1, *sides))
    return found


@lru_cache(maxsize=1024)
def plan(network: str, rows: int, ready: tuple[int, ...]) -> tuple[Chunk, ...]:
    """The cheapest way to cover rows with ready batches; nothing where the eager network is."""
    call_rows = CALL_ROWS[network]
    cheapest: list[tuple[float, tuple[Chunk, ...]]] = [(0.0, ())]
    for count in range(1, rows + 1):
        ways = [
            (
                cheapest[count - taken][0] + batch + call_rows,
                (*cheapest[count - taken][1], Chunk(taken, batch)),
            )
            for batch in ready
            for taken in [min(batch, count)]
        ]
        cheapest.append(min(ways, key=lambda way: way[0], default=(float("inf"), ())))
    cost, chunks = cheapest[rows]
    return chunks if cost <= EAGER * (rows + call_rows) else ()
