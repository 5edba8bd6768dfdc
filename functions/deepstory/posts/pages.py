"""Full pages from lists of posts some of which turn out not to be visible."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from deepstory.pages import filled_page


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

    ``admit`` returns, by post id, what may be shown of the entries; for the rest see
    ``filled_page``.
    """

    def admit_in_order(entries: Sequence[E]) -> list[T | None]:
        admitted = admit(entries)
        return [admitted.get(entry.post_id) for entry in entries]

    return filled_page(fetch, admit_in_order, key=lambda entry: entry, limit=limit, after=after)
