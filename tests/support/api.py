"""The API as API Gateway calls it, over the in-memory fakes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pytest
from chalice.app import Chalice

from app import app
from chalicelib import runtime
from deepstory.config import Settings
from deepstory.ids import IdFactory
from deepstory.keys import SigningKeys
from deepstory.observability import logger
from deepstory.services import Services
from fakes.accounts import FakePasswords, MemorySessionRepository, MemoryUserRepository
from fakes.audit import MemoryAuditRepository
from fakes.core import (
    CountedRandom,
    FixedClock,
    MemoryIdempotencyRepository,
    MemoryLimitRepository,
    fake_keys,
)
from fakes.friends import MemoryFriends, MemoryFriendshipRepository
from fakes.model_server import (
    MICRO_USD,
    FakeControl,
    FakeHost,
    MemoryModelScheduleRepository,
    MemoryModelServerRepository,
)
from fakes.pictures import FakeEndpoint, FakeUrls, MemoryPictureFiles, MemoryPictureRepository
from fakes.stats import MemoryCounterRepository, MemoryVisitRepository
from support.leaving import over_memory

SIGN_UP = {
    "email": "mina@example.com",
    "password": "correct horse",
    "name": "미나",
    "birth_date": "1995-05-05",
    "gender": "female",
    "token_delivery": "body",
}


class FakeServices(Services):
    """The real use cases over in-memory stores, at a time that tests choose.

    The ignored types: a fake behaves like the class it stands for and is none of its subclasses.
    """

    clock: FixedClock  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__(
            Settings(
                stage="test",
                model_prompt_languages="ko,en",
                model_instance_type="ml.g6.xlarge",
                model_micro_usd_per_hour=MICRO_USD,
            )
        )
        self.clock = FixedClock()
        self.ids = IdFactory(self.clock, CountedRandom())
        over_memory(self)

    @cached_property
    def keys(self) -> SigningKeys:
        return fake_keys(self.clock)

    passwords = cached_property(lambda self: FakePasswords())  # type: ignore[assignment]
    session_repository = cached_property(lambda self: MemorySessionRepository())  # type: ignore[assignment]
    limits = cached_property(lambda self: MemoryLimitRepository())  # type: ignore[assignment]
    idempotency_repository = cached_property(lambda self: MemoryIdempotencyRepository())  # type: ignore[assignment]
    counters = cached_property(lambda self: MemoryCounterRepository())  # type: ignore[assignment]
    audit_log = cached_property(lambda self: MemoryAuditRepository())  # type: ignore[assignment]
    user_directory = cached_property(lambda self: self.users)
    visit_repository = cached_property(  # type: ignore[assignment]
        lambda self: MemoryVisitRepository(self.counters, self.limits)
    )
    users = cached_property(  # type: ignore[assignment]
        lambda self: MemoryUserRepository(
            self.session_repository, self.idempotency_repository, self.counters, self.audit_log
        )
    )
    picture_repository = cached_property(
        lambda self: MemoryPictureRepository(
            self.limits, self.idempotency_repository, self.counters
        )
    )
    picture_files = cached_property(lambda self: MemoryPictureFiles())
    friendship_repository = cached_property(  # type: ignore[assignment]
        lambda self: MemoryFriendshipRepository(MemoryFriends())
    )
    picture_urls = cached_property(lambda self: FakeUrls())
    model_endpoint = cached_property(lambda self: FakeEndpoint())
    model_host = cached_property(lambda self: FakeHost())
    model_server_repository = cached_property(
        lambda self: MemoryModelServerRepository(self.audit_log)
    )
    model_schedule_repository = cached_property(
        lambda self: MemoryModelScheduleRepository(self.audit_log)
    )
    model_control = cached_property(lambda self: FakeControl(lambda: self.model_operations))


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        """The code of the contract's error shape."""
        return str(self.json["error"]["code"])


@dataclass
class Api:
    """Calls the Chalice app object with API Gateway's events."""

    services: FakeServices
    app: Chalice
    token: str | None = None
    address: str = "192.0.2.1"
    templates: dict[str, re.Pattern[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in sorted(self.app.routes, key=lambda path: path.count("{")):
            self.templates[path] = re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path) + "$")

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
    ) -> Answer:
        """Call a path under ``/v1``; a body that is no text is sent as JSON."""
        full = f"/v1{path}"
        template, match = next(
            (template, match)
            for template, pattern in self.templates.items()
            if (match := pattern.match(full))
        )
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        event = {
            "requestContext": {
                "httpMethod": method,
                "resourcePath": template,
                "path": f"/api{full}",
                "requestId": "request-1",
                "identity": {"sourceIp": self.address},
            },
            "headers": sent | (headers or {}),
            "queryStringParameters": query,
            "multiValueQueryStringParameters": {k: [v] for k, v in (query or {}).items()} or None,
            "pathParameters": match.groupdict(),
            "stageVariables": None,
            "body": body if isinstance(body, str) or body is None else json.dumps(body),
            "isBase64Encoded": False,
        }
        answer = self.app(event, None)
        return Answer(answer["statusCode"], answer["headers"], answer["body"])

    def sign_up(self, **changes: Any) -> Answer:
        """Sign up and send the access token from now on."""
        self.token = None
        answer = self.call("POST", "/auth/signup", SIGN_UP | changes)
        if answer.status == 201:
            self.token = answer.json["access_token"]
        return answer


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    services = FakeServices()
    # Loggers live as long as the process and would write to another test's output.
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", f"test-{id(services)}")
    logger.cache_clear()
    monkeypatch.setattr(runtime, "Services", lambda settings: services)
    runtime.services.cache_clear()
    yield Api(services, app)
    runtime.services.cache_clear()
    logger.cache_clear()
