"""Lambdas of an account as a whole: getting back into it, taking all along, leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_ses as ses
from constructs import Construct

from deepstory_cdk import pictures as objects
from deepstory_cdk.checks import role_of
from deepstory_cdk.functions import Functions, Program
from deepstory_cdk.grants import (
    BATCH_GET,
    BATCH_WRITE,
    DELETE,
    GET,
    PUT,
    QUERY,
    UPDATE,
    allow,
    allow_table,
)
from deepstory_cdk.queues import Queues, allow_sending, take_from

if TYPE_CHECKING:
    from deepstory_cdk.data import Data
    from deepstory_cdk.environment import Environment
    from deepstory_cdk.pictures import Pictures
    from deepstory_cdk.stage import Stage

# What an export reads, and through which indexes.
_EXPORTED = {
    "users": ((GET,), ()),
    "posts": ((BATCH_GET,), ("by_author",)),
    "pictures": ((), ("by_owner",)),
    "comments": ((BATCH_GET,), ("by_author",)),
    "likes": ((), ("by_user",)),
    "blocks": ((QUERY,), ()),
    "notices": ((QUERY,), ()),
    "reports": ((BATCH_GET,), ("by_reporter",)),
    "exports": ((GET, UPDATE, DELETE), ()),
    "friendships": ((QUERY,), ()),
    "secret_diaries": ((BATCH_GET,), ()),
    "secret_entries": ((BATCH_GET,), ("by_author",)),
}
# What leaving erases, and the statistics that go down with it.
_ERASED = {
    "sessions": ((QUERY, BATCH_WRITE), ()),
    "password_resets": ((QUERY, BATCH_WRITE), ()),
    "friend_requests": (
        (GET, UPDATE, DELETE, BATCH_WRITE),
        ("by_asker", "by_recipient", "by_named"),
    ),
    "friendships": ((QUERY, DELETE), ()),
    "secret_diaries": ((UPDATE, DELETE), ("by_asker", "by_friend")),
    "secret_entries": ((BATCH_WRITE,), ("by_author",)),
    "posts": ((GET, DELETE), ("by_author",)),
    "pictures": ((GET, DELETE), ("by_owner",)),
    "comments": ((BATCH_WRITE,), ("by_author",)),
    "likes": ((BATCH_WRITE,), ("by_user",)),
    "blocks": ((QUERY, BATCH_WRITE), ("by_blocked",)),
    "notices": ((QUERY, BATCH_GET, BATCH_WRITE, UPDATE, DELETE), ("by_actor",)),
    "reports": ((UPDATE, BATCH_WRITE), ("by_reporter", "by_target")),
    "exports": ((QUERY, DELETE), ()),
    "idempotency": ((BATCH_WRITE,), ("by_owner",)),
    "limits": ((BATCH_WRITE,), ("by_owner",)),
    "erasures": ((GET, PUT, UPDATE, DELETE), ()),
    "counters": ((UPDATE,), ()),
}


class Account(Construct):
    """Each takes its work from a queue, and may be given the same twice."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        functions: Functions,
        environment: Environment,
        data: Data,
        pictures: Pictures,
        queues: Queues,
        web_origin: str,
    ) -> None:
        super().__init__(scope, name)
        self._stage = stage
        self._functions = functions
        self._environment = environment
        self._data = data
        self._queues = queues
        self._password_resets(web_origin)
        self._exports(pictures)
        self._erasures(pictures)

    def _password_resets(self, web_origin: str) -> None:
        function = self._worker(
            "PasswordResets",
            "mails links to those who forgot their password",
            "USERS_TABLE",
            "EMAILS_TABLE",
            "PASSWORD_RESETS_TABLE",
            "MAIL_FROM",
            queue="password_resets",
            batch_size=10,
            concurrency=5,
        )
        # Links lead there; CloudFront, which may give that name out, is made after the API, whose
        # variables can't hold it.
        function.add_environment("WEB_ORIGIN", web_origin)
        allow_table(function, self._data.tables["users"], GET)
        allow_table(function, self._data.tables["emails"], GET)
        allow_table(function, self._data.tables["password_resets"], PUT, UPDATE)
        self._allow_mail(function)

    def _exports(self, pictures: Pictures) -> None:
        function = self._worker(
            "Exports",
            "packs everything of somebody into a ZIP",
            *(f"{name.upper()}_TABLE" for name in _EXPORTED),
            "COUNTERS_TABLE",
            "IDEMPOTENCY_TABLE",
            "FRIEND_REQUESTS_TABLE",
            "PICTURES_BUCKET",
            queue="exports",
            batch_size=1,
            concurrency=2,
            memory_mb=1024,
        )
        for name, (actions, indexes) in _EXPORTED.items():
            allow_table(function, self._data.tables[name], *actions, indexes=indexes)
        bucket, role = pictures.bucket, role_of(function)
        allow(function, ["s3:GetObject"], [bucket.arn_for_objects(f"{objects.KEPT}*")])
        # Without it S3 answers 403 instead of 404 for a picture that was just deleted.
        allow(function, ["s3:ListBucket"], [bucket.bucket_arn])
        allow(
            function,
            ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
            [bucket.arn_for_objects(f"{objects.EXPORTS}*")],
        )
        objects.accept_prefix(role, bucket, objects.KEPT)
        objects.accept_prefix(role, bucket, objects.EXPORTS)

    def _erasures(self, pictures: Pictures) -> None:
        function = self._worker(
            "Erasures",
            "erases what belonged to closed accounts",
            *(f"{name.upper()}_TABLE" for name in _ERASED),
            "PICTURES_BUCKET",
            "ERASURES_QUEUE",
            "ERASURE_SETTLING_SECONDS",
            queue="erasures",
            batch_size=1,
            concurrency=5,
        )
        for name, (actions, indexes) in _ERASED.items():
            allow_table(function, self._data.tables[name], *actions, indexes=indexes)
        allow_sending(function, self._queues.queues["erasures"])
        bucket, role = pictures.bucket, role_of(function)
        for prefix in (objects.KEPT, objects.EXPORTS):
            allow(function, ["s3:DeleteObject"], [bucket.arn_for_objects(f"{prefix}*")])
            objects.accept_prefix(role, bucket, prefix)

    def _worker(
        self,
        name: str,
        description: str,
        *variables: str,
        queue: str,
        batch_size: int,
        concurrency: int,
        memory_mb: int = 512,
    ) -> lambda_.Function:
        function = self._functions.create(
            self,
            name,
            Program(
                handler=f"workers.{queue}.handler",
                description=description,
                environment=self._environment.only(*variables, service=queue.replace("_", "-")),
                timeout_seconds=self._queues.timeout_seconds(queue),
                memory_mb=memory_mb,
            ),
        )
        take_from(
            function, self._queues.queues[queue], batch_size=batch_size, concurrency=concurrency
        )
        return function

    def _allow_mail(self, function: lambda_.Function) -> None:
        """Let a Lambda send as the service's address, which its owner confirms to SES once."""
        address = self._stage.mail_from
        ses.EmailIdentity(self, "Sender", identity=ses.Identity.email(address))
        arn = Stack.of(self).format_arn(service="ses", resource="identity", resource_name=address)
        allow(function, ["ses:SendEmail"], [arn], {"StringEquals": {"ses:FromAddress": address}})
