"""Lambdas that follow what people do: counted, removed, told of, found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from constructs import Construct

from deepstory_cdk.failures import failure_queue
from deepstory_cdk.functions import Functions, Program
from deepstory_cdk.grants import (
    BATCH_GET,
    BATCH_WRITE,
    DELETE,
    GET,
    PUT,
    QUERY,
    UPDATE,
    allow_table,
)
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
        # One for all: each message names its Lambda, and each queue costs an alarm.
        self._failures = failure_queue(self, "FollowersFailures")
        self._counts("LikeCounts", "likes", data)
        self._counts("CommentCounts", "comments", data)
        self._posts_removed(data)
        self._notices(data)
        self._search_index(data)

    def _counts(self, name: str, counted: str, data: Data) -> None:
        thing = counted.removesuffix("s")
        function = self._functions.create(
            self,
            name,
            Program(
                handler=f"workers.{thing}_counts.handler",
                description=f"keeps the {thing} count of each post and secret entry",
                environment=self._environment.only(
                    "POSTS_TABLE",
                    "SECRET_ENTRIES_TABLE",
                    f"{counted.upper()}_TABLE",
                    service=f"{thing}-counts",
                ),
                timeout_seconds=60,
            ),
        )
        for counting in ("posts", "secret_entries"):
            allow_table(function, data.tables[counting], GET, UPDATE)
        # What deleted ones leave of the counted is removed.
        allow_table(function, data.tables[counted], QUERY, BATCH_WRITE)
        # A second of likes becomes one write for each post.
        read_stream(
            function,
            data.tables[counted],
            failures=self._failures,
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
                description="removes the likes and comments of deleted posts and secret entries",
                environment=self._environment.only(
                    "LIKES_TABLE", "COMMENTS_TABLE", service="posts-removed"
                ),
                timeout_seconds=60,
            ),
        )
        for table in ("likes", "comments"):
            allow_table(function, data.tables[table], QUERY, BATCH_WRITE)
        for table in ("posts", "secret_entries"):
            read_stream(
                function,
                data.tables[table],
                failures=self._failures,
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
                description="tells people of what others do, and of their pictures",
                environment=self._environment.only(
                    "POSTS_TABLE",
                    "NOTICES_TABLE",
                    "BLOCKS_TABLE",
                    "SECRET_DIARIES_TABLE",
                    "SECRET_ENTRIES_TABLE",
                    service="notices",
                ),
                timeout_seconds=60,
            ),
        )
        for about in ("posts", "secret_diaries", "secret_entries"):
            allow_table(function, data.tables[about], GET)
        allow_table(function, data.tables["blocks"], BATCH_GET)
        allow_table(function, data.tables["notices"], GET, BATCH_GET, PUT, UPDATE)
        created = only(eventName=["INSERT"])
        ended = only(
            eventName=["MODIFY"],
            dynamodb={"NewImage": {"status": {"S": ["ready", "failed"]}}},
        )
        for table, news in (
            ("likes", created),
            ("comments", created),
            ("pictures", ended),
            ("friend_requests", created),
            ("secret_diaries", created),
            ("secret_entries", created),
        ):
            read_stream(
                function,
                data.tables[table],
                failures=self._failures,
                batch_size=100,
                retries=10,
                window=Duration.seconds(1),
                filters=[news],
            )

    def _search_index(self, data: Data) -> None:
        function = self._functions.create(
            self,
            "SearchIndex",
            Program(
                handler="workers.search_index.handler",
                description="keeps the words and tags by which public posts are found",
                environment=self._environment.only(
                    "POSTS_TABLE", "POSTINGS_TABLE", "INDEXED_POSTS_TABLE", service="search-index"
                ),
                timeout_seconds=120,
            ),
        )
        allow_table(function, data.tables["posts"], GET)
        allow_table(function, data.tables["postings"], PUT, DELETE, BATCH_WRITE)
        allow_table(function, data.tables["indexed_posts"], GET, PUT)
        read_stream(
            function,
            data.tables["posts"],
            failures=self._failures,
            # A post has up to a thousand terms, so a few of them fill the time.
            batch_size=20,
            retries=10,
            # What was and stays private is nobody's to find.
            filters=[
                only(dynamodb={image: {"visibility": {"S": ["public"]}}})
                for image in ("NewImage", "OldImage")
            ],
        )
