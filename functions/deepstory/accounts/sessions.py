"""Use cases of logging in, staying logged in and logging out."""

from __future__ import annotations

import hashlib
import hmac
import os
from datetime import datetime, timedelta

import msgspec

from deepstory.accounts.entities import Principal, Role, Session, Tokens, User
from deepstory.accounts.errors import (
    AccountSuspendedError,
    InvalidCredentialsError,
    InvalidTokenError,
    RefreshTokenReusedError,
    TooManyAttemptsError,
)
from deepstory.accounts.passwords import Passwords
from deepstory.accounts.repository import SessionRepository, UserRepository, Visits
from deepstory.accounts.tokens import (
    ACCESS_LIFETIME,
    REFRESH_LIFETIME,
    AccessClaims,
    RefreshToken,
    first_refresh_token,
    parse_refresh_token,
    sign_access_token,
    verify_access_token,
)
from deepstory.clock import Clock
from deepstory.errors import DeepStoryError
from deepstory.ids import IdFactory, RandomBytes
from deepstory.keys import SigningKeys
from deepstory.limits import Limit, LimitRepository, window
from deepstory.observability import logger, pseudonym

# A reply can be lost, and two tabs can refresh at once: the token before the current one is
# still answered for this long. Later it can only come from a thief, or from a thief's victim.
REUSE_GRACE = timedelta(seconds=10)

ATTEMPTS_PER_ACCOUNT = 10
ATTEMPTS_PER_ADDRESS = 100
ATTEMPT_WINDOW = timedelta(minutes=15)


class SessionService:
    def __init__(
        self,
        *,
        users: UserRepository,
        sessions: SessionRepository,
        limits: LimitRepository,
        passwords: Passwords,
        visits: Visits,
        keys: SigningKeys,
        clock: Clock,
        ids: IdFactory,
        random_bytes: RandomBytes = os.urandom,
    ) -> None:
        self._users = users
        self._sessions = sessions
        self._limits = limits
        self._passwords = passwords
        self._visits = visits
        self._keys = keys
        self._clock = clock
        self._ids = ids
        self._random_bytes = random_bytes

    def log_in(self, *, email: str, password: str, address: str) -> tuple[User, Tokens]:
        """Open a session; ``email`` is normalised, ``address`` is the client's IP address.

        Raises
        ------
        InvalidCredentialsError : no such account or another password, in equal time.
        AccountSuspendedError : told only to who knows the password.
        TooManyAttemptsError : too many failures for the account or from the address.
        """
        now = self._clock.now()
        attempts = attempt_limits(email=email, address=address, now=now)
        self.take_attempts(attempts, now=now)
        user = self._users.find_by_email(email)
        matches = self._passwords.matches(password, user.password_hash if user else None)
        if user is None or not matches:
            raise InvalidCredentialsError
        for limit in attempts:
            self._limits.give_back(limit)
        tokens = self.open(user)
        self._visits.note(user_id=user.user_id)
        return user, tokens

    def take_attempts(self, attempts: list[Limit], *, now: datetime) -> None:
        """Count an attempt before it is made, so that parallel guesses are counted too."""
        for position, limit in enumerate(attempts):
            if not self._limits.take(limit):
                for taken in attempts[:position]:
                    self._limits.give_back(taken)
                raise TooManyAttemptsError(retry_after=limit.seconds_left(now))

    def open(self, user: User) -> Tokens:
        """Open a session for someone who has proved who they are.

        Raises AccountSuspendedError; InvalidTokenError if the account is gone meanwhile, and
        InvalidCredentialsError if its password is another.
        """
        _refuse_suspended(user)
        session, token = self.prepare(user_id=user.user_id, role=user.role)
        self._sessions.add(session)
        try:
            # Whoever suspends, or resets the password, writes the user first and then ends the
            # sessions: either finds this one, or this finds what was written.
            if self._user_of(session).password_hash != user.password_hash:
                raise InvalidCredentialsError
        except DeepStoryError:
            self._sessions.remove(session.user_id, session.session_id)
            raise
        return self.tokens(session, token)

    def prepare(self, *, user_id: str, role: Role) -> tuple[Session, RefreshToken]:
        """Return a session that is not stored yet, and its first refresh token."""
        now = self._clock.now()
        # All of the id is random but its time; it also stands between a stranger and the
        # revocation of the family, so it is as secret as the tokens that hold it.
        session_id = self._ids.new()
        token = first_refresh_token(user_id, session_id, self._random_bytes(32))
        session = Session(
            user_id=user_id,
            session_id=session_id,
            role=role,
            token_hash=token.hashed(),
            previous_hash=None,
            key_id=self._keys.current()[0],
            rotated_at=now,
            created_at=now,
            expires_at=now + REFRESH_LIFETIME,
        )
        return session, token

    def tokens(self, session: Session, token: RefreshToken) -> Tokens:
        now = self._clock.now()
        claims = AccessClaims(user_id=session.user_id, session_id=session.session_id)
        return Tokens(
            access_token=sign_access_token(
                claims, keys=self._keys, now=now, lifetime=ACCESS_LIFETIME
            ),
            expires_in=int(ACCESS_LIFETIME.total_seconds()),
            refresh_token=str(token),
            refresh_expires_in=int((session.expires_at - now).total_seconds()),
        )

    def authenticate(self, *, access_token: str) -> Principal:
        """Raise InvalidTokenError unless the token is good and its session still lives.

        The session is read at each request (one key, half a kilobyte), so that logging out,
        logging out everywhere, changing the password and being suspended take effect at once;
        a suspended user's session raises AccountSuspendedError.
        """
        now = self._clock.now()
        claims = verify_access_token(access_token, keys=self._keys, now=now)
        session = self._sessions.get(claims.user_id, claims.session_id)
        if session is None or session.expires_at <= now:
            raise InvalidTokenError
        if session.is_suspended:
            raise AccountSuspendedError
        return Principal(user_id=claims.user_id, session_id=claims.session_id, role=session.role)

    def refresh(self, *, refresh_token: str) -> tuple[User, Tokens]:
        """Exchange a refresh token for its successor.

        Raises
        ------
        InvalidTokenError : no live session has this token.
        RefreshTokenReusedError : the token was replaced before; its session is ended.
        AccountSuspendedError : the token is good, and nobody may use it.
        """
        user, tokens = self._refreshed(refresh_token)
        self._visits.note(user_id=user.user_id)
        return user, tokens

    def log_out(self, *, user_id: str, session_id: str) -> None:
        self._sessions.remove(user_id, session_id)

    def log_out_with_refresh_token(self, *, refresh_token: str) -> None:
        """End the session of a current token; any other token changes nothing."""
        token = parse_refresh_token(refresh_token)
        session = self._sessions.get(token.user_id, token.session_id)
        if session is not None and _same(token.hashed(), session.token_hash):
            self._sessions.remove(token.user_id, token.session_id)

    def log_out_everywhere(self, *, user_id: str) -> None:
        self._sessions.remove_all(user_id)

    def _refreshed(self, refresh_token: str) -> tuple[User, Tokens]:
        token = parse_refresh_token(refresh_token)
        session = self._live_session(token)
        if _same(token.hashed(), session.token_hash):
            rotated, successor = self._rotate(session, token)
            if self._sessions.rotate(rotated, expected_hash=session.token_hash):
                return self._user_of(rotated), self.tokens(rotated, successor)
            # Another request was faster, or an earlier try of ours went through unnoticed.
            session = self._live_session(token)
        successor = self._successor_again(session, token)
        return self._user_of(session), self.tokens(session, successor)

    def _live_session(self, token: RefreshToken) -> Session:
        session = self._sessions.get(token.user_id, token.session_id)
        # Expiry is compared, not left to the table's clean-up, which may be days late.
        if session is None or session.expires_at <= self._clock.now():
            raise InvalidTokenError
        return session

    def _rotate(self, session: Session, token: RefreshToken) -> tuple[Session, RefreshToken]:
        now = self._clock.now()
        key_id, key = self._keys.current()
        successor = token.successor(key)
        rotated = msgspec.structs.replace(
            session,
            token_hash=successor.hashed(),
            previous_hash=session.token_hash,
            key_id=key_id,
            rotated_at=now,
            expires_at=now + REFRESH_LIFETIME,
        )
        return rotated, successor

    def _successor_again(self, session: Session, token: RefreshToken) -> RefreshToken:
        within_grace = self._clock.now() - session.rotated_at <= REUSE_GRACE
        key = self._keys.find(session.key_id)
        if session.previous_hash and _same(token.hashed(), session.previous_hash) and within_grace:
            successor = token.successor(key) if key else None
            if successor and _same(successor.hashed(), session.token_hash):
                return successor
        self._sessions.remove(session.user_id, session.session_id)
        logger().warning("refresh token reused", extra={"user": pseudonym(session.user_id)})
        raise RefreshTokenReusedError

    def _user_of(self, session: Session) -> User:
        user = self._users.get(session.user_id)
        if user is None:
            raise InvalidTokenError
        _refuse_suspended(user)
        return user


def attempt_limits(*, email: str, address: str, now: datetime) -> list[Limit]:
    """Return the limits of failed log-ins: of the account and of the client's address."""
    account = hashlib.sha256(email.encode()).hexdigest()
    return [
        window(
            f"login#account#{account}",
            maximum=ATTEMPTS_PER_ACCOUNT,
            length=ATTEMPT_WINDOW,
            now=now,
        ),
        window(
            f"login#address#{address}",
            maximum=ATTEMPTS_PER_ADDRESS,
            length=ATTEMPT_WINDOW,
            now=now,
        ),
    ]


def _refuse_suspended(user: User) -> None:
    if user.is_suspended:
        raise AccountSuspendedError


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left, right)
