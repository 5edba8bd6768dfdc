"""The use cases of upkeep with their real dependencies, for the Lambdas that the clock calls."""

from __future__ import annotations

from functools import cached_property

from deepstory.posts.counters import comment_counters, like_counters
from deepstory.secret_diaries.counters import entry_comment_counters, entry_like_counters
from deepstory.services import Services
from deepstory.stats.checkpoints import DynamoDBCheckpoints
from deepstory.upkeep.backfill import Backfill
from deepstory.upkeep.counts import CountVerification, Kind
from deepstory.upkeep.dynamodb import (
    DynamoDBOldPosts,
    DynamoDBOldUsers,
    DynamoDBPictureRows,
    DynamoDBPostCounts,
    DynamoDBSecretEntryCounts,
)
from deepstory.upkeep.s3 import S3Objects
from deepstory.upkeep.sweeping import PictureSweep


class UpkeepServices(Services):
    @cached_property
    def count_verification(self) -> CountVerification:
        posts_table = self.settings.require("posts_table")
        return CountVerification(
            counts=DynamoDBPostCounts(posts_table),
            kinds={
                "likes": Kind(like_counters(posts_table), self.like_repository),
                "comments": Kind(comment_counters(posts_table), self.comment_repository),
            },
            checkpoints=self._checkpoints("counts"),
            clock=self.clock,
            zone=self.settings.service_time_zone,
        )

    @cached_property
    def secret_count_verification(self) -> CountVerification:
        entries_table = self.settings.require("secret_entries_table")
        return CountVerification(
            counts=DynamoDBSecretEntryCounts(entries_table),
            kinds={
                "likes": Kind(entry_like_counters(entries_table), self.like_repository),
                "comments": Kind(entry_comment_counters(entries_table), self.comment_repository),
            },
            checkpoints=self._checkpoints("secret_counts"),
            clock=self.clock,
            zone=self.settings.service_time_zone,
        )

    @cached_property
    def picture_sweep(self) -> PictureSweep:
        return PictureSweep(
            objects=S3Objects(self.client("s3"), self.settings.require("pictures_bucket")),
            rows=DynamoDBPictureRows(
                self.settings.require("pictures_table"),
                pictures=self.picture_repository,
                clock=self.clock,
            ),
            checkpoints=self._checkpoints("sweep"),
            clock=self.clock,
            zone=self.settings.service_time_zone,
        )

    @cached_property
    def backfill(self) -> Backfill:
        return Backfill(
            users=DynamoDBOldUsers(self.settings.require("users_table")),
            posts=DynamoDBOldPosts(
                self.settings.require("posts_table"), zone=self.settings.service_time_zone
            ),
            index=self.search_indexing,
            checkpoints=self._checkpoints("backfill"),
            clock=self.clock,
        )

    def _checkpoints(self, name: str) -> DynamoDBCheckpoints:
        return DynamoDBCheckpoints(self.settings.require("counters_table"), name)
