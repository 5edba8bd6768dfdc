"""The counters that lie in a post: how many likes and how many comments it has."""

from __future__ import annotations

from typing import Any

import msgspec
from pynamodb.attributes import Attribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from deepstory.counting import FIRST_SEQUENCE
from deepstory.dynamodb import bound, is_conflict, is_refused
from deepstory.posts.feeds import rank
from deepstory.posts.items import PostItem

# DynamoDB's sequence numbers have up to 40 digits; of equal width, text order is their order.
_SEQUENCE_DIGITS = 40


class PostCounter(msgspec.Struct, frozen=True, kw_only=True):
    """How far a post's likes, or its comments, are counted; ``listed`` as the post is."""

    post_id: str
    count: int
    last_sequence: int
    listed: bool


class DynamoDBPostCounterRepository:
    def __init__(self, posts_table: str, *, count: str, sequence: str, ranks: bool) -> None:
        """Name the attributes of one counter; with ``ranks`` the top feeds are ordered by it."""
        self._posts = bound(PostItem, posts_table)
        self._count: Attribute[Any] = getattr(PostItem, count)
        self._sequence: Attribute[Any] = getattr(PostItem, sequence)
        self._names = (count, sequence)
        self._ranks = ranks

    def get(self, counted_id: str) -> PostCounter | None:
        count, sequence = self._names
        try:
            item = self._posts.get(
                counted_id,
                consistent_read=True,
                attributes_to_get=["post_id", count, sequence, "visibility", "hidden"],
            )
        except self._posts.DoesNotExist:
            return None
        last = getattr(item, sequence)
        return PostCounter(
            post_id=counted_id,
            count=int(getattr(item, count)),
            last_sequence=int(last) if last else FIRST_SEQUENCE,
            listed=item.visibility == "public" and not item.hidden,
        )

    def replace(self, counter: PostCounter, *, count: int, last_sequence: int) -> bool:
        actions = counting(self._count, count, self._sequence, last_sequence)
        if self._ranks and counter.listed:
            actions.append(PostItem.rank.set(rank(count, counter.post_id)))
        try:
            self._posts(counter.post_id).update(actions, self._unchanged(counter))
        except UpdateError as error:
            if is_refused(error) or is_conflict(error):
                return False
            raise
        return True

    def _unchanged(self, counter: PostCounter) -> Condition:
        """Return the condition that nothing was counted, (un)published or hidden meanwhile."""
        counted = uncounted(self._sequence, counter.last_sequence)
        # The visibility also tells that the post still exists.
        listed: Condition = (PostItem.visibility == "public") & PostItem.hidden.does_not_exist()
        if not counter.listed:
            listed = (PostItem.visibility == "private") | PostItem.hidden.exists()
        unchanged: Condition = listed & counted
        return unchanged


def like_counters(posts_table: str) -> DynamoDBPostCounterRepository:
    return DynamoDBPostCounterRepository(
        posts_table, count="like_count", sequence="last_sequence", ranks=True
    )


def comment_counters(posts_table: str) -> DynamoDBPostCounterRepository:
    return DynamoDBPostCounterRepository(
        posts_table, count="comment_count", sequence="last_comment_sequence", ranks=False
    )


def counting(
    count: Attribute[Any], number: int, sequence: Attribute[Any], last_sequence: int
) -> list[Action]:
    """Return the update that writes a count and the last change that it holds."""
    actions: list[Action] = [count.set(number)]
    # A repair may come before anything was counted.
    if last_sequence != FIRST_SEQUENCE:
        actions.append(sequence.set(sequence_text(last_sequence)))
    return actions


def uncounted(sequence: Attribute[Any], last_sequence: int) -> Condition:
    """Return the condition that nothing was counted since this change."""
    first: Condition = sequence.does_not_exist()
    same: Condition = sequence == sequence_text(last_sequence)
    return first if last_sequence == FIRST_SEQUENCE else same


def sequence_text(sequence: int) -> str:
    return f"{sequence:0{_SEQUENCE_DIGITS}}"
