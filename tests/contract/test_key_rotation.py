"""Signing keys in a real Secrets Manager engine: rotated, and nobody is logged out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import boto3
import pytest

from deepstory.accounts.tokens import AccessClaims, sign_access_token, verify_access_token
from deepstory.config import Settings
from deepstory.keys import parse_ring
from deepstory.services import Services
from fakes.core import SECRET, FixedClock, fake_ids
from scheduler import rotate_signing_keys


@pytest.fixture
def services(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Services:
    secret = boto3.client("secretsmanager").create_secret(Name="keys", SecretString=SECRET)
    made = Services(replace(settings, signing_keys_secret=secret["ARN"]))
    monkeypatch.setattr(rotate_signing_keys, "services", lambda: made)
    return made


def test_rotation_keeps_what_the_last_keys_signed_valid(services: Services) -> None:
    now = services.clock.now()
    claims = AccessClaims(user_id="u1", session_id="s1")
    token = sign_access_token(claims, keys=services.keys, now=now, lifetime=timedelta(minutes=15))
    clock = FixedClock(now)
    services.clock = clock  # type: ignore[assignment]  # a fake
    services.ids = fake_ids(clock)
    for _ in range(2):
        # The schedule may call more than once.
        for _ in range(3):
            rotate_signing_keys.handler({}, SimpleNamespace(aws_request_id="request-1"))
        clock.advance(days=30)

    fresh = Services(services.settings)
    assert verify_access_token(token, keys=fresh.keys, now=now) == claims
    current, key = fresh.keys.current()
    assert current != "k1"
    assert len(key) >= 32
    text = boto3.client("secretsmanager").get_secret_value(
        SecretId=services.settings.signing_keys_secret
    )["SecretString"]
    assert len(parse_ring(text).keys) == 3
