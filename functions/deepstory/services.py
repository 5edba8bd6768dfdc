"""The composition root: every use case with its real dependencies, each built on first use."""

from __future__ import annotations

from functools import cached_property
from typing import Any, cast

from deepstory.account_services import AccountServices
from deepstory.blocks.dynamodb import DynamoDBBlockRepository
from deepstory.blocks.service import BlockService
from deepstory.calendar.dynamodb import DynamoDBDiaryRepository
from deepstory.calendar.service import CalendarService
from deepstory.comments.dynamodb import DynamoDBCommentRepository
from deepstory.comments.service import CommentService
from deepstory.counting import Counting
from deepstory.likes.dynamodb import DynamoDBLikeRepository
from deepstory.likes.service import LikeService
from deepstory.model_services import ModelServices
from deepstory.notices.dynamodb import DynamoDBNoticeRepository
from deepstory.notices.posts import DynamoDBPostAuthors
from deepstory.notices.service import NoticeService
from deepstory.notices.writing import NoticeWriter
from deepstory.posts.counters import PostCounter, comment_counters, like_counters
from deepstory.posts.dynamodb import DynamoDBPostRepository
from deepstory.posts.reader import PostReader
from deepstory.posts.removal import PostRemoval
from deepstory.posts.service import PostService
from deepstory.reports.dynamodb import DynamoDBReportRepository
from deepstory.reports.moderation import Moderation
from deepstory.reports.service import ReportService
from deepstory.search.dynamodb import (
    DynamoDBIndexedPosts,
    DynamoDBIndexStateRepository,
    DynamoDBPostingRepository,
)
from deepstory.search.indexing import SearchIndexing
from deepstory.search.service import SearchService
from deepstory.secret_services import SecretServices
from deepstory.stats.census import DynamoDBCensus
from deepstory.stats.checkpoints import DynamoDBCheckpoints
from deepstory.stats.rebuild import StatsRebuild


class Services(ModelServices, SecretServices):
    @cached_property
    def account(self) -> AccountServices:
        # Any, because the same file is checked twice, as a module of two names.
        return AccountServices(cast(Any, self))

    @cached_property
    def posts(self) -> PostService:
        return PostService(
            posts=self.post_repository,
            reader=self.post_reader,
            authors=self.accounts,
            pictures=self.picture_repository,
            clock=self.clock,
            ids=self.ids,
            zone=self.settings.service_time_zone,
        )

    @cached_property
    def post_reader(self) -> PostReader:
        return PostReader(
            posts=self.post_repository,
            authors=self.accounts,
            blocks=self.block_repository,
            likes=self.like_repository,
            pictures=self.picture_repository,
        )

    @cached_property
    def calendar(self) -> CalendarService:
        return CalendarService(
            diary=self.diary_repository,
            reader=self.post_reader,
            owners=self.accounts,
            pictures=self.picture_repository,
            clock=self.clock,
        )

    @cached_property
    def search(self) -> SearchService:
        return SearchService(
            postings=self.posting_repository,
            posts=self.post_repository,
            reader=self.post_reader,
            clock=self.clock,
            zone=self.settings.service_time_zone,
        )

    @cached_property
    def search_indexing(self) -> SearchIndexing:
        return SearchIndexing(
            posts=DynamoDBIndexedPosts(self.settings.require("posts_table")),
            postings=self.posting_repository,
            states=self.index_state_repository,
            clock=self.clock,
        )

    @cached_property
    def likes(self) -> LikeService:
        return LikeService(likes=self.like_repository, reader=self.post_reader, ids=self.ids)

    @cached_property
    def like_counting(self) -> Counting[PostCounter]:
        counters = like_counters(self.settings.require("posts_table"))
        return Counting(counters, self.like_repository)

    @cached_property
    def comments(self) -> CommentService:
        return CommentService(
            comments=self.comment_repository,
            reader=self.post_reader,
            authors=self.accounts,
            blocks=self.block_repository,
            clock=self.clock,
            ids=self.ids,
        )

    @cached_property
    def comment_counting(self) -> Counting[PostCounter]:
        counters = comment_counters(self.settings.require("posts_table"))
        return Counting(counters, self.comment_repository)

    @cached_property
    def post_removal(self) -> PostRemoval:
        return PostRemoval([self.like_repository, self.comment_repository])

    @cached_property
    def notices(self) -> NoticeService:
        return NoticeService(
            notices=self.notice_repository,
            names=self.accounts,
            blocks=self.block_repository,
            clock=self.clock,
        )

    @cached_property
    def notice_writer(self) -> NoticeWriter:
        return NoticeWriter(
            notices=self.notice_repository,
            posts=self.post_authors,
            blocks=self.block_repository,
            clock=self.clock,
        )

    @cached_property
    def blocks(self) -> BlockService:
        return BlockService(
            blocks=self.block_repository,
            parting=self.friend_parting,
            names=self.accounts,
            clock=self.clock,
        )

    @cached_property
    def reports(self) -> ReportService:
        return ReportService(
            reports=self.report_repository,
            posts=self.post_repository,
            comments=self.comment_repository,
            names=self.accounts,
            limits=self.limits,
            clock=self.clock,
        )

    @cached_property
    def moderation(self) -> Moderation:
        return Moderation(
            reports=self.report_repository,
            posts=self.post_repository,
            comments=self.comment_repository,
            names=self.accounts,
            clock=self.clock,
            ids=self.ids,
        )

    @cached_property
    def stats_rebuild(self) -> StatsRebuild:
        counters_table = self.settings.require("counters_table")
        return StatsRebuild(
            census=DynamoDBCensus(
                users_table=self.settings.require("users_table"),
                posts_table=self.settings.require("posts_table"),
                pictures_table=self.settings.require("pictures_table"),
            ),
            counters=self.counters,
            checkpoints=DynamoDBCheckpoints(counters_table, "rebuild"),
            clock=self.clock,
            zone=self.settings.service_time_zone,
        )

    @cached_property
    def post_repository(self) -> DynamoDBPostRepository:
        return DynamoDBPostRepository(
            posts_table=self.settings.require("posts_table"),
            zone=self.settings.service_time_zone,
            idempotency=self.idempotency_repository,
            counters=self.counters,
            connection=self.connection,
        )

    @cached_property
    def posting_repository(self) -> DynamoDBPostingRepository:
        return DynamoDBPostingRepository(self.settings.require("postings_table"))

    @cached_property
    def index_state_repository(self) -> DynamoDBIndexStateRepository:
        return DynamoDBIndexStateRepository(self.settings.require("indexed_posts_table"))

    @cached_property
    def diary_repository(self) -> DynamoDBDiaryRepository:
        return DynamoDBDiaryRepository(self.settings.require("posts_table"))

    @cached_property
    def like_repository(self) -> DynamoDBLikeRepository:
        return DynamoDBLikeRepository(self.settings.require("likes_table"))

    @cached_property
    def comment_repository(self) -> DynamoDBCommentRepository:
        creates = bool(self.settings.idempotency_table)
        return DynamoDBCommentRepository(
            comments_table=self.settings.require("comments_table"),
            idempotency=self.idempotency_repository if creates else None,
            connection=self.connection,
        )

    @cached_property
    def notice_repository(self) -> DynamoDBNoticeRepository:
        return DynamoDBNoticeRepository(
            notices_table=self.settings.require("notices_table"), connection=self.connection
        )

    @cached_property
    def block_repository(self) -> DynamoDBBlockRepository:
        return DynamoDBBlockRepository(self.settings.require("blocks_table"))

    @cached_property
    def report_repository(self) -> DynamoDBReportRepository:
        return DynamoDBReportRepository(
            reports_table=self.settings.require("reports_table"),
            audit=self.audit_log,
            connection=self.connection,
        )

    @cached_property
    def post_authors(self) -> DynamoDBPostAuthors:
        return DynamoDBPostAuthors(self.settings.require("posts_table"))
