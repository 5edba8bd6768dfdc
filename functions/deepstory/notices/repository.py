"""What the use cases of notices need: storage, and a little of other aggregates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from deepstory.notices.entities import Inbox, Notice


class NoticeRepository(Protocol):
    """Everything is read consistently."""

    def inbox(self, user_id: str) -> Inbox:
        """Return the inbox; one that got nothing yet is empty."""

    def told(self, user_id: str, keys: Iterable[str]) -> set[str]:
        """Return those keys of news that the user was told."""

    def add(self, inbox: Inbox, notices: Sequence[Notice]) -> bool:
        """Write the next notices of the inbox, or nothing.

        False if the inbox is no longer as it was, or one of the news was told meanwhile.
        """

    def entries(self, user_id: str, *, limit: int, before: int | None) -> Sequence[Notice]:
        """Return notices, newest first; expired ones may be among the oldest of them."""

    def first_after(self, user_id: str, number: int, *, now: datetime) -> int | None:
        """Return the number of the first notice after that one which is not expired."""

    def mark_read(self, user_id: str, up_to: int) -> None:
        """Note as read what has numbers up to that one; what was read stays so."""


class Names(Protocol):
    def names_of(self, *, user_ids: Iterable[str]) -> dict[str, str]: ...


class PostAuthors(Protocol):
    def author_of(self, post_id: str) -> str | None:
        """Return whose post it is; None if it is gone. Read consistently."""
