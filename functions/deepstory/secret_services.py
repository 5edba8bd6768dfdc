"""The use cases of secret friends and their diaries with their real dependencies."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from deepstory.counting import Counting
from deepstory.friends.answering import FriendAnswers
from deepstory.friends.asking import FriendRequestService
from deepstory.friends.dynamodb import DynamoDBFriendshipRepository
from deepstory.friends.parting import FriendParting
from deepstory.friends.requests_dynamodb import DynamoDBFriendRequestRepository
from deepstory.notices.secret import DynamoDBSecretFriends, SecretNoticeWriter
from deepstory.picture_services import PictureServices
from deepstory.secret_diaries.counters import (
    EntryCounter,
    entry_comment_counters,
    entry_like_counters,
)
from deepstory.secret_diaries.dynamodb import DynamoDBSecretDiaryRepository
from deepstory.secret_diaries.entries import SecretEntryService
from deepstory.secret_diaries.entries_dynamodb import DynamoDBSecretEntryRepository
from deepstory.secret_diaries.erasing import (
    FriendRequestEraser,
    FriendshipEraser,
    SecretDiaryEraser,
    SecretEntryEraser,
)
from deepstory.secret_diaries.own_entries import OwnSecretEntries
from deepstory.secret_diaries.reactions import SecretCommentService, SecretLikeService
from deepstory.secret_diaries.reactions_dynamodb import (
    DynamoDBSecretComments,
    DynamoDBSecretLikes,
)
from deepstory.secret_diaries.reader import SecretReader
from deepstory.secret_diaries.service import SecretDiaryService
from deepstory.secret_diaries.writing import SecretWrites

if TYPE_CHECKING:
    from deepstory.blocks.dynamodb import DynamoDBBlockRepository
    from deepstory.comments.dynamodb import DynamoDBCommentRepository
    from deepstory.likes.dynamodb import DynamoDBLikeRepository
    from deepstory.notices.writing import NoticeWriter

SecretErasers = tuple[FriendRequestEraser, FriendshipEraser, SecretEntryEraser, SecretDiaryEraser]


class SecretServices(PictureServices):
    if TYPE_CHECKING:
        # Built where posts are; secret diaries use the same.
        @property
        def block_repository(self) -> DynamoDBBlockRepository: ...

        @property
        def like_repository(self) -> DynamoDBLikeRepository: ...

        @property
        def comment_repository(self) -> DynamoDBCommentRepository: ...

        @property
        def notice_writer(self) -> NoticeWriter: ...

    @cached_property
    def friend_requests(self) -> FriendRequestService:
        return FriendRequestService(
            requests=self.friend_request_repository,
            friendships=self.friendship_repository,
            people=self.accounts,
            addresses=self.users,
            blocks=self.block_repository,
            limits=self.limits,
            clock=self.clock,
            ids=self.ids,
        )

    @cached_property
    def friend_answers(self) -> FriendAnswers:
        return FriendAnswers(
            requests=self.friend_request_repository,
            friendships=self.friendship_repository,
            diaries=self.secret_diary_repository,
            people=self.accounts,
            blocks=self.block_repository,
            clock=self.clock,
            ids=self.ids,
        )

    @cached_property
    def friend_parting(self) -> FriendParting:
        return FriendParting(
            requests=self.friend_request_repository,
            friendships=self.friendship_repository,
            blocks=self.block_repository,
            ids=self.ids,
        )

    @cached_property
    def secret_diaries(self) -> SecretDiaryService:
        return SecretDiaryService(
            diaries=self.secret_diary_repository,
            entries=self.secret_entry_repository,
            friendships=self.friendship_repository,
            parting=self.friend_parting,
            reader=self.secret_reader,
            clock=self.clock,
        )

    @cached_property
    def secret_entries(self) -> SecretEntryService:
        return SecretEntryService(
            entries=self.secret_entry_repository,
            reader=self.secret_reader,
            people=self.accounts,
            pictures=self.picture_repository,
            clock=self.clock,
            ids=self.ids,
        )

    @cached_property
    def secret_likes(self) -> SecretLikeService:
        return SecretLikeService(
            likes=self.secret_like_writes, reader=self.secret_reader, ids=self.ids
        )

    @cached_property
    def secret_comments(self) -> SecretCommentService:
        return SecretCommentService(
            comments=self.comment_repository,
            writes=self.secret_comment_writes,
            reader=self.secret_reader,
            clock=self.clock,
            ids=self.ids,
        )

    @cached_property
    def own_secret_entries(self) -> OwnSecretEntries:
        return OwnSecretEntries(
            diaries=self.secret_diary_repository, entries=self.secret_entry_repository
        )

    @cached_property
    def friendship_eraser(self) -> FriendshipEraser:
        return FriendshipEraser(self.friendship_repository, self.clock)

    @cached_property
    def secret_erasers(self) -> SecretErasers:
        return (
            FriendRequestEraser(self.friend_request_repository, self.ids),
            self.friendship_eraser,
            SecretEntryEraser(self.secret_entry_repository),
            SecretDiaryEraser(self.secret_diary_repository),
        )

    @cached_property
    def secret_reader(self) -> SecretReader:
        return SecretReader(
            diaries=self.secret_diary_repository,
            entries=self.secret_entry_repository,
            people=self.accounts,
            likes=self.like_repository,
            pictures=self.picture_repository,
        )

    @cached_property
    def secret_like_counting(self) -> Counting[EntryCounter]:
        counters = entry_like_counters(self.settings.require("secret_entries_table"))
        return Counting(counters, self.like_repository)

    @cached_property
    def secret_comment_counting(self) -> Counting[EntryCounter]:
        counters = entry_comment_counters(self.settings.require("secret_entries_table"))
        return Counting(counters, self.comment_repository)

    @cached_property
    def secret_notice_writer(self) -> SecretNoticeWriter:
        friends = DynamoDBSecretFriends(
            secret_diaries_table=self.settings.require("secret_diaries_table"),
            secret_entries_table=self.settings.require("secret_entries_table"),
        )
        return SecretNoticeWriter(writer=self.notice_writer, friends=friends)

    @cached_property
    def friend_request_repository(self) -> DynamoDBFriendRequestRepository:
        return DynamoDBFriendRequestRepository(
            friend_requests_table=self.settings.require("friend_requests_table"),
            friendships_table=self.settings.require("friendships_table"),
            idempotency=self.idempotency_repository,
            connection=self.connection,
        )

    @cached_property
    def friendship_repository(self) -> DynamoDBFriendshipRepository:
        return DynamoDBFriendshipRepository(
            friendships_table=self.settings.require("friendships_table"),
            friend_requests_table=self.settings.require("friend_requests_table"),
            secret_diaries_table=self.settings.require("secret_diaries_table"),
            blocks_table=self.settings.require("blocks_table"),
            connection=self.connection,
        )

    @cached_property
    def secret_writes(self) -> SecretWrites:
        return SecretWrites(
            friendships_table=self.settings.require("friendships_table"),
            connection=self.connection,
        )

    @cached_property
    def secret_diary_repository(self) -> DynamoDBSecretDiaryRepository:
        return DynamoDBSecretDiaryRepository(
            secret_diaries_table=self.settings.require("secret_diaries_table"),
            writes=self.secret_writes,
        )

    @cached_property
    def secret_entry_repository(self) -> DynamoDBSecretEntryRepository:
        return DynamoDBSecretEntryRepository(
            secret_entries_table=self.settings.require("secret_entries_table"),
            idempotency=self.idempotency_repository,
            writes=self.secret_writes,
        )

    @cached_property
    def secret_like_writes(self) -> DynamoDBSecretLikes:
        return DynamoDBSecretLikes(
            likes_table=self.settings.require("likes_table"), writes=self.secret_writes
        )

    @cached_property
    def secret_comment_writes(self) -> DynamoDBSecretComments:
        return DynamoDBSecretComments(
            comments_table=self.settings.require("comments_table"),
            idempotency=self.idempotency_repository,
            writes=self.secret_writes,
        )
