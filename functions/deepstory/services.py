"""The composition root: every use case with its real dependencies, each built on first use."""

from __future__ import annotations

from functools import cached_property

from deepstory.likes.counting import LikeCounting
from deepstory.likes.dynamodb import DynamoDBLikeCounterRepository, DynamoDBLikeRepository
from deepstory.likes.service import LikeService
from deepstory.picture_services import PictureServices
from deepstory.posts.dynamodb import DynamoDBPostRepository
from deepstory.posts.reader import PostReader
from deepstory.posts.service import PostService


class Services(PictureServices):
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
            likes=self.like_repository,
            pictures=self.picture_repository,
        )

    @cached_property
    def likes(self) -> LikeService:
        return LikeService(likes=self.like_repository, reader=self.post_reader, ids=self.ids)

    @cached_property
    def like_counting(self) -> LikeCounting:
        posts_table = self.settings.require("posts_table")
        return LikeCounting(DynamoDBLikeCounterRepository(posts_table))

    @cached_property
    def post_repository(self) -> DynamoDBPostRepository:
        return DynamoDBPostRepository(
            posts_table=self.settings.require("posts_table"),
            zone=self.settings.service_time_zone,
            idempotency=self.idempotency_repository,
            connection=self.connection,
        )

    @cached_property
    def like_repository(self) -> DynamoDBLikeRepository:
        return DynamoDBLikeRepository(self.settings.require("likes_table"))
