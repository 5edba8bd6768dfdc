"""Full pages from lists some of whose entries turn out not to be for the reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

E = TypeVar("E")
K = TypeVar("K")
T = TypeVar("T")

# What one BatchGetItem can read.
_LATER_SIZE = 100


def filled_page(
    fetch: Callable[[K | None, int], Sequence[E]],
    admit: Callable[[Sequence[E]], Sequence[T | None]],
    *,
    key: Callable[[E], K],
    limit: int,
    after: K | None,
) -> tuple[list[T], K | None]:
    """Return a page of admitted things, and its last entry's key if anything follows.

    ``fetch`` returns the entries after a key; fewer than asked for means that there are no more.
    ``admit`` returns, for each entry, what is shown of it, or None. Usually each is called once.
    """
    found: list[tuple[E, T]] = []
    size = limit + 1
    while True:
        entries = fetch(after, size)
        admitted = zip(entries, admit(entries), strict=True)
        found += [(entry, thing) for entry, thing in admitted if thing is not None]
        if len(found) > limit or len(entries) < size:
            break
        after = key(entries[-1])
        size = _LATER_SIZE
    shown = found[:limit]
    last = key(shown[-1][0]) if len(found) > limit else None
    return [thing for _, thing in shown], last
