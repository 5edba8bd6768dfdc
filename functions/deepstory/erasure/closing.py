"""The use case of leaving."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from deepstory.accounts.errors import InvalidTokenError, WrongPasswordError
from deepstory.accounts.passwords import Passwords
from deepstory.accounts.repository import SessionRepository, UserRepository
from deepstory.accounts.sessions import SessionService, attempt_limits
from deepstory.clock import Clock
from deepstory.erasure.entities import EraseOrder, Erasure
from deepstory.erasure.errors import AdministratorLeavesError
from deepstory.erasure.repository import Closing, Eraser
from deepstory.errors import UnavailableError
from deepstory.limits import LimitRepository
from deepstory.observability import logger, pseudonym
from deepstory.queues import Queue

# Losing a race means that the same person changed something elsewhere meanwhile.
_ATTEMPTS = 5
# When the clock looks after an erasure of which no message came through.
FIRST_LOOK = timedelta(minutes=5)
# Each is a transaction, and somebody waits for the answer.
FAREWELLS_AT_ONCE = 100


class AccountClosing:
    def __init__(
        self,
        *,
        users: UserRepository,
        closing: Closing,
        sessions: SessionRepository,
        session_service: SessionService,
        limits: LimitRepository,
        passwords: Passwords,
        erasures: Queue,
        farewells: Sequence[Eraser],
        clock: Clock,
    ) -> None:
        """``farewells`` erase what others have together with somebody, as leaving it does."""
        self._users = users
        self._closing = closing
        self._sessions = sessions
        self._session_service = session_service
        self._limits = limits
        self._passwords = passwords
        self._erasures = erasures
        self._farewells = farewells
        self._clock = clock

    def close(self, *, user_id: str, password: str, address: str) -> None:
        """Close one's account at once and have everything of it erased.

        From then on nobody can log in with it, its sessions are dead, and whoever looks for its
        owner or anything of theirs finds nothing. The e-mail address is free again, and what two
        had together, like secret diaries, is closed for the other one as well.

        Raises
        ------
        WrongPasswordError
        AdministratorLeavesError : whoever runs the service cannot leave it like this.
        TooManyAttemptsError : guessing from a stolen session is throttled as log-ins are.
        """
        for _ in range(_ATTEMPTS):
            user = self._users.get(user_id)
            if user is None:
                raise InvalidTokenError
            if user.role == "admin":
                raise AdministratorLeavesError
            now = self._clock.now()
            attempts = attempt_limits(email=user.email, address=address, now=now)
            self._session_service.take_attempts(attempts, now=now)
            if not self._passwords.matches(password, user.password_hash):
                raise WrongPasswordError("The password is wrong.", fields={"password": "is wrong"})
            for limit in attempts:
                self._limits.give_back(limit)
            erasure = Erasure(user_id=user_id, closed_at=now, due_at=now + FIRST_LOOK)
            if self._closing.close(user, erasure):
                self._begin(user_id)
                return
        raise UnavailableError(retry_after=1)

    def _begin(self, user_id: str) -> None:
        # A break here is made good by the erasure, which ends the sessions first of all, and by
        # the clock, which looks after erasures of which no message came through.
        self._sessions.remove_all(user_id)
        logger().info("account closed", extra={"user": pseudonym(user_id)})
        self._say_farewell(user_id)
        try:
            self._erasures.send(msgspec.json.encode(EraseOrder(user_id)))
        except Exception as error:
            # The account is closed, which is what the caller asked: a second try would be refused.
            logger().warning("erasure waits for the clock", exc_info=error)

    def _say_farewell(self, user_id: str) -> None:
        """Close what is shared before anything of it is erased; the erasure does what is left."""
        try:
            for each in self._farewells:
                each.erase(user_id, limit=FAREWELLS_AT_ONCE)
        except Exception as error:
            logger().warning("farewells wait for the erasure", exc_info=error)
