"""What all use cases stand on: settings, time, keys, accounts and the clients of AWS."""

from __future__ import annotations

import secrets
from functools import cached_property
from typing import TYPE_CHECKING, Any

from deepstory.accounts.administration import UserAdministration
from deepstory.accounts.dynamodb import (
    DynamoDBSessionRepository,
    DynamoDBUserDirectory,
    DynamoDBUserRepository,
)
from deepstory.accounts.passwords import Argon2Passwords
from deepstory.accounts.service import AccountService
from deepstory.accounts.sessions import SessionService
from deepstory.audit.dynamodb import DynamoDBAuditRepository
from deepstory.audit.service import AuditService
from deepstory.clock import SystemClock
from deepstory.config import Settings
from deepstory.dynamodb import (
    CONNECT_TIMEOUT_SECONDS,
    READ_TIMEOUT_SECONDS,
    RETRIES,
    connection,
)
from deepstory.idempotency import DynamoDBIdempotencyRepository, Idempotency
from deepstory.ids import IdFactory
from deepstory.keys import ROTATION_PAUSE, SigningKeys, add_key, current_key_since
from deepstory.limits import DynamoDBLimitRepository
from deepstory.paging import CursorCodec
from deepstory.rates import RateLimiter
from deepstory.stats.dynamodb import DynamoDBCounterRepository, DynamoDBVisitRepository
from deepstory.stats.service import StatsService
from deepstory.stats.visits import VisitCounting

if TYPE_CHECKING:
    from pynamodb.connection import Connection

# What takes longer than a few seconds in good order: moving pictures, and switching the server.
_READ_TIMEOUTS = {"s3": 10, "lambda": 20}


class CoreServices:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = SystemClock()
        self.ids = IdFactory(self.clock)
        self._clients: dict[str, Any] = {}

    @cached_property
    def accounts(self) -> AccountService:
        return AccountService(
            users=self.users,
            sessions=self.session_repository,
            session_service=self.sessions,
            limits=self.limits,
            passwords=self.passwords,
            clock=self.clock,
            ids=self.ids,
        )

    @cached_property
    def sessions(self) -> SessionService:
        return SessionService(
            users=self.users,
            sessions=self.session_repository,
            limits=self.limits,
            passwords=self.passwords,
            visits=self.visits,
            keys=self.keys,
            clock=self.clock,
            ids=self.ids,
        )

    @cached_property
    def user_administration(self) -> UserAdministration:
        return UserAdministration(
            users=self.users,
            directory=self.user_directory,
            sessions=self.session_repository,
            clock=self.clock,
            ids=self.ids,
        )

    @cached_property
    def audit(self) -> AuditService:
        return AuditService(log=self.audit_log, actors=self.users)

    @cached_property
    def visits(self) -> VisitCounting:
        return VisitCounting(
            visits=self.visit_repository, clock=self.clock, zone=self.settings.service_time_zone
        )

    @cached_property
    def stats(self) -> StatsService:
        return StatsService(
            counters=self.counters, clock=self.clock, zone=self.settings.service_time_zone
        )

    @cached_property
    def idempotency(self) -> Idempotency:
        return Idempotency(self.idempotency_repository, self.keys)

    @cached_property
    def cursors(self) -> CursorCodec:
        return CursorCodec(self.keys)

    @cached_property
    def keys(self) -> SigningKeys:
        return SigningKeys(self._read_signing_keys, self.clock)

    @cached_property
    def passwords(self) -> Argon2Passwords:
        return Argon2Passwords()

    @cached_property
    def users(self) -> DynamoDBUserRepository:
        return DynamoDBUserRepository(
            users_table=self.settings.require("users_table"),
            emails_table=self.settings.require("emails_table"),
            sessions_table=self.settings.require("sessions_table"),
            idempotency=self.idempotency_repository,
            counters=self.counters,
            audit=self.audit_log,
            connection=self.connection,
        )

    @cached_property
    def user_directory(self) -> DynamoDBUserDirectory:
        return DynamoDBUserDirectory(self.settings.require("users_table"))

    @cached_property
    def audit_log(self) -> DynamoDBAuditRepository:
        return DynamoDBAuditRepository(self.settings.require("audit_table"))

    @cached_property
    def session_repository(self) -> DynamoDBSessionRepository:
        return DynamoDBSessionRepository(self.settings.require("sessions_table"))

    @cached_property
    def limits(self) -> DynamoDBLimitRepository:
        return DynamoDBLimitRepository(self.settings.require("limits_table"))

    @cached_property
    def rates(self) -> RateLimiter:
        return RateLimiter(
            limits=self.limits, clock=self.clock, scale=self.settings.rate_limit_scale
        )

    @cached_property
    def idempotency_repository(self) -> DynamoDBIdempotencyRepository:
        return DynamoDBIdempotencyRepository(self.settings.require("idempotency_table"))

    @cached_property
    def counters(self) -> DynamoDBCounterRepository:
        return DynamoDBCounterRepository(self.settings.require("counters_table"))

    @cached_property
    def visit_repository(self) -> DynamoDBVisitRepository:
        return DynamoDBVisitRepository(
            counters=self.counters, limits=self.limits, connection=self.connection
        )

    @cached_property
    def connection(self) -> Connection:
        return connection()

    def client(self, service: str) -> Any:
        """Return a boto3 client; boto3 is imported here because most requests need none."""
        if service not in self._clients:
            import boto3
            from botocore.config import Config

            config = Config(
                connect_timeout=CONNECT_TIMEOUT_SECONDS,
                read_timeout=_READ_TIMEOUTS.get(service, READ_TIMEOUT_SECONDS),
                retries={"mode": "standard", "total_max_attempts": RETRIES},
                # By default S3's addresses are signed as only old regions read them, and name
                # the global host, which sends on elsewhere what a new bucket is asked for.
                signature_version="s3v4" if service == "s3" else None,
                s3={"addressing_style": "virtual"},
            )
            self._clients[service] = boto3.client(service, config=config)  # type: ignore[call-overload]  # any service
        return self._clients[service]

    def rotate_signing_keys(self) -> str | None:
        """Make a new key the current one and return its id; running processes find it by itself.

        None if the current one is younger than a day: schedules may call more than once, and each
        rotation lets go of an older key.
        """
        text = self._read_signing_keys()
        if current_key_since(text, self.clock.now() - ROTATION_PAUSE):
            return None
        key_id = self.ids.new()
        text = add_key(text, key_id=key_id, key=secrets.token_urlsafe(48))
        self.client("secretsmanager").put_secret_value(
            SecretId=self.settings.require("signing_keys_secret"), SecretString=text
        )
        return key_id

    def _read_signing_keys(self) -> str:
        secret_id = self.settings.require("signing_keys_secret")
        answer = self.client("secretsmanager").get_secret_value(SecretId=secret_id)
        return str(answer["SecretString"])
