"""One request, four ways: each module's ``build(world)`` returns a Lambda handler for it.

The request is ``PATCH /v1/me``: check the access token, find its session, validate four fields
(lengths, an enumeration, a date, a time zone), store, answer with the validated user. Token check
and stores are the same objects for all; what differs is the framework and its validation.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from deepstory.accounts.entities import User
from deepstory.accounts.tokens import verify_access_token
from support.api import FakeServices

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]

BODY = {
    "name": "하늘",
    "language": "en",
    "timezone": "Asia/Seoul",
    "birth_date": "1990-05-05",
}


@dataclass
class World:
    """What every contender shares: people, sessions, keys, and the time."""

    services: FakeServices
    access_token: str

    def authenticated(self, authorization: str) -> User:
        """Check the token as every contender must, and return its user."""
        services = self.services
        token = authorization.removeprefix("Bearer ")
        claims = verify_access_token(token, keys=services.keys, now=services.clock.now())
        session = services.session_repository.get(claims.user_id, claims.session_id)
        if session is None or session.expires_at <= services.clock.now():
            raise PermissionError
        user = services.users.get(claims.user_id)
        assert user is not None
        return user

    def changed(
        self, user: User, *, name: str, language: Any, timezone: str, birth_date: date
    ) -> User:
        """Store the change as every contender must."""
        changed = replace(
            user,
            name=name,
            language=language,
            timezone=timezone,
            birth_date=birth_date,
            updated_at=self.services.clock.now(),
        )
        self.services.users.replace_profile(user, changed)
        return changed

    def event(self) -> dict[str, Any]:
        """Return API Gateway's event of the request."""
        headers = {
            "Accept": "application/json",
            "Authorization": f"Bearer {self.access_token}",
            "Content-Type": "application/json",
            "Host": "abc.execute-api.ap-northeast-2.amazonaws.com",
            "User-Agent": "Mozilla/5.0",
            "X-Forwarded-For": "192.0.2.1",
        }
        return {
            "resource": "/v1/me",
            "path": "/v1/me",
            "httpMethod": "PATCH",
            "headers": headers,
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "queryStringParameters": None,
            "multiValueQueryStringParameters": None,
            "pathParameters": None,
            "stageVariables": None,
            "requestContext": {
                "resourcePath": "/v1/me",
                "httpMethod": "PATCH",
                "path": "/api/v1/me",
                "stage": "api",
                "requestId": "6ec3c9e0-2b35-4a3c-8d57-5d0f4f5a4a10",
                "identity": {"sourceIp": "192.0.2.1", "userAgent": "Mozilla/5.0"},
            },
            "body": json.dumps(BODY, ensure_ascii=False),
            "isBase64Encoded": False,
        }


def known_zone(name: str) -> str:
    """Raise ValueError for a time zone that does not exist."""
    try:
        ZoneInfo(name)
    except (OSError, KeyError) as error:
        raise ValueError("must be a time zone") from error
    return name
