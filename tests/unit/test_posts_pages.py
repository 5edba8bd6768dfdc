from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from deepstory.posts.feeds import FeedEntry
from deepstory.posts.pages import full_page


class List:
    """Entries of which only some are visible; counts how often it is read."""

    def __init__(self, visible: Sequence[bool]) -> None:
        self.entries = [FeedEntry(str(n), str(n)) for n in range(len(visible))]
        self.shown = {str(n) for n, shown in enumerate(visible) if shown}
        self.reads = 0

    def fetch(self, after: FeedEntry | None, size: int) -> Sequence[FeedEntry]:
        self.reads += 1
        start = 0 if after is None else self.entries.index(after) + 1
        return self.entries[start : start + size]

    def admit(self, entries: Sequence[FeedEntry]) -> Mapping[str, str]:
        return {e.post_id: e.post_id for e in entries if e.post_id in self.shown}

    def page(self, limit: int, after: FeedEntry | None) -> tuple[list[str], FeedEntry | None]:
        return full_page(self.fetch, self.admit, limit=limit, after=after)


@given(st.lists(st.booleans(), max_size=250), st.integers(1, 100))
def test_pages_are_full_and_together_hold_every_visible_post_once(
    visible: list[bool], limit: int
) -> None:
    posts = List(visible)
    found: list[str] = []
    after: FeedEntry | None = None
    while True:
        page, after = posts.page(limit, after)
        found += page
        if after is None:
            break
        assert len(page) == limit

    assert found == [e.post_id for e in posts.entries if e.post_id in posts.shown]
    assert not found or page


def test_full_page_takes_one_read_when_all_is_visible() -> None:
    posts = List([True] * 50)

    page, last = posts.page(20, None)

    assert page == [str(n) for n in range(20)]
    assert last == FeedEntry("19", "19")
    assert posts.reads == 1


def test_last_page_says_so_even_when_it_is_exactly_full() -> None:
    assert List([True] * 20).page(20, None)[1] is None
    assert List([True] * 20 + [False] * 300).page(20, None)[1] is None


def test_empty_list_is_an_empty_page() -> None:
    assert List([]).page(20, None) == ([], None)
