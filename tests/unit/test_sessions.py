"""Refresh tokens: one family per log-in, ended when a replaced token comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from deepstory.accounts.entities import Session
from deepstory.accounts.errors import InvalidTokenError, RefreshTokenReusedError
from deepstory.accounts.tokens import RefreshToken, parse_refresh_token
from fakes.core import SECRET
from support.accounts import World

ROTATED = SECRET.replace('"current":"k1"', '"current":"k2","k2":"abcdef0123456789abcdef0123456789"')


def test_each_refresh_gives_another_token(world: World) -> None:
    first = world.signed_up().refresh_token
    second = world.refresh(first)
    third = world.refresh(second)

    assert len({first, second, third}) == 3


def test_lost_reply_can_be_asked_for_again(world: World) -> None:
    first = world.signed_up().refresh_token
    second = world.refresh(first)
    world.clock.advance(seconds=9)

    assert world.refresh(first) == second
    assert world.refresh(second)


def test_replay_after_the_grace_ends_the_family(world: World) -> None:
    first = world.signed_up().refresh_token
    second = world.refresh(first)
    world.clock.advance(seconds=11)

    with pytest.raises(RefreshTokenReusedError):
        world.refresh(first)
    with pytest.raises(InvalidTokenError):
        world.refresh(second)


def test_replay_of_an_older_token_ends_the_family_within_the_grace(world: World) -> None:
    first = world.signed_up().refresh_token
    third = world.refresh(world.refresh(first))

    with pytest.raises(RefreshTokenReusedError):
        world.refresh(first)
    with pytest.raises(InvalidTokenError):
        world.refresh(third)


def test_two_simultaneous_refreshes_stay_one_family(world: World) -> None:
    first = world.signed_up().refresh_token
    winners: list[str] = []
    world.sessions.rotate = overtaken_by(  # type: ignore[method-assign]  # for this test
        world.sessions.rotate, lambda: winners.append(world.refresh(first))
    )

    loser = world.refresh(first)

    assert winners == [loser]
    assert world.refresh(loser)


def test_refresh_overtaken_by_log_out_does_not_revive_the_session(world: World) -> None:
    first = world.signed_up().refresh_token
    token = parse_refresh_token(first)
    world.sessions.rotate = overtaken_by(  # type: ignore[method-assign]  # for this test
        world.sessions.rotate,
        lambda: world.service.log_out(user_id=token.user_id, session_id=token.session_id),
    )

    with pytest.raises(InvalidTokenError):
        world.refresh(first)
    assert not world.sessions.sessions


def test_guessed_secret_ends_the_family(world: World) -> None:
    first = world.signed_up().refresh_token
    forged = replace(parse_refresh_token(first), secret="guess")

    with pytest.raises(RefreshTokenReusedError):
        world.refresh(str(forged))


def test_unused_session_ends_after_thirty_days_although_its_item_is_still_there(
    world: World,
) -> None:
    tokens = world.signed_up()
    world.clock.advance(days=30)

    with pytest.raises(InvalidTokenError):
        world.refresh(tokens.refresh_token)
    assert world.sessions.sessions


def test_refreshing_prolongs_the_session(world: World) -> None:
    token = world.signed_up().refresh_token
    for _ in range(3):
        world.clock.advance(days=29)
        token = world.refresh(token)


def test_key_rotation_logs_nobody_out(world: World) -> None:
    tokens = world.signed_up()
    second = world.refresh(tokens.refresh_token)
    world.secret.text = ROTATED
    world.clock.advance(minutes=6)

    assert world.service.authenticate(access_token=tokens.access_token)
    third = world.service.refresh(refresh_token=second)[1]
    assert world.service.authenticate(access_token=third.access_token)
    assert world.refresh(second) == third.refresh_token


def test_lost_reply_is_repeated_across_a_key_rotation(world: World) -> None:
    first = world.signed_up().refresh_token
    world.clock.advance(minutes=5)
    second = world.refresh(first)
    world.secret.text = ROTATED

    assert world.refresh(first) == second


def test_token_of_a_removed_key_is_refused(world: World) -> None:
    access_token = world.signed_up().access_token
    world.secret.text = '{"current":"k9","k9":"abcdef0123456789abcdef0123456789"}'
    world.clock.advance(minutes=6)

    with pytest.raises(InvalidTokenError):
        world.service.authenticate(access_token=access_token)


def test_session_without_its_user_is_refused(world: World) -> None:
    tokens = world.signed_up()
    world.users._users.clear()

    with pytest.raises(InvalidTokenError):
        world.refresh(tokens.refresh_token)
    with pytest.raises(InvalidTokenError):
        world.accounts.me(user_id=parse_refresh_token(tokens.refresh_token).user_id)


def test_log_out_with_a_replaced_token_changes_nothing(world: World) -> None:
    first = world.signed_up().refresh_token
    second = world.refresh(first)
    world.service.log_out_with_refresh_token(refresh_token=first)

    assert world.refresh(second)


@pytest.mark.parametrize(
    "text", ["", "a.b", "a.b.c", "....", "é" * 10, "x" * 600, f"{'0' * 26}.{'0' * 26}."]
)
def test_malformed_refresh_token_is_invalid(text: str) -> None:
    with pytest.raises(InvalidTokenError):
        parse_refresh_token(text)


def test_password_changed_meanwhile_is_not_overwritten(world: World) -> None:
    user_id = parse_refresh_token(world.signed_up().refresh_token).user_id
    world.users.replace_password = lambda *_, **__: False  # type: ignore[method-assign]  # for this test

    with pytest.raises(Exception, match="current password"):
        world.accounts.change_password(
            user_id=user_id,
            session_id="s",
            address="192.0.2.1",
            current_password="correct horse",
            new_password="battery staple",
        )


def test_names_leave_out_people_who_are_gone(world: World) -> None:
    user_id = parse_refresh_token(world.signed_up().refresh_token).user_id

    assert world.accounts.names_of(user_ids=[user_id, "gone"]) == {user_id: "Mina"}


def test_successor_depends_on_key_session_and_secret() -> None:
    token = RefreshToken("u", "s", "secret")
    others = [
        token.successor(b"k" * 32),
        token.successor(b"j" * 32),
        replace(token, session_id="t").successor(b"k" * 32),
        replace(token, secret="other").successor(b"k" * 32),
    ]

    assert len({other.secret for other in others}) == 4


def overtaken_by(rotate: Callable[..., bool], rival: Callable[[], object]) -> Any:
    """Let a rival act between the read and the conditional write, once."""
    pending = [rival]

    def rotate_late(session: Session, *, expected_hash: str) -> bool:
        if pending:
            pending.pop()()
        return rotate(session, expected_hash=expected_hash)

    return rotate_late
