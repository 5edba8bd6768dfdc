"""What a word is, and which words are the same."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from deepstory.posts.entities import TEXT_CHARACTERS, Post
from deepstory.search.errors import UnsearchableError
from deepstory.search.queries import MAXIMUM_LISTS, query_of
from deepstory.search.stemming import stem
from deepstory.search.terms import MAXIMUM_TERMS, normal_tag, terms_of
from deepstory.search.words import folded, tokens
from support.post_stores import POST

PLURALS = """
cat cats, box boxes, house houses, bus buses, class classes, dress dresses, party parties,
movie movies, cookie cookies, tie ties, pie pies, beach beaches, ache aches, axe axes, shoe shoes,
hero heroes, potato potatoes, rose roses, dish dishes, quiz quizzes, day days, key keys, gas gases,
child children, man men, woman women, foot feet, leaf leaves, knife knives, glass glasses,
tree trees, wave waves, whale whales, photo photos, story stories, diary diaries, face faces,
church churches, fox foxes, friend friends, wolf wolves, person people, boss bosses, case cases
"""


def post(**fields: Any) -> Post:
    return replace(POST, **{"title": "-", "text": "-", "tags": ()} | fields)


def words(text: str) -> list[str]:
    return [token.text for token in tokens(folded(text))]


class TestStemming:
    @pytest.mark.parametrize("pair", PLURALS.replace("\n", " ").split(","))
    def test_plural_has_the_stem_of_its_singular(self, pair: str) -> None:
        singular, plural = pair.split()

        assert stem(singular) == stem(plural)

    @pytest.mark.parametrize(
        "pair",
        ["sea see", "bus but", "as a", "this thi", "sun sung", "walk walked"],
    )
    def test_different_words_stay_apart(self, pair: str) -> None:
        first, second = pair.split()

        assert stem(first) != stem(second)


class TestTokens:
    def test_words_and_runs_are_told_apart(self) -> None:
        found = words("BTS는 2026년 Seoul에서, 첫눈!")

        assert found == ["bts", "는", "2026", "년", "seoul", "에서", "첫눈"]

    def test_case_width_and_accents_do_not_matter(self) -> None:
        assert words("ＣＡＦÉ Straße") == words("cafe strasse")

    def test_apostrophes_stay_inside_words(self) -> None:
        assert words("don't Mina’s 'quoted'") == ["dont", "mina", "quoted"]

    def test_decomposed_korean_is_the_same(self) -> None:
        assert words(unicodedata.normalize("NFD", "바다에")) == ["바다에"]

    def test_what_is_neither_letter_nor_digit_is_no_word(self) -> None:
        assert words(" _!? 🌊 \u200b…") == []


class TestTerms:
    def test_korean_words_have_their_pairs_and_syllables(self) -> None:
        assert terms_of(post(title="바다에")) == tuple(
            f"gram#{gram}" for gram in ("바다", "다에", "바", "다", "에")
        )

    def test_tags_come_first_whole_and_as_words(self) -> None:
        terms = terms_of(post(title="Sea", tags=("Blue Whales",)))

        assert terms == ("tag#blue whales", "word#sea", "word#blue", "word#whale")

    def test_number_of_terms_is_bounded_and_the_title_is_always_among_them(self) -> None:
        text = "".join(chr(0xAC00 + number * 2) for number in range(TEXT_CHARACTERS))
        terms = terms_of(post(title="첫눈 오는 날", text=text, tags=("눈",)))

        assert len(terms) == MAXIMUM_TERMS
        assert {"tag#눈", "gram#첫눈", "gram#오는", "gram#날"} <= set(terms)

    def test_longest_entry_in_plain_english_is_held_whole(self) -> None:
        text = " ".join(f"word{number}" for number in range(620))[:TEXT_CHARACTERS]

        assert f"word#{words(text)[-1]}" in terms_of(post(text=text))

    @given(st.text(max_size=200), st.text(max_size=50))
    def test_every_term_is_a_key_that_dynamodb_takes(self, text: str, title: str) -> None:
        for term in terms_of(post(text=text, title=title)):
            assert 5 < len(term.encode("utf-8", "surrogatepass")) <= 2048


class TestTags:
    @pytest.mark.parametrize(
        "written",
        ["#바다", "바다", "##바다 ", unicodedata.normalize("NFD", "바다")],
    )
    def test_korean_tag_is_one_however_it_is_written(self, written: str) -> None:
        assert normal_tag(written) == "바다"

    def test_case_and_spaces_do_not_matter(self) -> None:
        assert normal_tag("#Blue   WHALE") == normal_tag("blue whale") == "blue whale"


class TestQueries:
    @pytest.mark.parametrize(
        ("text", "query"),
        [
            ("오늘은 바다에 갔다.", "바다"),
            ("오늘은 바다에 갔다.", "바다 오늘"),
            ("벚꽃이 피었다", "꽃"),
            ("꽃", "꽃"),
            ("We saw Whales!", "whale"),
            ("one WHALE", "whales"),
            ("The party's over", "parties"),
            ("BTS를 봤다", "bts"),
            ("2026년의 첫눈", "2026 첫눈"),
            ("Café de Flore", "cafe"),
            ("東京へ行った", "東京"),
        ],
    )
    def test_text_is_found(self, text: str, query: str) -> None:
        wanted = query_of(text=query)

        assert wanted.matches(post(text=text))
        assert set(wanted.terms) <= set(terms_of(post(text=text)))

    @pytest.mark.parametrize(
        ("text", "query"),
        [
            ("산에 갔다", "바다"),
            ("바다", "바다 산"),
            ("바로 다음", "바다"),
            ("다에바", "바다에"),
            ("whalebone", "whale"),
            ("a seal", "sea"),
        ],
    )
    def test_other_text_is_not_found(self, text: str, query: str) -> None:
        assert not query_of(text=query).matches(post(text=text))

    def test_pairs_from_different_words_do_not_make_a_word(self) -> None:
        mixed = post(text="바다다 다에")
        query = query_of(text="바다에")

        assert set(query.terms) <= set(terms_of(mixed))
        assert not query.matches(mixed)

    def test_title_and_tags_are_searched_too(self) -> None:
        assert query_of(text="첫눈 whale").matches(post(title="첫눈", tags=("Whales",)))

    def test_tag_is_matched_whole(self) -> None:
        query = query_of(tag="#Sea")

        assert query.matches(post(tags=("SEA",)))
        assert not query.matches(post(tags=("Sea side",), title="sea"))
        assert query.terms == ("tag#sea",)

    def test_lists_are_bounded_and_the_rest_is_checked_on_the_post(self) -> None:
        query = query_of(text=" ".join(f"word{number}x" for number in range(12)))

        assert len(query.terms) == MAXIMUM_LISTS
        assert not query.matches(post(text=" ".join(f"word{number}x" for number in range(11))))

    @pytest.mark.parametrize("text", ["", "!!!", "🌊", " _ "])
    def test_nothing_to_search_for_is_refused(self, text: str) -> None:
        with pytest.raises(UnsearchableError) as refusal:
            query_of(text=text)

        assert refusal.value.fields
        assert list(refusal.value.fields) == ["q"]

    @given(st.text(alphabet="바다에갔꽃 abcdes'’1-", min_size=1, max_size=60), st.data())
    def test_every_part_of_a_korean_word_finds_it_through_the_index(
        self, text: str, data: st.DataObject
    ) -> None:
        runs = [token.text for token in tokens(folded(text)) if token.is_run]
        if not runs:
            return
        run = data.draw(st.sampled_from(runs))
        start = data.draw(st.integers(0, len(run) - 1))
        query = query_of(text=run[start : data.draw(st.integers(start + 1, len(run)))])

        assert query.matches(post(text=text))
        assert set(query.terms) <= set(terms_of(post(text=text)))

    @given(st.text(alphabet="바다 abcdes'’1-", min_size=1, max_size=60))
    def test_every_text_finds_itself_through_the_index(self, text: str) -> None:
        if not words(text):
            return
        query = query_of(text=text)

        assert query.matches(post(text=text))
        assert set(query.terms) <= set(terms_of(post(text=text)))
