"""What every store of resets, exports and erasures must do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from deepstory.accounts.items import UserItem, user_item
from deepstory.dynamodb import bound, connection
from deepstory.erasure.dynamodb import DynamoDBErasureRepository, ErasureItem
from deepstory.erasure.entities import Erasure, Receipt
from deepstory.erasure.repository import ErasureRepository
from deepstory.exports.dynamodb import DynamoDBExportRepository
from deepstory.exports.entities import GIVEN_UP_AFTER, Export
from deepstory.exports.repository import ExportRepository
from deepstory.password_resets.dynamodb import DynamoDBResetRepository
from deepstory.password_resets.entities import Reset
from deepstory.password_resets.repository import ResetRepository
from fakes.account import (
    MemoryErasureRepository,
    MemoryExportRepository,
    MemoryResetRepository,
)
from fakes.accounts import MemoryUserRepository
from fakes.core import START
from fakes.posts import a_user

SOON = START + timedelta(minutes=10)
RESET = Reset(user_id="u1", request_id="r2", token_hash="hash", valid_until=SOON)
EXPORT = Export(user_id="u1", export_id="e1", status="pending", file_key="key", requested_at=START)
ERASURE = Erasure(user_id="u1", closed_at=START, due_at=SOON)


@pytest.fixture(params=["memory", "dynamodb"])
def resets(request: pytest.FixtureRequest) -> ResetRepository:
    """Resets of one user, u1."""
    if request.param == "memory":
        users = MemoryUserRepository()
        users._users["u1"] = a_user("u1")
        return MemoryResetRepository(users)
    settings = request.getfixturevalue("settings")
    user_item(bound(UserItem, settings.users_table), a_user("u1")).save()
    return DynamoDBResetRepository(
        resets_table=settings.password_resets_table,
        users_table=settings.users_table,
        connection=connection(),
    )


@pytest.fixture(params=["memory", "dynamodb"])
def exports(request: pytest.FixtureRequest) -> ExportRepository:
    if request.param == "memory":
        return MemoryExportRepository()
    table = request.getfixturevalue("settings").exports_table
    return DynamoDBExportRepository(exports_table=table, connection=connection())


@pytest.fixture(params=["memory", "dynamodb"])
def erasures(request: pytest.FixtureRequest) -> ErasureRepository:
    """Erasures with those of u1 (due soon) and u2 (due later)."""
    later = replace(ERASURE, user_id="u2", due_at=SOON + timedelta(minutes=1))
    if request.param == "memory":
        memory = MemoryErasureRepository()
        memory.erasures = {"u1": ERASURE, "u2": later}
        return memory
    table = request.getfixturevalue("settings").erasures_table
    items = bound(ErasureItem, table)
    for each in (ERASURE, later):
        items(
            each.user_id,
            closed_at=each.closed_at,
            due_at=each.due_at,
            queue="due",
            looks=0,
        ).save()
    return DynamoDBErasureRepository(erasures_table=table, connection=connection())


class TestResets:
    def test_reset_is_found_as_it_was_begun(self, resets: ResetRepository) -> None:
        assert resets.get("u1") is None
        assert resets.begin(RESET)
        assert resets.get("u1") == RESET

    def test_later_request_takes_the_place_and_earlier_ones_do_not(
        self, resets: ResetRepository
    ) -> None:
        resets.begin(RESET)
        assert not resets.begin(replace(RESET, request_id="r1", token_hash="earlier"))
        assert resets.get("u1") == RESET

        later = replace(RESET, request_id="r3", token_hash="later")
        assert resets.begin(later)
        assert resets.get("u1") == later

    def test_request_that_was_not_mailed_may_be_begun_again_and_one_that_was_not(
        self, resets: ResetRepository
    ) -> None:
        resets.begin(RESET)
        second = replace(RESET, token_hash="second")
        assert resets.begin(second)

        resets.mark_sent(RESET)
        assert resets.get("u1") == second, "another try's mark counts for nothing"
        resets.mark_sent(second)
        assert resets.get("u1") == replace(second, is_sent=True)
        assert not resets.begin(RESET)

    def test_token_is_used_once(self, resets: ResetRepository) -> None:
        resets.begin(RESET)
        assert not resets.use(replace(RESET, token_hash="false"), password_hash="x", now=SOON)
        assert resets.use(RESET, password_hash="new", now=SOON)
        assert not resets.use(RESET, password_hash="newer", now=SOON)
        assert not resets.begin(RESET)

        stored = resets.get("u1")
        assert stored and stored.is_used

    def test_nobodys_token_sets_no_password(self, resets: ResetRepository) -> None:
        nobodys = replace(RESET, user_id="u9")
        resets.begin(nobodys)
        assert not resets.use(nobodys, password_hash="new", now=SOON)
        assert resets.get("u9") == nobodys

    def test_mark_of_a_reset_that_is_gone_is_no_error(self, resets: ResetRepository) -> None:
        resets.mark_sent(RESET)
        assert resets.get("u1") is None


class TestExports:
    def test_export_is_found_as_it_was_added(self, exports: ExportRepository) -> None:
        assert exports.running("u1") is None
        assert exports.add(EXPORT)
        assert exports.get("u1", "e1") == exports.running("u1") == EXPORT
        assert exports.get("u2", "e1") is None

    def test_one_at_a_time_until_it_is_given_up(self, exports: ExportRepository) -> None:
        exports.add(EXPORT)
        second = replace(EXPORT, export_id="e2")
        assert not exports.add(second)
        assert exports.get("u1", "e2") is None
        assert exports.add(replace(second, user_id="u2"))

        assert exports.add(replace(second, requested_at=START + GIVEN_UP_AFTER))
        running = exports.running("u1")
        assert running and running.export_id == "e2"

    def test_claim_is_one_workers_until_its_lease_is_over(self, exports: ExportRepository) -> None:
        exports.add(EXPORT)
        claimed = exports.claim(EXPORT, now=START, until=SOON)
        assert claimed == replace(EXPORT, leased_until=SOON, attempts=1)
        assert exports.claim(EXPORT, now=SOON - timedelta(seconds=1), until=SOON) is None

        again = exports.claim(EXPORT, now=SOON, until=SOON + timedelta(minutes=1))
        assert again and again.attempts == 2

    def test_end_frees_the_way_for_another(self, exports: ExportRepository) -> None:
        exports.add(EXPORT)
        assert exports.finish(EXPORT, "ready", now=SOON, size=7)
        assert not exports.finish(EXPORT, "failed", now=SOON)

        assert exports.get("u1", "e1") == replace(EXPORT, status="ready", finished_at=SOON, size=7)
        assert exports.running("u1") is None
        assert exports.claim(EXPORT, now=SOON, until=SOON) is None
        assert exports.add(replace(EXPORT, export_id="e2"))

    def test_export_that_is_gone_cannot_be_ended(self, exports: ExportRepository) -> None:
        assert not exports.finish(EXPORT, "ready", now=SOON)
        assert exports.claim(EXPORT, now=SOON, until=SOON) is None
        assert exports.get("u1", "e1") is None


class TestErasures:
    def test_due_ones_are_found_the_longest_waiting_first(
        self, erasures: ErasureRepository
    ) -> None:
        assert erasures.get("u1") == ERASURE
        assert erasures.due(until=SOON - timedelta(seconds=1), limit=10) == []
        assert erasures.due(until=SOON, limit=10) == ["u1"]
        late = SOON + timedelta(hours=1)
        assert erasures.due(until=late, limit=10) == ["u1", "u2"]
        assert erasures.due(until=late, limit=1) == ["u1"]

    def test_lease_is_one_workers_and_puts_off_the_clock(self, erasures: ErasureRepository) -> None:
        until = SOON + timedelta(minutes=5)
        assert erasures.claim(ERASURE, now=SOON, until=until)
        assert not erasures.claim(ERASURE, now=SOON, until=until)
        assert erasures.due(until=SOON, limit=10) == []
        assert erasures.claim(ERASURE, now=until, until=until + timedelta(minutes=5))

    def test_release_writes_how_far_it_is(self, erasures: ErasureRepository) -> None:
        erasures.claim(ERASURE, now=START, until=SOON)
        erasures.release(replace(ERASURE, looks=2, verified_at=SOON))
        assert erasures.get("u1") == replace(ERASURE, looks=2, verified_at=SOON)
        assert erasures.claim(ERASURE, now=START, until=SOON)

    def test_what_was_found_first_stays(self, erasures: ErasureRepository) -> None:
        erasures.note_found("u1", {"posts": 3})
        erasures.note_found("u1", {"posts": 1})
        erasures.release(replace(ERASURE, found={"posts": 0}))
        assert erasures.get("u1") == replace(ERASURE, found={"posts": 3})

    def test_receipt_takes_the_place_and_nothing_brings_the_erasure_back(
        self, erasures: ErasureRepository
    ) -> None:
        receipt = Receipt(
            pseudonym="p1",
            closed_at=START,
            finished_at=SOON,
            found={"posts": 3},
            left={"posts": 0},
        )
        erasures.finish(ERASURE, receipt)
        erasures.finish(ERASURE, receipt)
        erasures.note_found("u1", {"posts": 1})
        erasures.release(ERASURE)

        assert not erasures.claim(ERASURE, now=START, until=SOON)
        assert erasures.get("u1") is None
        assert erasures.due(until=SOON, limit=10) == []
        assert isinstance(erasures, (DynamoDBErasureRepository, MemoryErasureRepository))
        assert erasures.receipt("p1") == receipt
        assert erasures.receipt("p2") is None
