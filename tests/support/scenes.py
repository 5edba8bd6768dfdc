"""The whole service's use cases over one test's real tables and bucket, at a time tests choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import boto3

from deepstory.config import Settings
from deepstory.counting import Change
from deepstory.ids import IdFactory
from deepstory.keys import parse_ring
from deepstory.model_server.control import LambdaModelControl, ModelControl
from deepstory.pictures.entities import Picture
from deepstory.pictures.orders import PictureOrder
from deepstory.posts.entities import Draft
from deepstory.stats.rebuild import StatsRebuild
from deepstory.upkeep.counts import CountVerification
from deepstory.upkeep_services import UpkeepServices
from fakes.accounts import FakePasswords
from fakes.core import SECRET, CountedRandom, FixedClock
from fakes.pictures import FakeEndpoint
from support.model_control import ControlLambda, SceneHost
from support.outgoing import Mailbox, WaitingQueues
from support.streams import stream_of

Record = dict[str, Any]
SENDER = "no-reply@example.com"


class SceneServices(UpkeepServices):
    def __init__(self, settings: Settings, clock: FixedClock, ids: IdFactory) -> None:
        super().__init__(settings)
        self.clock = clock  # type: ignore[assignment]  # a fake
        self.ids = ids

    passwords = cached_property(lambda self: FakePasswords())  # type: ignore[assignment]  # a fake

    @cached_property
    def model_control(self) -> ModelControl:
        return LambdaModelControl(ControlLambda(self), "control")

    @cached_property
    def count_verification(self) -> CountVerification:
        made = super().count_verification
        made._sleep = lambda seconds: None
        return made

    @cached_property
    def secret_count_verification(self) -> CountVerification:
        made = super().secret_count_verification
        made._sleep = lambda seconds: None
        return made

    @cached_property
    def stats_rebuild(self) -> StatsRebuild:
        made = super().stats_rebuild
        made._sleep = lambda seconds: None
        return made


class Scene:
    """People, what they do, and the records that the tables' streams have of it."""

    def __init__(self, settings: Settings, account: str, mailbox: Path) -> None:
        # Names of buckets are nobody's alone.
        self.bucket = f"scene-{account}"
        boto3.client("s3").create_bucket(Bucket=self.bucket)
        self._secrets = boto3.client("secretsmanager")
        secret = self._secrets.create_secret(Name="keys", SecretString=SECRET)
        self.queues = WaitingQueues()
        self.mailbox = Mailbox(mailbox)
        self._settings = replace(
            settings,
            **self.queues.urls,  # type: ignore[arg-type]  # settings of these names
            pictures_bucket=self.bucket,
            signing_keys_secret=secret["ARN"],
            model_prompt_languages="ko,en",
            mail_from=SENDER,
            web_origin="https://diary.example",
        )
        self.clock = FixedClock()
        self.ids = IdFactory(self.clock, CountedRandom())
        self.endpoint = FakeEndpoint()
        self.host = SceneHost()
        self.services = self._new_services()

    def restart(self) -> None:
        """Go on as a new process, which remembers nothing."""
        self.services = self._new_services()

    def begin(self, now: datetime) -> None:
        """Be as at a moment before; the tables and the bucket are somebody else's to put back."""
        self.clock.advance(seconds=(now - self.clock.now()).total_seconds())
        self.endpoint.sent.clear()
        self.host = SceneHost()
        self.queues.clear()
        self.mailbox.clear()
        self._secrets.put_secret_value(
            SecretId=self._settings.signing_keys_secret, SecretString=SECRET
        )
        self.restart()

    def outside(self) -> Any:
        """Return what lies neither in a table nor in the bucket."""
        text = self._secrets.get_secret_value(SecretId=self._settings.signing_keys_secret)
        sent = {picture.picture_id for picture in self.endpoint.sent}
        keys = len(parse_ring(text["SecretString"]).keys)
        # Repeating what the endpoint was told does nothing, and so does a second link by mail.
        told = [mode for mode, _ in groupby(self.host.scaled)], self.host.observation
        return sorted(sent), keys, told, sorted(self.mailbox.tokens())

    def stream(self, *tables: str) -> Sequence[Record]:
        """Return the records of tables' streams as Lambda gives them to its function."""
        return [
            record | {"eventSourceARN": f"arn:aws:dynamodb:us-east-1:1:table/{table}/stream/1"}
            for table in tables
            for record in stream_of(table)
        ]

    def sign_up(self, name: str) -> str:
        self.clock.advance(seconds=1)
        user, _ = self.services.accounts.sign_up(
            email=f"{name}@example.com",
            password="correct horse",
            name=name,
            birth_date=date(1995, 5, 5),
            gender="female",
            language="ko",
            timezone="Asia/Seoul",
        )
        return user.user_id

    def write(self, author_id: str, **fields: Any) -> str:
        self.clock.advance(seconds=1)
        draft = Draft(
            **{
                "title": "바다에 간 날",
                "text": "오늘은 바다에 갔다.",
                "tags": ("바다", "Sea"),
                "visibility": "public",
            }
            | fields
        )
        return self.services.posts.write(author_id=author_id, draft=draft).post.post_id

    def like(self, post_id: str, *user_ids: str) -> None:
        for user_id in user_ids:
            self.services.likes.like(post_id=post_id, user_id=user_id)

    def comment(self, post_id: str, author_id: str) -> str:
        self.clock.advance(seconds=1)
        details = self.services.comments.write(post_id=post_id, author_id=author_id, text="좋다")
        return details.comment.comment_id

    def order(self, owner_id: str, count: int = 1) -> Sequence[Picture]:
        self.clock.advance(seconds=1)
        return self.services.picture_orders.order(
            owner_id=owner_id, order=PictureOrder(prompt="바다", count=count)
        )

    def count_likes(self, post_id: str, number: int) -> None:
        """Count that many likes as the worker would."""
        changes = [Change(sequence, 1) for sequence in range(1, number + 1)]
        self.services.like_counting.count(counted_id=post_id, changes=changes)

    def hours(self, number: float) -> None:
        self.clock.advance(seconds=timedelta(hours=number).total_seconds())

    def _new_services(self) -> SceneServices:
        services = SceneServices(self._settings, self.clock, self.ids)
        services.model_endpoint = self.endpoint
        services.model_host = self.host
        self.queues.serve(services.account)
        return services
