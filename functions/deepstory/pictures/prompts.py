"""What the model is told: the user's words and a phrase for the style."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from deepstory.pictures.entities import Style

PROMPT_CHARACTERS = 1000

_ENGLISH: Mapping[Style, str] = {
    "crayon": "crayon drawing",
    "watercolor": "watercolor painting",
    "pencil": "pencil drawing",
    "flat": "flat illustration",
    "ink": "ink drawing",
    "photo": "photograph",
}
_KOREAN: Mapping[Style, str] = {
    "crayon": "크레용 그림",
    "watercolor": "수채화",
    "pencil": "연필 그림",
    "flat": "플랫 일러스트",
    "ink": "먹 그림",
    "photo": "사진",
}

# Hangul jamo, compatibility jamo and syllables.
_HANGUL = ((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7A3))

_SENTENCE_ENDS = (".", "!", "?", "…", "。")

Translate = Callable[[str], str]


class PromptWriter(Protocol):
    def write(self, prompt: str, style: Style) -> str:
        """Return the prompt in a language that the model reads, with the style's phrase."""


class BundledPromptWriter:
    """For models that read Korean and English: the phrase is in the prompt's own language."""

    def write(self, prompt: str, style: Style) -> str:
        return _with_style(prompt, style, _KOREAN if has_hangul(prompt) else _ENGLISH)


class TranslatingPromptWriter:
    """For models that read English only."""

    def __init__(self, translate: Translate) -> None:
        """``translate`` turns Korean into English."""
        self._translate = translate

    def write(self, prompt: str, style: Style) -> str:
        english = self._translate(prompt) if has_hangul(prompt) else prompt
        return _with_style(english, style, _ENGLISH)


def has_hangul(text: str) -> bool:
    return any(first <= ord(letter) <= last for letter in text for first, last in _HANGUL)


def _with_style(prompt: str, style: Style, phrases: Mapping[Style, str]) -> str:
    # What comes out may be edited and sent back, so it is never longer than what may be sent.
    if style not in phrases:
        return prompt[:PROMPT_CHARACTERS]
    phrase = phrases[style]
    words = prompt[: PROMPT_CHARACTERS - len(f", {phrase}")].rstrip()
    joint = " " if words.endswith(_SENTENCE_ENDS) else ", "
    return f"{words}{joint}{phrase}"
