"""The use cases of an account as a whole: getting back into it, taking all along, leaving.

What an export consists of and what leaving erases are two lists here. Whoever adds something that
belongs to people adds a line to each.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from deepstory.accounts.items import SessionItem
from deepstory.accounts.reading import DynamoDBUserReader
from deepstory.blocks.dynamodb import BlockItem
from deepstory.comments.dynamodb import CommentItem
from deepstory.erasure.cascade import Cascade
from deepstory.erasure.closing import AccountClosing
from deepstory.erasure.dynamodb import DynamoDBClosing, DynamoDBErasureRepository
from deepstory.erasure.erasers import ItemEraser
from deepstory.erasure.repository import Closing, Eraser, ErasureRepository
from deepstory.erasure.things import (
    ActorEraser,
    ExportEraser,
    PictureEraser,
    PostEraser,
    ReporterEraser,
)
from deepstory.exports import sections
from deepstory.exports.dynamodb import DynamoDBExportRepository
from deepstory.exports.packing import ExportPacker
from deepstory.exports.repository import ExportFiles, ExportRepository, ExportUrls
from deepstory.exports.s3 import S3ExportFiles, S3ExportUrls, S3PictureSource
from deepstory.exports.sections import Section
from deepstory.exports.service import ExportService
from deepstory.idempotency import IdempotencyItem
from deepstory.likes.dynamodb import LikeItem
from deepstory.limits import LimitItem
from deepstory.mail.mailer import Mailer, SesMailer
from deepstory.notices.dynamodb import NoticeItem
from deepstory.password_resets.dynamodb import DynamoDBResetRepository, ResetItem
from deepstory.password_resets.repository import ResetRepository
from deepstory.password_resets.sending import ResetSender
from deepstory.password_resets.service import PasswordResetService
from deepstory.queues import Queue, SqsQueue
from deepstory.reports.dynamodb import ReportItem
from deepstory.secret_diaries.own_sections import friend_section, secret_entry_section

if TYPE_CHECKING:
    from deepstory.services import Services


class AccountServices:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._settings = services.settings

    @cached_property
    def sections(self) -> Sequence[Section]:
        """What stands in an export, each as a list of its own."""
        services, table = self._services, self._settings.require
        return (
            sections.post_section(services.post_repository),
            sections.picture_section(services.picture_repository),
            sections.comment_section(table("comments_table")),
            sections.like_section(services.like_repository),
            sections.block_section(services.block_repository),
            sections.notice_section(services.notice_repository),
            sections.report_section(table("reports_table")),
            secret_entry_section(services.own_secret_entries),
            friend_section(
                services.friendship_repository, services.secret_diary_repository, self.user_reader
            ),
        )

    @cached_property
    def erasers(self) -> Sequence[Eraser]:
        """What leaving erases, in this order: what could make more of the rest comes first."""
        services, table = self._services, self._settings.require
        posts, pictures = services.post_repository, services.picture_repository
        blocks, notices, reports = table("blocks_table"), table("notices_table"), "reports_table"
        return (
            ItemEraser("sessions", SessionItem, table("sessions_table")),
            ItemEraser("password_resets", ResetItem, table("password_resets_table")),
            # Requests before friendships before diaries: each may become the next.
            *services.secret_erasers,
            PostEraser(posts, table("posts_table")),
            PictureEraser(pictures, services.picture_files, table("pictures_table")),
            ItemEraser("comments", CommentItem, table("comments_table"), index="by_author"),
            ItemEraser("likes", LikeItem, table("likes_table"), index="by_user"),
            ItemEraser("blocks", BlockItem, blocks),
            ItemEraser("blocks_by_others", BlockItem, blocks, index="by_blocked"),
            ItemEraser("notices", NoticeItem, notices),
            ActorEraser(notices),
            ReporterEraser(table(reports)),
            ItemEraser("reports_about", ReportItem, table(reports), index="by_target"),
            ExportEraser(self.export_files, table("exports_table")),
            ItemEraser("requests", IdempotencyItem, table("idempotency_table"), index="by_owner"),
            ItemEraser("limits", LimitItem, table("limits_table"), index="by_owner"),
        )

    @cached_property
    def password_resets(self) -> PasswordResetService:
        services = self._services
        return PasswordResetService(
            resets=self.reset_repository,
            sessions=services.session_repository,
            limits=services.limits,
            passwords=services.passwords,
            requests=self.reset_queue,
            clock=services.clock,
            ids=services.ids,
        )

    @cached_property
    def reset_sender(self) -> ResetSender:
        return ResetSender(
            resets=self.reset_repository,
            recipients=self.user_reader,
            mailer=self.mailer,
            clock=self._services.clock,
            web_origin=self._settings.require("web_origin"),
        )

    @cached_property
    def exports(self) -> ExportService:
        services = self._services
        return ExportService(
            exports=self.export_repository,
            urls=self.export_urls,
            limits=services.limits,
            orders=self.export_queue,
            clock=services.clock,
            ids=services.ids,
        )

    @cached_property
    def export_packer(self) -> ExportPacker:
        services = self._services
        bucket = self._settings.require("pictures_bucket")
        return ExportPacker(
            exports=self.export_repository,
            files=self.export_files,
            people=self.user_reader,
            posts=services.post_repository,
            pictures=services.picture_repository,
            source=S3PictureSource(services.client("s3"), bucket),
            sections=self.sections,
            clock=services.clock,
        )

    @cached_property
    def closing(self) -> AccountClosing:
        services = self._services
        return AccountClosing(
            users=services.users,
            closing=self.closing_repository,
            sessions=services.session_repository,
            session_service=services.sessions,
            limits=services.limits,
            passwords=services.passwords,
            erasures=self.erasure_queue,
            farewells=[services.friendship_eraser],
            clock=services.clock,
        )

    @cached_property
    def cascade(self) -> Cascade:
        return self._cascade(self.erasers)

    @cached_property
    def due_erasures(self) -> Cascade:
        """The cascade as the clock sees it, which erases nothing itself."""
        return self._cascade(())

    @cached_property
    def user_reader(self) -> DynamoDBUserReader:
        return DynamoDBUserReader(
            users_table=self._settings.require("users_table"),
            emails_table=self._settings.emails_table,
        )

    @cached_property
    def reset_repository(self) -> ResetRepository:
        return DynamoDBResetRepository(
            resets_table=self._settings.require("password_resets_table"),
            users_table=self._settings.require("users_table"),
            connection=self._services.connection,
        )

    @cached_property
    def export_repository(self) -> ExportRepository:
        return DynamoDBExportRepository(
            exports_table=self._settings.require("exports_table"),
            connection=self._services.connection,
        )

    @cached_property
    def export_files(self) -> ExportFiles:
        client = self._services.client("s3")
        return S3ExportFiles(client, self._settings.require("pictures_bucket"))

    @cached_property
    def export_urls(self) -> ExportUrls:
        client = self._services.client("s3")
        return S3ExportUrls(client, self._settings.require("pictures_bucket"))

    @cached_property
    def closing_repository(self) -> Closing:
        return DynamoDBClosing(
            users_table=self._settings.require("users_table"),
            emails_table=self._settings.require("emails_table"),
            erasures_table=self._settings.require("erasures_table"),
            counters=self._services.counters,
            connection=self._services.connection,
        )

    @cached_property
    def erasure_repository(self) -> ErasureRepository:
        return DynamoDBErasureRepository(
            erasures_table=self._settings.require("erasures_table"),
            connection=self._services.connection,
        )

    @cached_property
    def mailer(self) -> Mailer:
        return SesMailer(self._services.client("sesv2"), self._settings.require("mail_from"))

    @cached_property
    def reset_queue(self) -> Queue:
        return self._queue("password_resets_queue")

    @cached_property
    def export_queue(self) -> Queue:
        return self._queue("exports_queue")

    @cached_property
    def erasure_queue(self) -> Queue:
        return self._queue("erasures_queue")

    def _cascade(self, erasers: Sequence[Eraser]) -> Cascade:
        return Cascade(
            erasures=self.erasure_repository,
            erasers=erasers,
            messages=self.erasure_queue,
            clock=self._services.clock,
            settling=timedelta(seconds=self._settings.erasure_settling_seconds),
        )

    def _queue(self, setting: str) -> Queue:
        return SqsQueue(self._services.client("sqs"), self._settings.require(setting))
