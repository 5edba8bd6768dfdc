"""Secret friends over stores in memory and on a real engine, with people who are always there."""

from __future__ import annotations

from typing import Any

import pytest

from deepstory.accounts.entities import User
from deepstory.blocks.entities import Block
from deepstory.idempotency import IdempotencyRecord
from deepstory.posts.entities import EntryDraft
from deepstory.services import Services
from fakes.blocks import MemoryBlockRepository
from fakes.comments import MemoryCommentRepository
from fakes.core import START
from fakes.likes import MemoryLikeRepository
from fakes.notices import FakePostAuthors, MemoryNoticeRepository
from fakes.posts import FakeAuthors, FakePictures, a_user
from support.api import FakeServices
from support.friends import use_memory_friends

MINA, JUN, SORA = (f"0{number}" + "a" * 24 for number in range(3))
NAMES = {MINA: "미나", JUN: "Jun", SORA: "소라"}
RECORD = IdempotencyRecord(key="claim", fingerprint="k1:f", answer="x", expires_at=2_000_000_000)


class FakePeople(FakeAuthors):
    def find_by_email(self, email: str) -> User | None:
        return next((user for user in self.users.values() if user.email == email), None)


class Home:
    """The use cases of secret friends, and ways to do what tests do again and again."""

    def __init__(self, services: Any) -> None:
        self.services: Services = services
        self.people = FakePeople(*(a_user(each, name=name) for each, name in NAMES.items()))
        self.pictures = FakePictures()
        services.accounts = services.users = self.people
        services.picture_repository = self.pictures

    def ask(self, asker_id: str = MINA, user_id: str = JUN, name: str = "우리 일기") -> str:
        shown = self.services.friend_requests.ask_person(
            asker_id=asker_id, user_id=user_id, diary_name=name
        )
        return shown.request.request_id

    def ask_address(self, email: str, asker_id: str = MINA) -> str:
        shown = self.services.friend_requests.ask_by_email(
            asker_id=asker_id, email=email, diary_name="우리 일기"
        )
        return shown.request.request_id

    def accept(self, request_id: str, user_id: str = JUN) -> str:
        shown = self.services.friend_answers.accept(request_id=request_id, user_id=user_id)
        return shown.diary.diary_id

    def befriend(self, asker_id: str = MINA, user_id: str = JUN) -> str:
        return self.accept(self.ask(asker_id, user_id), user_id)

    def block(self, user_id: str, blocked_id: str) -> None:
        self.services.friend_parting.block(
            Block(user_id=user_id, blocked_id=blocked_id, created_at=START)
        )

    def write(self, diary_id: str, author_id: str = MINA, text: str = "비밀이다.") -> str:
        details = self.services.secret_entries.write(
            diary_id=diary_id, author_id=author_id, draft=EntryDraft(title="제목", text=text)
        )
        return details.entry.entry_id

    def listed(self, user_id: str, box: Any) -> list[str]:
        page = self.services.friend_requests.list_of(user_id=user_id, box=box, limit=100)
        return [shown.request.request_id for shown in page.items]

    def diaries(self, user_id: str) -> list[str]:
        page = self.services.secret_diaries.list_of(user_id=user_id, limit=100)
        return [shown.diary.diary_id for shown in page.items]


def memory_home() -> Home:
    services: Any = FakeServices()
    services.block_repository = MemoryBlockRepository()
    services.like_repository = MemoryLikeRepository()
    services.comment_repository = MemoryCommentRepository(services.idempotency_repository)
    services.notice_repository = MemoryNoticeRepository()
    services.post_authors = FakePostAuthors({})
    use_memory_friends(services)
    return Home(services)


@pytest.fixture(params=["memory", "dynamodb"])
def home(request: pytest.FixtureRequest) -> Home:
    if request.param == "memory":
        return memory_home()
    return Home(Services(request.getfixturevalue("settings")))


@pytest.fixture
def engine_home(request: pytest.FixtureRequest) -> Home:
    """On the real engine only: what happens at once there."""
    return Home(Services(request.getfixturevalue("settings")))
