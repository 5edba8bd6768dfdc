"""What the calendar needs from storage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Protocol

from deepstory.accounts.entities import User
from deepstory.calendar.entities import DiaryEntry


class DiaryRepository(Protocol):
    """An author's entries by diary date, private ones too; they may be a moment old."""

    def between(self, author_id: str, *, first: date, last: date) -> Sequence[DiaryEntry]:
        """Return all entries of these days in no particular order."""

    def latest_day(self, author_id: str, *, until: date) -> date | None:
        """Return the last day with an entry that is not after ``until``."""

    def days(self, author_id: str) -> Iterator[date]:
        """Give each day with an entry once, latest first, reading as it is asked for more."""


class Owners(Protocol):
    def me(self, *, user_id: str) -> User: ...
