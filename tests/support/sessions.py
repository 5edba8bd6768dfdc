"""Sessions of people who need one and whose tokens nobody uses."""

from __future__ import annotations

from deepstory.accounts.entities import Session
from fakes.core import START


def a_session(user_id: str) -> Session:
    return Session(
        user_id=user_id,
        session_id="s1",
        role="user",
        token_hash="hash",
        previous_hash=None,
        key_id="k1",
        rotated_at=START,
        created_at=START,
        expires_at=START.replace(year=2027),
    )
