"""Argon2id at the stated cost, and equal work for accounts that do not exist."""

from __future__ import annotations

import unicodedata

import pytest

from deepstory.accounts.passwords import Argon2Passwords


@pytest.fixture(scope="module")
def passwords() -> Argon2Passwords:
    return Argon2Passwords()


def test_hash_states_owasps_parameters(passwords: Argon2Passwords) -> None:
    assert passwords.hash("correct horse").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_only_the_right_password_matches(passwords: Argon2Passwords) -> None:
    hashed = passwords.hash("correct horse")

    assert passwords.matches("correct horse", hashed)
    assert not passwords.matches("wrong horse", hashed)


def test_korean_password_matches_however_it_was_typed(passwords: Argon2Passwords) -> None:
    composed = "비밀번호입니다하나둘"
    decomposed = unicodedata.normalize("NFD", composed)
    assert decomposed != composed
    assert passwords.matches(decomposed, passwords.hash(composed))


def test_same_password_hashes_differently(passwords: Argon2Passwords) -> None:
    assert passwords.hash("correct horse") != passwords.hash("correct horse")


def test_missing_account_costs_a_real_verification(
    passwords: Argon2Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    passwords.matches("warm up", None)
    verified: list[str] = []
    real = passwords._loaded()

    class Spy:
        def verify(self, password_hash: str, password: str) -> bool:
            verified.append(password_hash)
            return real.verify(password_hash, password)

    monkeypatch.setattr(passwords, "_loaded", Spy)

    assert not passwords.matches("no account has this password", None)
    assert verified[0].startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_broken_hash_never_matches(passwords: Argon2Passwords) -> None:
    assert not passwords.matches("anything", "not a hash")
