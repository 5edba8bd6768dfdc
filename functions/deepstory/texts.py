"""What text people may send: any language, no control characters, no broken Unicode."""

from __future__ import annotations

import unicodedata

_LINE_CONTROLS = "\n\t"
# Format characters (zero-width ones among them), white space, and marks, which show only on a
# character before them.
_UNSEEN_CATEGORIES = ("Cf", "Zs", "Zl", "Zp", "Cc", "Mn", "Me")
# Letters and symbols by category, but blank: fillers of Hangul, and an empty Braille cell.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def clean(text: str, *, multiline: bool = False) -> str:
    """Return the text in NFC without outer white space.

    Korean typed on different systems arrives composed or decomposed; NFC makes it one.

    Raises
    ------
    ValueError : a control character (NUL among them), or a lone surrogate.
    """
    normalised = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    allowed = _LINE_CONTROLS if multiline else ""
    for character in normalised:
        category = unicodedata.category(character)
        if category == "Cs" or (category == "Cc" and character not in allowed):
            raise ValueError("has a character that is not allowed")
    return normalised


def required(text: str, *, maximum: int, multiline: bool = False) -> str:
    """Return clean text of 1 to ``maximum`` characters, something of which shows.

    Raises ValueError, saying why not.
    """
    cleaned = clean(text, multiline=multiline)
    if not any(map(_shows, cleaned)):
        raise ValueError("must not be empty")
    if len(cleaned) > maximum:
        raise ValueError(f"must be at most {maximum} characters")
    return cleaned


def _shows(character: str) -> bool:
    category = unicodedata.category(character)
    return character not in _BLANK and category not in _UNSEEN_CATEGORIES
