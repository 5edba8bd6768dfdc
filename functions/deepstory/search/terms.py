"""The terms under which a post is found."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import islice

from deepstory.posts.entities import Post
from deepstory.search.words import folded, grams, tokens

# Each costs a write unit. A thousand hold some three thousand characters of Korean or all of an
# English entry; of a longer one, what comes last is not searched.
MAXIMUM_TERMS = 1000

_TAG = "tag#"


def normal_tag(tag: str) -> str:
    """Return the form in which tags are the same: NFC, case folded, without leading #."""
    plain = " ".join(tag.split()).lstrip("#").strip()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", plain).casefold())


def tag_term(tag: str) -> str:
    return f"{_TAG}{normal_tag(tag)}"


def is_tag(term: str) -> bool:
    return term.startswith(_TAG)


def word_term(word: str) -> str:
    return f"word#{word}"


def gram_term(gram: str) -> str:
    return f"gram#{gram}"


def terms_of(post: Post) -> tuple[str, ...]:
    """Return the post's terms, each once: its tags, then title, words of the tags, and text."""
    return tuple(islice(dict.fromkeys(_all_terms(post)), MAXIMUM_TERMS))


def searched_text(post: Post) -> str:
    """Return all that is searched of a post, folded."""
    return folded("\n".join((post.title, *post.tags, post.text)))


def _all_terms(post: Post) -> Iterator[str]:
    for tag in post.tags:
        yield tag_term(tag)
    for token in tokens(searched_text(post)):
        if token.is_run:
            yield from map(gram_term, grams(token.text))
        elif token.text:
            yield word_term(token.text)
