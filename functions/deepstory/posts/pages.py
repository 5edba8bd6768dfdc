"""Full pages from lists some of whose entries turn out not to be visible."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

# What one BatchGetItem can read.
_LATER_SIZE = 100


class Entry(Protocol):
    @property
    def post_id(self) -> str: ...


E = TypeVar("E", bound=Entry)
T = TypeVar("T")


def full_page(
    fetch: Callable[[E | None, int], Sequence[E]],
    admit: Callable[[Sequence[E]], Mapping[str, T]],
    *,
    limit: int,
    after: E | None,
) -> tuple[list[T], E | None]:
    """Return a page of admitted things, and its last entry if anything follows.

    ``fetch`` returns the entries after one; fewer than asked for means that there are no more.
    ``admit`` returns, by post id, what may be shown of them. Usually each is called once.
    """
    found: list[tuple[E, T]] = []
    size = limit + 1
    while True:
        entries = fetch(after, size)
        admitted = admit(entries)
        found += [(e, admitted[e.post_id]) for e in entries if e.post_id in admitted]
        if len(found) > limit or len(entries) < size:
            break
        after = entries[-1]
        size = _LATER_SIZE
    shown = found[:limit]
    last = shown[-1][0] if len(found) > limit else None
    return [thing for _, thing in shown], last
