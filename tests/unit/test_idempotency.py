"""Answers of repeated requests."""

from __future__ import annotations

import pytest

from deepstory.idempotency import Claim, Idempotency, IdempotencyKeyReusedError
from deepstory.keys import SigningKeys
from fakes.core import FakeSecret, FixedClock, MemoryIdempotencyRepository

CLOCK = FixedClock()


@pytest.fixture
def repository() -> MemoryIdempotencyRepository:
    return MemoryIdempotencyRepository()


@pytest.fixture
def secret() -> FakeSecret:
    return FakeSecret()


@pytest.fixture
def idempotency(repository: MemoryIdempotencyRepository, secret: FakeSecret) -> Idempotency:
    return Idempotency(repository, SigningKeys(secret, CLOCK))


def claim(idempotency: Idempotency, *, scope: str = "u1", key: str = "k") -> Claim[str]:
    return idempotency.claim(
        scope=scope, key=key, request=b"body", now=CLOCK.now(), render=str.upper
    )


def test_first_request_has_no_answer_yet(idempotency: Idempotency) -> None:
    assert idempotency.earlier_answer(claim(idempotency), request=b"body", now=CLOCK.now()) is None


def test_repetition_gets_the_rendered_answer(
    idempotency: Idempotency, repository: MemoryIdempotencyRepository
) -> None:
    first = claim(idempotency)
    repository.records[first.key] = first.record("made")

    answer = idempotency.earlier_answer(claim(idempotency), request=b"body", now=CLOCK.now())
    assert answer == "MADE"


def test_other_body_under_the_same_key_is_refused(
    idempotency: Idempotency, repository: MemoryIdempotencyRepository
) -> None:
    first = claim(idempotency)
    repository.records[first.key] = first.record("made")

    with pytest.raises(IdempotencyKeyReusedError):
        idempotency.earlier_answer(first, request=b"other", now=CLOCK.now())


def test_callers_and_keys_do_not_meet(idempotency: Idempotency) -> None:
    claims = [
        claim(idempotency),
        claim(idempotency, scope="u2"),
        claim(idempotency, key="l"),
        claim(idempotency, scope="u", key="1k"),
    ]

    assert len({each.key for each in claims}) == 4


def test_answer_is_forgotten_after_a_day_although_the_item_is_still_there(
    idempotency: Idempotency, repository: MemoryIdempotencyRepository
) -> None:
    clock = FixedClock(CLOCK.now())
    first = claim(idempotency)
    repository.records[first.key] = first.record("made")
    clock.advance(hours=24)

    assert idempotency.earlier_answer(first, request=b"body", now=clock.now()) is None


def test_record_does_not_hold_the_request(
    idempotency: Idempotency, repository: MemoryIdempotencyRepository
) -> None:
    assert "body" not in str(claim(idempotency).record("made"))


def test_request_under_a_removed_key_counts_as_another(
    idempotency: Idempotency, repository: MemoryIdempotencyRepository, secret: FakeSecret
) -> None:
    first = claim(idempotency)
    record = first.record("made")
    _, _, mac = record.fingerprint.partition(":")
    repository.records[first.key] = type(record)(
        key=record.key, fingerprint=f"gone:{mac}", answer="x", expires_at=record.expires_at
    )

    with pytest.raises(IdempotencyKeyReusedError):
        idempotency.earlier_answer(first, request=b"body", now=CLOCK.now())
