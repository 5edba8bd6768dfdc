"""Secret friends for tests: stores in memory beneath the services, and the routes of a diary."""

from __future__ import annotations

from typing import Any

from deepstory.counting import Counting
from deepstory.notices.secret import SecretNoticeWriter
from fakes.friends import (
    MemoryFriendRequestRepository,
    MemoryFriends,
    MemoryFriendshipRepository,
)
from fakes.secret_diaries import (
    MemorySecretComments,
    MemorySecretDiaryRepository,
    MemorySecretEntryRepository,
    MemorySecretFriends,
    MemorySecretLikes,
)


def use_memory_friends(services: Any) -> MemoryFriends:
    """Put stores of friends and secret diaries beside those of blocks, likes and comments."""
    friends = MemoryFriends(services.block_repository, services.idempotency_repository)
    entries = MemorySecretEntryRepository(friends)
    services.friend_request_repository = MemoryFriendRequestRepository(friends)
    services.friendship_repository = MemoryFriendshipRepository(friends)
    services.secret_diary_repository = MemorySecretDiaryRepository(friends)
    services.secret_entry_repository = entries
    services.secret_like_writes = MemorySecretLikes(friends, services.like_repository)
    services.secret_comment_writes = MemorySecretComments(friends, services.comment_repository)
    services.secret_like_counting = Counting(entries.like_counters, services.like_repository)
    services.secret_comment_counting = Counting(
        entries.comment_counters, services.comment_repository
    )
    services.secret_notice_writer = SecretNoticeWriter(
        writer=services.notice_writer, friends=MemorySecretFriends(friends, entries)
    )
    return friends


def diary_routes(diary: str, entry: str, comment_id: str) -> list[tuple[str, str, Any]]:
    """Return every route of a diary with a body that is right, those that take away last."""
    comments = f"{entry}/comments"
    written = {"title": "첫눈", "text": "우리만 아는 이야기."}
    return [
        ("GET", diary, None),
        ("PATCH", diary, {"name": "x"}),
        ("GET", f"{diary}/entries", None),
        ("POST", f"{diary}/entries", written),
        ("GET", entry, None),
        ("PATCH", entry, {"title": "x"}),
        ("PUT", f"{entry}/like", None),
        ("DELETE", f"{entry}/like", None),
        ("GET", comments, None),
        ("POST", comments, {"text": "x"}),
        ("DELETE", f"{comments}/{comment_id}", None),
        ("DELETE", entry, None),
        ("DELETE", diary, None),
    ]
