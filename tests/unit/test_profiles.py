"""Changing one's account while it changes elsewhere, and what counts as a visit."""

from __future__ import annotations

import pytest

from deepstory.accounts.entities import User
from deepstory.accounts.errors import (
    InvalidCredentialsError,
    InvalidTokenError,
    RefreshTokenReusedError,
)
from deepstory.accounts.tokens import parse_refresh_token
from deepstory.errors import UnavailableError
from support.accounts import World


def test_profile_of_an_account_deleted_meanwhile_is_not_written(world: World) -> None:
    user_id = parse_refresh_token(world.signed_up().refresh_token).user_id

    def overtaken(before: User, after: User) -> bool:
        world.users.get = lambda user_id: None  # type: ignore[method-assign]  # for this test
        return False

    world.users.replace_profile = overtaken  # type: ignore[method-assign]  # for this test

    with pytest.raises(InvalidTokenError):
        world.accounts.update_profile(user_id=user_id, name="New")


def test_profile_changed_elsewhere_meanwhile_keeps_both_changes(world: World) -> None:
    user_id = parse_refresh_token(world.signed_up().refresh_token).user_id
    replace_profile = world.users.replace_profile

    def overtaken(before: User, after: User) -> bool:
        world.users.replace_profile = replace_profile  # type: ignore[method-assign]  # for this test
        world.accounts.update_profile(user_id=user_id, gender="other")
        return replace_profile(before, after)

    world.users.replace_profile = overtaken  # type: ignore[method-assign]  # for this test
    changed = world.accounts.update_profile(user_id=user_id, name="New")

    assert (changed.name, changed.gender) == ("New", "other")
    assert world.users.get(user_id) == changed


def test_profile_that_stays_contended_is_unavailable(world: World) -> None:
    user_id = parse_refresh_token(world.signed_up().refresh_token).user_id
    world.users.replace_profile = lambda before, after: False  # type: ignore[method-assign]  # for this test

    with pytest.raises(UnavailableError):
        world.accounts.update_profile(user_id=user_id, name="New")


def test_logging_in_and_refreshing_are_visits_and_failures_are_none(world: World) -> None:
    first = world.signed_up().refresh_token
    user_id = parse_refresh_token(first).user_id
    assert world.visits.noted == []

    world.refresh(first)
    world.service.log_in(email="mina@example.com", password="correct horse", address="192.0.2.1")
    assert world.visits.noted == [user_id, user_id]

    with pytest.raises(InvalidCredentialsError):
        world.service.log_in(email="mina@example.com", password="wrong", address="192.0.2.1")
    world.clock.advance(seconds=11)
    with pytest.raises(RefreshTokenReusedError):
        world.refresh(first)
    assert world.visits.noted == [user_id, user_id]
