"""What is looked for, and whether a post is it."""

from __future__ import annotations

import msgspec

from deepstory.posts.entities import Post
from deepstory.search.errors import UnsearchableError
from deepstory.search.terms import gram_term, normal_tag, searched_text, tag_term, word_term
from deepstory.search.words import folded, tokens

# So many lists are intersected; the posts that are read for it are held against the rest.
MAXIMUM_LISTS = 8


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """Words that all stand in a post, and a tag of it; ``terms`` are lists to intersect."""

    words: frozenset[str]
    runs: tuple[str, ...]
    tag: str | None
    terms: tuple[str, ...]

    def matches(self, post: Post) -> bool:
        """Tell whether a post has the tag and every word.

        The index may be behind, and pairs of syllables may come from different words.
        """
        if self.tag is not None and self.tag not in map(normal_tag, post.tags):
            return False
        text = searched_text(post)
        if not all(run in text for run in self.runs):
            return False
        return not self.words or self.words <= {t.text for t in tokens(text) if not t.is_run}


def query_of(*, text: str | None = None, tag: str | None = None) -> Query:
    """Return the query for words, a tag or both.

    Raises
    ------
    UnsearchableError : there is neither a letter nor a digit in what is looked for.
    """
    found = list(tokens(folded(text or "")))
    words = frozenset(token.text for token in found if not token.is_run and token.text)
    runs = tuple(dict.fromkeys(token.text for token in found if token.is_run))
    if text is not None and not words and not runs:
        raise UnsearchableError(fields={"q": "has no letter or digit to search for"})
    plain = None if tag is None else normal_tag(tag)
    if plain == "":
        raise UnsearchableError(fields={"tag": "must not be empty"})
    terms = [tag_term(plain)] if plain else []
    terms += sorted(map(word_term, words), key=lambda term: (-len(term), term))
    for run in runs:
        pairs = [run[start : start + 2] for start in range(len(run) - 1)]
        terms += map(gram_term, pairs or [run])
    lists = tuple(dict.fromkeys(terms))[:MAXIMUM_LISTS]
    return Query(words=words, runs=runs, tag=plain, terms=lists)
