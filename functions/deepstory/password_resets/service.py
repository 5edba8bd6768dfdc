"""Use cases of somebody who forgot the password."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

import msgspec

from deepstory.accounts.passwords import Passwords
from deepstory.accounts.repository import SessionRepository
from deepstory.clock import Clock
from deepstory.ids import IdFactory
from deepstory.limits import LimitRepository, window
from deepstory.password_resets.entities import ResetRequest, parse_token
from deepstory.password_resets.errors import InvalidResetTokenError, TooManyResetsError
from deepstory.password_resets.repository import ResetRepository
from deepstory.queues import Queue

PER_ACCOUNT = 5
WINDOW = timedelta(hours=1)


class PasswordResetService:
    def __init__(
        self,
        *,
        resets: ResetRepository,
        sessions: SessionRepository,
        limits: LimitRepository,
        passwords: Passwords,
        requests: Queue,
        clock: Clock,
        ids: IdFactory,
    ) -> None:
        self._resets = resets
        self._sessions = sessions
        self._limits = limits
        self._passwords = passwords
        self._requests = requests
        self._clock = clock
        self._ids = ids

    def request(self, *, email: str) -> None:
        """Have a link mailed, if the normalised ``email`` has an account.

        Nothing here looks whether it has, so neither the answer nor its time can tell.

        Raises
        ------
        TooManyResetsError : asked too often for this e-mail address.
        """
        account = hashlib.sha256(email.encode()).hexdigest()
        now = self._clock.now()
        limit = window(f"reset#account#{account}", maximum=PER_ACCOUNT, length=WINDOW, now=now)
        if not self._limits.take(limit):
            raise TooManyResetsError(retry_after=limit.seconds_left(now))
        request = ResetRequest(request_id=self._ids.new(), email=email, requested_at=now)
        self._requests.send(msgspec.json.encode(request))

    def confirm(self, *, token: str, password: str) -> None:
        """Set the password with a token from a mail, and end every session of the account.

        Raises
        ------
        InvalidResetTokenError : the token is false, used, expired or replaced by a later one.
        """
        given = parse_token(token)
        reset = self._resets.get(given.user_id)
        now = self._clock.now()
        if reset is None or not hmac.compare_digest(reset.token_hash, given.hashed()):
            raise InvalidResetTokenError
        # Expiry is compared, not left to the table's clean-up, which may be days late.
        if reset.is_used or reset.valid_until <= now:
            raise InvalidResetTokenError
        password_hash = self._passwords.hash(password)
        # Also before the password changes: a break between the two writes leaves no session.
        self._sessions.remove_all(reset.user_id)
        if not self._resets.use(reset, password_hash=password_hash, now=now):
            raise InvalidResetTokenError
        self._sessions.remove_all(reset.user_id)
