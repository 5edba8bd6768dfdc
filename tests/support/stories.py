"""Posts over HTTP: somebody logged in, with all stores around posts."""

from __future__ import annotations

from typing import Any

import pytest

from deepstory.search.indexing import SearchIndexing
from fakes.blocks import MemoryBlockRepository
from fakes.calendar import MemoryDiaryRepository
from fakes.comments import MemoryCommentRepository
from fakes.likes import MemoryLikeRepository
from fakes.notices import FakePostAuthors, MemoryNoticeRepository
from fakes.posts import FakePictures, MemoryPostRepository
from fakes.reports import MemoryReportRepository
from fakes.search import MemoryIndexStateRepository, MemoryPostingRepository
from support.api import Answer, Api
from support.friends import use_memory_friends

ENTRY = {"title": "첫눈", "text": "눈이 왔다.\n오래 걸었다.", "visibility": "public"}


@pytest.fixture
def stories(api: Api) -> Api:
    """The API with someone logged in, and all stores around posts."""
    services: Any = api.services
    services.post_repository = MemoryPostRepository(
        services.idempotency_repository, services.counters
    )
    services.diary_repository = MemoryDiaryRepository(services.post_repository)
    services.like_repository = MemoryLikeRepository()
    services.notice_repository = MemoryNoticeRepository()
    services.post_authors = FakePostAuthors(services.post_repository.posts)
    services.block_repository = MemoryBlockRepository()
    services.comment_repository = MemoryCommentRepository(services.idempotency_repository)
    use_memory_friends(services)
    services.report_repository = MemoryReportRepository(services.audit_log)
    services.posting_repository = MemoryPostingRepository()
    services.search_indexing = SearchIndexing(
        posts=services.post_repository,
        postings=services.posting_repository,
        states=MemoryIndexStateRepository(),
        clock=services.clock,
    )
    services.picture_repository = FakePictures()
    services.picture_urls = FakeUrls()
    api.sign_up()
    return api


class FakeUrls:
    def url(self, key: str) -> str:
        return f"https://pictures.example/{key}"


def write(api: Api, **changes: Any) -> Answer:
    api.services.clock.advance(seconds=1)
    return api.call("POST", "/posts", ENTRY | changes)


def index(api: Api, *post_ids: str) -> None:
    """Do what the worker does after writes."""
    for post_id in post_ids:
        api.services.search_indexing.update(post_id=post_id)


def someone_else(api: Api) -> None:
    api.sign_up(email="jun@example.com", name="Jun")


def me(api: Api) -> str:
    return str(api.call("GET", "/me").json["id"])
