"""What the two people of the demonstration write, about things that the bundled model knows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One person's entry; its picture is asked for with the text itself."""

    author: str
    language: str
    title: str
    text: str
    style: str
    weather: str
    mood: str
    tags: tuple[str, ...]


ENTRIES = (
    Entry(
        author="하루",
        language="ko",
        title="바닷가의 돛단배",
        text="오늘은 바닷가에서 돛단배를 봤다. 햇살이 따뜻했다. 내일 또 가고 싶다.",
        style="crayon",
        weather="sunny",
        mood="happy",
        tags=("바다", "나들이"),
    ),
    Entry(
        author="Robin",
        language="en",
        title="A cat in the park",
        text="Today I saw a cat in the park. The sun was setting. It made me smile.",
        style="watercolor",
        weather="sunny",
        mood="calm",
        tags=("cat", "evening"),
    ),
)
