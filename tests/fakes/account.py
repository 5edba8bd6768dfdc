"""Stores of resets, exports and erasures in memory, with the behaviour that the contract tests
demand of both, and fakes of what takes work and mail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from msgspec.structs import replace

from deepstory.accounts.entities import User
from deepstory.erasure.entities import Counts, Erasure, Receipt
from deepstory.exports.entities import Export, Status
from deepstory.exports.repository import Sink
from deepstory.mail.mailer import Mail
from deepstory.password_resets.entities import Reset
from deepstory.stats.counting import less, of_user
from fakes.accounts import MemoryUserRepository
from fakes.stats import MemoryCounterRepository


class MemoryQueue:
    """Keeps what was sent; a test takes it out."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, timedelta]] = []
        self.fails = False

    def send(self, body: bytes, *, delay: timedelta = timedelta(0)) -> None:
        if self.fails:
            raise ConnectionError("the queue does not answer")
        self.sent.append((body, delay))

    def take(self) -> list[bytes]:
        taken, self.sent = [body for body, _ in self.sent], []
        return taken


class MemoryMailer:
    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.fails = False

    def send(self, mail: Mail) -> None:
        if self.fails:
            raise ConnectionError("nobody takes mail")
        self.mails.append(mail)


class MemoryResetRepository:
    def __init__(self, users: MemoryUserRepository) -> None:
        self.resets: dict[str, Reset] = {}
        self._users = users

    def get(self, user_id: str) -> Reset | None:
        return self.resets.get(user_id)

    def begin(self, reset: Reset) -> bool:
        stored = self.get(reset.user_id)
        if stored is not None:
            same = stored.request_id == reset.request_id
            is_open = same and not stored.is_sent and not stored.is_used
            if stored.request_id >= reset.request_id and not is_open:
                return False
        self.resets[reset.user_id] = reset
        return True

    def mark_sent(self, reset: Reset) -> None:
        stored = self.get(reset.user_id)
        if stored is not None and stored.token_hash == reset.token_hash:
            self.resets[reset.user_id] = replace(stored, is_sent=True)

    def use(self, reset: Reset, *, password_hash: str, now: datetime) -> bool:
        stored, user = self.get(reset.user_id), self._users.get(reset.user_id)
        if stored is None or stored.token_hash != reset.token_hash or stored.is_used:
            return False
        if user is None:
            return False
        self.resets[reset.user_id] = replace(stored, is_used=True)
        return self._users.replace_password(
            user.user_id, old_hash=user.password_hash, new_hash=password_hash, now=now
        )


class MemoryExportRepository:
    def __init__(self) -> None:
        self.exports: dict[tuple[str, str], Export] = {}
        self._running: dict[str, str] = {}

    def add(self, export: Export) -> bool:
        running = self.running(export.user_id)
        if running is not None and running.status_at(export.requested_at) == "pending":
            return False
        self.exports[export.user_id, export.export_id] = export
        self._running[export.user_id] = export.export_id
        return True

    def get(self, user_id: str, export_id: str) -> Export | None:
        return self.exports.get((user_id, export_id))

    def running(self, user_id: str) -> Export | None:
        export_id = self._running.get(user_id)
        return self.get(user_id, export_id) if export_id else None

    def claim(self, export: Export, *, now: datetime, until: datetime) -> Export | None:
        stored = self.get(export.user_id, export.export_id)
        if stored is None or stored.status != "pending":
            return None
        if stored.leased_until is not None and stored.leased_until > now:
            return None
        claimed = replace(stored, leased_until=until, attempts=stored.attempts + 1)
        self.exports[export.user_id, export.export_id] = claimed
        return claimed

    def finish(
        self, export: Export, status: Status, *, now: datetime, size: int | None = None
    ) -> bool:
        stored = self.get(export.user_id, export.export_id)
        if stored is None or stored.status != "pending":
            return False
        ended = replace(stored, status=status, finished_at=now, size=size)
        self.exports[export.user_id, export.export_id] = ended
        if self._running.get(export.user_id) == export.export_id:
            del self._running[export.user_id]
        return True


class _Buffer:
    def __init__(self) -> None:
        self.content = bytearray()

    def write(self, content: bytes, /) -> int:
        self.content += content
        return len(content)


class MemoryExportFiles:
    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    @contextmanager
    def writing(self, key: str) -> Iterator[Sink]:
        buffer = _Buffer()
        yield buffer
        self.objects[key] = bytes(buffer.content)

    def remove(self, key: str) -> None:
        self.objects.pop(key, None)


class FakeExportUrls:
    def url(self, key: str, *, name: str, seconds: int) -> str:
        return f"https://exports.example/{key}?name={name}&seconds={seconds}"


class MemoryErasureRepository:
    def __init__(self) -> None:
        self.erasures: dict[str, Erasure] = {}
        self.receipts: dict[str, Receipt] = {}

    def get(self, user_id: str) -> Erasure | None:
        return self.erasures.get(user_id)

    def claim(self, erasure: Erasure, *, now: datetime, until: datetime) -> bool:
        stored = self.get(erasure.user_id)
        if stored is None or (stored.leased_until is not None and stored.leased_until > now):
            return False
        self.erasures[erasure.user_id] = replace(stored, leased_until=until, due_at=until)
        return True

    def note_found(self, user_id: str, found: Counts) -> None:
        stored = self.get(user_id)
        if stored is not None and stored.found is None:
            self.erasures[user_id] = replace(stored, found=found)

    def release(self, erasure: Erasure) -> None:
        stored = self.get(erasure.user_id)
        if stored is None:
            return
        self.erasures[erasure.user_id] = replace(
            stored,
            leased_until=None,
            due_at=erasure.due_at,
            looks=erasure.looks,
            verified_at=erasure.verified_at or stored.verified_at,
        )

    def finish(self, erasure: Erasure, receipt: Receipt) -> None:
        self.erasures.pop(erasure.user_id, None)
        self.receipts[receipt.pseudonym] = receipt

    def receipt(self, pseudonym: str) -> Receipt | None:
        return self.receipts.get(pseudonym)

    def due(self, *, until: datetime, limit: int) -> Sequence[str]:
        due = [each for each in self.erasures.values() if each.due_at <= until]
        return [each.user_id for each in sorted(due, key=lambda each: each.due_at)][:limit]


class MemoryClosing:
    def __init__(
        self,
        users: MemoryUserRepository,
        erasures: MemoryErasureRepository,
        counters: MemoryCounterRepository,
    ) -> None:
        self._users = users
        self._erasures = erasures
        self._counters = counters

    def close(self, user: User, erasure: Erasure) -> bool:
        stored = self._users.get(user.user_id)
        if stored is None or _counted(stored) != _counted(user):
            return False
        self._users.forget(user.user_id)
        self._erasures.erasures[user.user_id] = erasure
        self._counters.add(less(of_user(user)))
        return True


class MemoryEraser:
    """Removes things from a list; ``on_erase`` may interfere before each removal."""

    def __init__(self, name: str, things: dict[str, int]) -> None:
        self.name = name
        self.things = things
        self.on_erase: Callable[[], None] = lambda: None

    def erase(self, user_id: str, *, limit: int) -> int:
        removed = min(limit, self.count(user_id))
        for _ in range(removed):
            self.on_erase()
            self.things[user_id] -= 1
        return removed

    def count(self, user_id: str) -> int:
        return max(0, self.things.get(user_id, 0))


def _counted(user: User) -> tuple[object, ...]:
    return user.password_hash, user.birth_date, user.gender
