"""English words brought to one form, so that one thing finds many.

This is a plural stemmer in the manner of Harman's S-stemmer ("How effective is suffixing?",
1991), widened by endings in -e: the point is not a dictionary's form but the same form for the
singular and the plural. ``box`` and ``boxes`` are ``box``; ``house`` and ``houses`` are ``hous``;
``movie`` and ``movies`` are ``movy``. Verbs keep their endings: walked does not find walking.
"""

from __future__ import annotations

_IRREGULAR = {
    "children": "child",
    "feet": "foot",
    "geese": "goose",
    "knives": "knife",
    "leaves": "leaf",
    "lives": "life",
    "men": "man",
    "mice": "mouse",
    "people": "person",
    "teeth": "tooth",
    "wives": "wife",
    "wolves": "wolf",
    "women": "woman",
}
# Too short to tell a plural: as, is, us, his, gas.
_SHORTEST_PLURAL = 4
_NO_PLURAL = ("ss", "us", "is")
# Before an -es these take the e for the plural's, and others for the word's own: drop it in both.
_BEFORE_SILENT_E = ("s", "x", "z", "ch", "sh", "o")


def stem(word: str) -> str:
    """Return the form that a case-folded English word shares with its plural."""
    word = _IRREGULAR.get(word, word)
    if len(word) >= _SHORTEST_PLURAL and word[-1] == "s" and not word.endswith(_NO_PLURAL):
        word = word[:-1]
    if len(word) >= _SHORTEST_PLURAL and word[-1] == "e":
        if word.endswith("ie"):
            return f"{word[:-2]}y"
        word = word[:-1] if word[:-1].endswith(_BEFORE_SILENT_E) else word
    # quiz, quizzes
    return word[:-1] if word.endswith("zz") else word
