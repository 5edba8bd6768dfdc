"""The stores of resets, exports and erasures over memory, and what a test sees of them."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from deepstory.password_resets.entities import ResetRequest
from deepstory.password_resets.sending import ResetSender
from deepstory.services import Services
from fakes.account import (
    FakeExportUrls,
    MemoryClosing,
    MemoryErasureRepository,
    MemoryExportFiles,
    MemoryExportRepository,
    MemoryMailer,
    MemoryQueue,
    MemoryResetRepository,
)
from fakes.core import CountedRandom

ORIGIN = "https://diary.example"
_TOKEN = re.compile(re.escape(f"{ORIGIN}/reset-password#token=") + r"(\S+)")


def over_memory(services: Services) -> None:
    """Put memory under the use cases of accounts as a whole."""
    account: Any = services.account
    users: Any = services.users
    counters: Any = services.counters
    account.reset_queue, account.export_queue = MemoryQueue(), MemoryQueue()
    account.erasure_queue, account.mailer = MemoryQueue(), MemoryMailer()
    account.reset_repository = MemoryResetRepository(users)
    account.export_repository = MemoryExportRepository()
    account.export_files, account.export_urls = MemoryExportFiles(), FakeExportUrls()
    account.erasure_repository = MemoryErasureRepository()
    account.closing_repository = MemoryClosing(users, account.erasure_repository, counters)
    account.reset_sender = ResetSender(
        resets=account.reset_repository,
        recipients=users,
        mailer=account.mailer,
        clock=services.clock,
        web_origin=ORIGIN,
        random_bytes=CountedRandom(),
    )


def deliver(services: Services) -> list[str]:
    """Do what the worker does with requests that wait, and return the tokens that were mailed."""
    account: Any = services.account
    before = len(account.mailer.mails)
    for body in account.reset_queue.take():
        account.reset_sender.answer(msgspec.json.decode(body, type=ResetRequest))
    return [token_of(mail.text) for mail in account.mailer.mails[before:]]


def token_of(text: str) -> str:
    match = _TOKEN.search(text)
    assert match, text
    return match[1]
