"""Intersecting long lists in few reads."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from deepstory.search.entities import NEWEST, Bound, bound_at
from deepstory.search.intersection import MAXIMUM_READS, PAGE, Intersection
from fakes.search import MemoryPostingRepository


def lists(**members: set[int]) -> MemoryPostingRepository:
    """Return an index of lists by term, of posts that are numbered."""
    postings = MemoryPostingRepository()
    for term, numbers in members.items():
        for number in numbers:
            postings.add(name(number), [term], rank="", version=1)
    return postings


def name(number: int) -> str:
    return f"{number:06}"


def walk_all(postings: MemoryPostingRepository, terms: list[str], *, reads: int) -> list[str]:
    """Walk with few reads at a time, going on from where each walk ended."""
    found: list[str] = []
    start = NEWEST
    for _ in range(10_000):
        walk = Intersection(postings, terms, start=start, reads=reads)
        found += walk.take(1000)
        if walk.is_done:
            return found
        assert walk.is_out_of_reads
        start = bound_at(walk.bound.position())
    raise AssertionError("the walk does not end")


class TestIntersection:
    @given(
        members=st.lists(st.sets(st.integers(0, 400), max_size=300), min_size=1, max_size=4),
        spare=st.integers(0, 3),
    )
    def test_any_number_of_reads_at_a_time_gives_each_common_post_once(
        self, members: list[set[int]], spare: int
    ) -> None:
        terms = [f"t{number}" for number in range(len(members))]
        postings = lists(**dict(zip(terms, members, strict=True)))

        found = walk_all(postings, terms, reads=len(terms) + spare)

        common = set.intersection(*members)
        assert found == [name(number) for number in sorted(common, reverse=True)]

    def test_rare_term_leaps_over_a_frequent_one(self) -> None:
        postings = lists(often=set(range(5000)), rare={4, 4000})

        walk = Intersection(postings, ["often", "rare"], start=NEWEST)

        assert walk.take(9) == [name(4000), name(4)]
        assert walk.is_done
        assert postings.reads <= 6

    def test_terms_that_never_meet_cost_no_more_than_the_reads_allowed(self) -> None:
        even, odd = set(range(0, 20_000, 2)), set(range(1, 20_000, 2))
        postings = lists(even=even, odd=odd)

        walk = Intersection(postings, ["even", "odd"], start=NEWEST)

        assert walk.take(9) == []
        assert walk.is_out_of_reads
        assert postings.reads == MAXIMUM_READS
        # It came forward: from here another walk goes on.
        assert walk.bound.post_id < name(20_000 - MAXIMUM_READS // 2 * PAGE)

    def test_walk_ends_where_it_need_not_look_any_more(self) -> None:
        postings = lists(term=set(range(1000)))

        walk = Intersection(postings, ["term"], start=NEWEST, since=name(995))

        assert walk.take(100) == [name(number) for number in range(999, 994, -1)]
        assert walk.is_done
        assert postings.reads == 1

    def test_position_says_whether_its_post_is_still_to_come(self) -> None:
        for bound in (Bound("p1", inclusive=True), Bound("p1", inclusive=False)):
            assert bound_at(bound.position()) == bound
        assert bound_at(None) == NEWEST
