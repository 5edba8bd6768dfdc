"""Lambdas that follow what happens: comments are counted, belongings removed, people told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from deepstory_cdk.functions import Functions, Program
from deepstory_cdk.grants import BATCH_GET, BATCH_WRITE, GET, PUT, QUERY, UPDATE, allow_table
from deepstory_cdk.streams import only, read_stream

if TYPE_CHECKING:
    from deepstory_cdk.data import Data
    from deepstory_cdk.environment import Environment


class Followers(Construct):
    """Every one may see the same event twice, and none may lose one: failures go to a queue."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        functions: Functions,
        environment: Environment,
        data: Data,
    ) -> None:
        super().__init__(scope, name)
        self._functions = functions
        self._environment = environment
        self._comment_counts(data)
        self._posts_removed(data)
        self._notices(data)

    def _comment_counts(self, data: Data) -> None:
        function = self._functions.create(
            self,
            "CommentCounts",
            Program(
                handler="workers.comment_counts.handler",
                description="keeps the comment count of each post",
                environment=self._environment.only(
                    "POSTS_TABLE", "COMMENTS_TABLE", service="comment-counts"
                ),
                timeout_seconds=60,
            ),
        )
        allow_counting(function, data, "comments")
        read_stream(
            self,
            "CommentCounts",
            function,
            data.tables["comments"],
            batch_size=500,
            retries=10,
            window=Duration.seconds(1),
        )

    def _posts_removed(self, data: Data) -> None:
        function = self._functions.create(
            self,
            "PostsRemoved",
            Program(
                handler="workers.posts_removed.handler",
                description="removes the likes and comments of deleted posts",
                environment=self._environment.only(
                    "LIKES_TABLE", "COMMENTS_TABLE", service="posts-removed"
                ),
                timeout_seconds=60,
            ),
        )
        for table in ("likes", "comments"):
            allow_table(function, data.tables[table], QUERY, BATCH_WRITE)
        read_stream(
            self,
            "PostsRemoved",
            function,
            data.tables["posts"],
            # Each may be hundreds of removals.
            batch_size=10,
            retries=10,
            filters=[only(eventName=["REMOVE"])],
        )

    def _notices(self, data: Data) -> None:
        function = self._functions.create(
            self,
            "Notices",
            Program(
                handler="workers.notices.handler",
                description="tells people of likes, comments and pictures",
                environment=self._environment.only(
                    "POSTS_TABLE", "NOTICES_TABLE", "BLOCKS_TABLE", service="notices"
                ),
                timeout_seconds=60,
            ),
        )
        allow_table(function, data.tables["posts"], GET)
        allow_table(function, data.tables["blocks"], BATCH_GET)
        allow_table(function, data.tables["notices"], GET, BATCH_GET, PUT, UPDATE)
        created = only(eventName=["INSERT"])
        ended = only(
            eventName=["MODIFY"],
            dynamodb={"NewImage": {"status": {"S": ["ready", "failed"]}}},
        )
        for table, news in (("likes", created), ("comments", created), ("pictures", ended)):
            read_stream(
                self,
                f"NoticesOf{table.capitalize()}",
                function,
                data.tables[table],
                batch_size=100,
                retries=10,
                window=Duration.seconds(1),
                filters=[news],
            )


def allow_counting(function: lambda_.Function, data: Data, counted: str) -> None:
    """Let a Lambda keep a count in posts, and remove what deleted posts leave of the counted."""
    allow_table(function, data.tables["posts"], GET, UPDATE)
    allow_table(function, data.tables[counted], QUERY, BATCH_WRITE)
