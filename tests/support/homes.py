"""A whole service over a real engine: tables, bucket and queues, and people with everything."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import boto3

from deepstory.accounts.entities import User
from deepstory.config import Settings
from deepstory.exports.entities import ExportOrder
from deepstory.ids import IdFactory
from deepstory.pictures.entities import Drawn, Picture
from deepstory.pictures.orders import PictureOrder
from deepstory.posts.entities import Draft, EntryDraft
from deepstory.services import Services
from fakes.account import MemoryQueue
from fakes.accounts import FakePasswords
from fakes.core import FixedClock, fake_keys
from fakes.pictures import an_image
from support.tables import TABLES

LONG = timedelta(minutes=10)


@dataclass
class RealHome:
    """The services of every Lambda at once; messages are given out by the test."""

    services: Services
    clock: FixedClock
    # Making a client takes longer than anything that is asked of it here.
    dynamodb: Any
    s3: Any

    @property
    def account(self) -> Any:
        return self.services.account

    def sign_up(self, name: str) -> User:
        self.clock.advance(seconds=1)
        return self.services.accounts.sign_up(
            email=f"{name.lower()}@example.com",
            password="correct horse",
            name=name,
            birth_date=date(1995, 5, 5),
            gender="female",
            language="ko",
            timezone="Asia/Seoul",
        )[0]

    def write(self, user: User, **fields: Any) -> str:
        self.clock.advance(seconds=1)
        draft = Draft(**{"title": "첫눈", "text": "눈이 왔다.", "visibility": "public"} | fields)
        claim = self.services.idempotency.claim(
            scope=f"{user.user_id} posts",
            key=self.services.ids.new(),
            request=b"{}",
            now=self.clock.now(),
            render=lambda post: f'{{"author": "{post.author_id}"}}',
            owner_id=user.user_id,
        )
        details = self.services.posts.write(author_id=user.user_id, draft=draft, claim=claim)
        return details.post.post_id

    def draw(self, user: User, *, ready: bool = True) -> Picture:
        """Ask for a picture, and finish it as the worker does."""
        self.clock.advance(seconds=1)
        (picture,) = self.services.picture_orders.order(
            owner_id=user.user_id, order=PictureOrder(prompt="바다의 고래", style="crayon")
        )
        if not ready:
            return picture
        repository = self.services.picture_repository
        drawn = Drawn(width=64, height=48, dominant_color="#cc2211")
        done = picture.finished(drawn)
        self.services.picture_files.keep(picture, image=an_image(), thumbnail=an_image())
        assert repository.replace(picture, done)
        return done

    def pack(self, user: User) -> str:
        """Ask for an export, have it made, and return its id."""
        export = self.account.exports.begin(user_id=user.user_id)
        stored = self.account.export_repository.get(user.user_id, export.export_id)
        order: ExportOrder = stored.order
        self.account.export_packer.pack(order, time_limit=LONG)
        return str(export.export_id)

    def live(self, user: User, other: User) -> None:
        """Have somebody do everything that leaves a trace, with another who does so too."""
        services, me, you = self.services, user.user_id, other.user_id
        picture = self.draw(user)
        self.draw(user, ready=False)
        mine = self.write(user, picture_id=picture.picture_id, tags=("눈",))
        self.write(user, visibility="private")
        yours = self.write(other)
        services.likes.like(post_id=yours, user_id=me)
        services.likes.like(post_id=mine, user_id=you)
        comment = services.comments.write(post_id=yours, author_id=me, text="예쁘다")
        services.comments.write(post_id=mine, author_id=you, text="고마워")
        writer = services.notice_writer
        writer.liked(post_id=yours, actor_ids=[me])
        comment_id = comment.comment.comment_id
        writer.commented(post_id=yours, actors=[(comment_id, me)])
        writer.liked(post_id=mine, actor_ids=[you])
        services.reports.report(reporter_id=me, target_type="post", target_id=yours, reason="욕설")
        services.reports.report(reporter_id=you, target_type="user", target_id=me, reason="스팸")
        services.visits.note(user_id=me)
        services.search_indexing.update(post_id=mine)
        services.search_indexing.update(post_id=yours)
        self.befriend(user, other)
        self.pack(user)
        services.blocks.block(user_id=me, blocked_id=you)
        services.blocks.block(user_id=you, blocked_id=me)
        self.account.password_resets.request(email=user.email)

    def befriend(self, user: User, other: User) -> None:
        """Have somebody keep secret diaries: one that was left, and one with a third person."""
        services, me, you = self.services, user.user_id, other.user_id
        third = self.sign_up("Sora")
        left, kept = self.open_diary(me, you), self.open_diary(third.user_id, me)
        for diary_id, friend in ((left, you), (kept, third.user_id)):
            for author, reader in ((me, friend), (friend, me)):
                self.clock.advance(seconds=1)
                entry = services.secret_entries.write(
                    diary_id=diary_id, author_id=author, draft=EntryDraft(title="비밀", text="쉿")
                ).entry
                place: Any = {"diary_id": diary_id, "entry_id": entry.entry_id}
                services.secret_likes.like(**place, user_id=reader)
                for each in (me, friend):
                    services.secret_comments.write(**place, author_id=each, text="예쁘다")
                if diary_id == kept:
                    teller = services.secret_notice_writer
                    teller.written(diary_id=kept, entries=[(entry.entry_id, author)])
                    teller.liked(key=entry.key, actor_ids=[reader])
        services.secret_diaries.leave(diary_id=left, user_id=you)
        # The block that follows lets it reach nobody, and it names the person all the same.
        self.ask(you, me)
        services.friend_requests.ask_by_email(
            asker_id=me, email="nobody@example.com", diary_name="우리 일기"
        )

    def ask(self, asker_id: str, user_id: str) -> str:
        shown = self.services.friend_requests.ask_person(
            asker_id=asker_id, user_id=user_id, diary_name="우리 일기"
        )
        return shown.request.request_id

    def open_diary(self, asker_id: str, friend_id: str) -> str:
        request_id = self.ask(asker_id, friend_id)
        answers = self.services.friend_answers
        return answers.accept(request_id=request_id, user_id=friend_id).diary.diary_id

    def close(self, user: User) -> None:
        self.account.closing.close(
            user_id=user.user_id, password="correct horse", address="192.0.2.1"
        )

    def traces(self, text: str) -> dict[str, list[str]]:
        """Return every item and object that holds a text anywhere, by where it lies."""
        found: dict[str, list[str]] = {}
        for place, content in self.everything():
            if text in content:
                found.setdefault(place, []).append(content)
        return found

    def everything(self) -> Iterator[tuple[str, str]]:
        for table in TABLES:
            for page in self.dynamodb.get_paginator("scan").paginate(TableName=table):
                for item in page["Items"]:
                    yield table, json.dumps(item, default=repr, ensure_ascii=False)
        for key, content in self.objects().items():
            yield "bucket", f"{key} {content!r}"

    def objects(self) -> dict[str, bytes]:
        """Return every object of the account's one bucket."""
        found = {}
        (bucket,) = (each["Name"] for each in self.s3.list_buckets()["Buckets"])
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for entry in page.get("Contents", []):
                body = self.s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"]
                found[entry["Key"]] = body.read()
        return found


def real_home(settings: Settings, account_id: str) -> RealHome:
    """Build the services over the engine of the ``settings`` fixture, in the test's account."""
    bucket = f"home-{account_id}"
    services: Any = Services(
        dataclasses.replace(
            settings,
            pictures_bucket=bucket,
            model_prompt_languages="ko,en",
            mail_from="no-reply@example.com",
            web_origin="https://diary.example",
            erasure_settling_seconds=30,
        )
    )
    clock = FixedClock()
    services.clock = clock
    services.ids = IdFactory(clock)
    services.keys = fake_keys(clock)
    services.passwords = FakePasswords()
    account: Any = services.account
    account.reset_queue, account.export_queue = MemoryQueue(), MemoryQueue()
    account.erasure_queue = MemoryQueue()
    s3 = services.client("s3")
    s3.create_bucket(Bucket=bucket)
    return RealHome(services, clock, boto3.client("dynamodb"), s3)
