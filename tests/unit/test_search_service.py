"""Searching: what is found, in which order, at which cost."""

from __future__ import annotations

import itertools
import random

import pytest
from msgspec.structs import replace

from deepstory.search.errors import UnsearchableError
from deepstory.search.service import ENOUGH_EXAMINED
from fakes.search import SearchWorld


@pytest.fixture
def world() -> SearchWorld:
    return SearchWorld()


class TestFinding:
    def test_particles_plurals_and_case_do_not_hide_a_post(self, world: SearchWorld) -> None:
        korean = world.publish(text="오늘은 바다에 갔다.")
        english = world.publish(title="Whales", text="We saw two WHALES.")
        world.publish(title="산", text="mountain")

        assert world.find("바다") == [korean]
        assert world.find("whale") == world.find("Whales") == [english]

    def test_all_words_must_be_there(self, world: SearchWorld) -> None:
        both = world.publish(title="바다", text="고래를 봤다. A whale!")
        world.publish(title="바다")
        world.publish(title="고래 whale")

        assert world.find("바다 whales 고래") == [both]

    def test_single_syllable_is_found_within_words(self, world: SearchWorld) -> None:
        alone, within = world.publish(title="꽃"), world.publish(title="벚꽃이 피었다")
        world.publish(title="나무")

        assert world.find("꽃") == [within, alone]

    def test_newest_come_first_and_pages_neither_repeat_nor_skip(self, world: SearchWorld) -> None:
        written = [world.publish(title="바다와 고래") for _ in range(7)]
        for _ in range(3):
            world.publish(title="바다")

        for limit in (1, 2, 3, 7, 20):
            assert world.find("바다 고래", limit=limit) == written[::-1]

    def test_posts_written_meanwhile_do_not_shift_the_pages(self, world: SearchWorld) -> None:
        written = [world.publish(title="바다") for _ in range(4)]
        first = world.search.find(
            text="바다", tag=None, sort="latest", period="all", viewer_id=None, limit=2
        )
        world.publish(title="바다")

        rest = world.search.find(
            text="바다",
            tag=None,
            sort="latest",
            period="all",
            viewer_id=None,
            limit=2,
            position=first.next,
        )

        found = [details.post.post_id for details in (*first.items, *rest.items)]
        assert found == written[::-1]
        assert rest.next is None

    def test_index_that_is_behind_shows_nothing_that_is_not_to_be_seen(
        self, world: SearchWorld
    ) -> None:
        hidden, deleted, edited, kept = (world.publish(title="바다") for _ in range(4))
        orphan = world.publish("u2", title="바다")
        world.edit(hidden, visibility="private")
        world.post_service.delete(post_id=deleted, author_id="u1")
        world.edit(edited, title="산")
        del world.authors.users["u2"]

        assert world.find("바다") == [kept]
        assert orphan in world.postings.postings["gram#바다"]

    def test_own_private_post_is_not_among_the_public_ones(self, world: SearchWorld) -> None:
        post_id = world.publish(title="바다")
        world.edit(post_id, visibility="private")
        world.indexing.update(post_id=post_id)

        assert world.find("바다", viewer_id="u1") == []

    def test_page_says_what_the_viewer_likes(self, world: SearchWorld) -> None:
        post_id = world.publish(title="바다")
        world.like_service.like(post_id=post_id, user_id="u2")

        page = world.search.find(
            text="바다", tag=None, sort="latest", period="all", viewer_id="u2", limit=9
        )

        assert [details.liked for details in page.items] == [True]

    def test_period_takes_what_was_written_in_it(self, world: SearchWorld) -> None:
        world.publish(title="바다")
        world.clock.advance(days=1)
        today = world.publish(title="바다")

        assert world.find("바다", period="day") == [today]
        assert len(world.find("바다", period="month")) == 2

    def test_list_of_a_day_goes_on_with_it_after_midnight(self, world: SearchWorld) -> None:
        old, new = world.publish(title="바다"), world.publish(title="바다")
        arguments = {"text": "바다", "tag": None, "sort": "latest", "viewer_id": None, "limit": 1}
        first = world.search.find(period="day", **arguments)  # type: ignore[arg-type]  # a wider type on purpose
        world.clock.advance(days=1)

        rest = world.search.find(period="day", position=first.next, **arguments)  # type: ignore[arg-type]  # a wider type on purpose

        assert [d.post.post_id for d in (*first.items, *rest.items)] == [new, old]

    def test_page_is_short_rather_than_dear_when_hardly_anything_matches(
        self, world: SearchWorld
    ) -> None:
        # Under every pair of the word, but without the word.
        wanted = world.publish(title="바다에")
        for _ in range(ENOUGH_EXAMINED + 50):
            world.publish(title="바다 다에")

        page = world.search.find(
            text="바다에", tag=None, sort="latest", period="all", viewer_id=None, limit=20
        )

        assert page.items == []
        assert page.next
        assert world.find("바다에") == [wanted]

    def test_nothing_found_is_an_empty_list(self, world: SearchWorld) -> None:
        world.publish(title="산")

        assert world.find("바다") == world.find(tag="바다") == []

    def test_what_cannot_be_searched_for_is_refused(self, world: SearchWorld) -> None:
        with pytest.raises(UnsearchableError):
            world.find("!?")

    def test_random_stories_are_found_as_reading_them_all_would(self, world: SearchWorld) -> None:
        choice = random.Random(4)  # noqa: S311  # no secret
        vocabulary = ["바다에", "산을", "고래가", "꽃", "whales", "sea", "party"]
        texts = {}
        for _ in range(60):
            text = " ".join(choice.sample(vocabulary, choice.randint(1, 4)))
            texts[world.publish(text=text)] = text
        forms = {
            "바다": "바다에",
            "고래": "고래가",
            "꽃": "꽃",
            "whale": "whales",
            "parties": "party",
        }

        for first, second in itertools.combinations(forms, 2):
            wanted = [p for p, t in texts.items() if forms[first] in t and forms[second] in t]
            for limit in (3, 20):
                assert world.find(f"{first} {second}", limit=limit) == wanted[::-1]


class TestTags:
    def test_tag_is_found_however_it_is_written(self, world: SearchWorld) -> None:
        korean = world.publish(tags=("바다",))
        english = world.publish(tags=("Sea",))
        world.publish(tags=("Sea side",), title="sea 바다")

        assert world.find(tag="#바다") == world.find(tag="바다") == [korean]
        assert world.find(tag="SEA") == world.find(tag="#sea") == [english]

    def test_newest_of_a_tag_are_paged_without_repeating_or_skipping(
        self, world: SearchWorld
    ) -> None:
        written = [world.publish(tags=("눈", f"n{number}")) for number in range(7)]
        world.publish(tags=("비",))

        for limit in (1, 3, 7):
            assert world.find(tag="눈", limit=limit) == written[::-1]

    def test_most_liked_of_a_tag_come_first(self, world: SearchWorld) -> None:
        written = [world.publish(tags=("눈",)) for _ in range(5)]
        for post_id, likes in zip(written, (1, 9, 0, 10, 1), strict=True):
            like(world, post_id, likes)

        wanted = [written[index] for index in (3, 1, 4, 0, 2)]
        for limit in (1, 2, 5, 9):
            assert world.find(tag="눈", sort="top", limit=limit) == wanted

    def test_stale_ranking_shows_nothing_that_is_not_to_be_seen(self, world: SearchWorld) -> None:
        kept, hidden, untagged = (world.publish(tags=("눈",)) for _ in range(3))
        world.edit(hidden, visibility="private")
        world.edit(untagged, tags=("비",))

        assert world.find(tag="눈", sort="top") == [kept]
        assert len(world.postings.most_liked("tag#눈", limit=9, after=None)) == 3

    def test_words_and_tag_together_narrow_down(self, world: SearchWorld) -> None:
        wanted = world.publish(title="고래", tags=("바다",))
        world.publish(title="고래")
        world.publish(tags=("바다",))

        assert world.find("고래", tag="바다") == [wanted]


class TestMostLiked:
    def test_words_are_found_most_liked_first(self, world: SearchWorld) -> None:
        written = [world.publish(title="바다에") for _ in range(4)]
        world.publish(title="산")
        for post_id, likes in zip(written, (1, 3, 0, 3), strict=True):
            like(world, post_id, likes)

        wanted = [written[index] for index in (3, 1, 0, 2)]
        for limit in (1, 3, 9):
            assert world.find("바다", sort="top", limit=limit) == wanted

    def test_words_and_tag_are_found_in_the_tags_ranking(self, world: SearchWorld) -> None:
        written = [world.publish(title="고래", tags=("바다",)) for _ in range(3)]
        world.publish(title="고래")
        world.publish(tags=("바다",))
        like(world, written[0], 5)

        wanted = [written[0], written[2], written[1]]
        for limit in (1, 2, 9):
            assert world.find("고래", tag="바다", sort="top", limit=limit) == wanted

    @pytest.mark.parametrize("search", [{"text": "바다"}, {"tag": "여름"}])
    def test_period_takes_what_was_written_in_it(
        self, world: SearchWorld, search: dict[str, str]
    ) -> None:
        old = world.publish(title="바다", tags=("여름",))
        world.clock.advance(days=1)
        first, second = (world.publish(title="바다", tags=("여름",)) for _ in range(2))
        for post_id, likes in ((old, 9), (first, 5)):
            like(world, post_id, likes)

        for limit in (1, 9):
            today = world.find(**search, sort="top", period="day", limit=limit)
            assert today == [first, second]
            ever = world.find(**search, sort="top", period="all", limit=limit)
            assert ever == [old, first, second]

    def test_rare_words_come_in_short_pages_that_end(self, world: SearchWorld) -> None:
        wanted = world.publish(title="바다")
        for _ in range(ENOUGH_EXAMINED * 2):
            world.publish(title="산")

        page = world.search.find(
            text="바다", tag=None, sort="top", period="all", viewer_id=None, limit=20
        )

        assert page.items == []
        assert page.next
        assert world.find("바다", sort="top") == [wanted]


def like(world: SearchWorld, post_id: str, count: int) -> None:
    world.posts.posts[post_id] = replace(world.posts.posts[post_id], like_count=count)
    world.indexing.update(post_id=post_id)
