"""Text taken apart for the index: words of scripts with spaces, runs of those without.

Korean writes particles onto words (바다, 바다에, 바다는), so a word is found by any part of it:
runs of Hangul, Han and Kana are indexed by each two neighbouring characters, and by each single one
for questions of one syllable.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from deepstory.search.stemming import stem

WORD_CHARACTERS = 40

# Hangul (syllables, and jamo alone), Han and Kana.
_DENSE = (
    "\u1100-\u11ff\u3131-\u318e\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb"
    "\u3005\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
)
_TOKEN = re.compile(rf"(?P<run>[{_DENSE}]+)|[^\W_{_DENSE}]+(?:['’][^\W_{_DENSE}]+)*")
_POSSESSIVE = re.compile(r"['’]s$")


class Token(NamedTuple):
    """A run of dense script, or else a word in the form that it is indexed in."""

    text: str
    is_run: bool


def folded(text: str) -> str:
    """Return the text without differences of case, width and composition."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def tokens(folded_text: str) -> Iterator[Token]:
    """Give the tokens of folded text in their order."""
    for match in _TOKEN.finditer(folded_text):
        if match["run"]:
            yield Token(match[0], is_run=True)
        else:
            yield Token(_word(match[0]), is_run=False)


def grams(run: str) -> Iterator[str]:
    """Give each two neighbouring characters of a run, then each one."""
    for start in range(len(run) - 1):
        yield run[start : start + 2]
    yield from run


def _word(text: str) -> str:
    plain = _POSSESSIVE.sub("", text).replace("'", "").replace("’", "")
    if not plain.isascii():
        letters = unicodedata.normalize("NFD", plain)
        plain = "".join(each for each in letters if unicodedata.category(each) != "Mn")
    return stem(plain[:WORD_CHARACTERS])
