"""Use cases of having an account."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date

import msgspec

from deepstory.accounts.entities import Gender, Language, Profile, Role, Tokens, User
from deepstory.accounts.errors import InvalidTokenError, WrongPasswordError
from deepstory.accounts.passwords import Passwords
from deepstory.accounts.repository import SessionRepository, UserRepository
from deepstory.accounts.sessions import SessionService, attempt_limits
from deepstory.clock import Clock
from deepstory.errors import NotFoundError, UnavailableError
from deepstory.idempotency import Claim
from deepstory.ids import IdFactory
from deepstory.limits import LimitRepository

# Losing a race means that the same person changed birth date or gender elsewhere meanwhile.
_ATTEMPTS = 5


def normalised_email(email: str) -> str:
    """Return the form in which an address is unique: NFKC, no outer space, case folded."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


class AccountService:
    def __init__(
        self,
        *,
        users: UserRepository,
        sessions: SessionRepository,
        session_service: SessionService,
        limits: LimitRepository,
        passwords: Passwords,
        clock: Clock,
        ids: IdFactory,
    ) -> None:
        self._users = users
        self._sessions = sessions
        self._session_service = session_service
        self._limits = limits
        self._passwords = passwords
        self._clock = clock
        self._ids = ids

    def sign_up(
        self,
        *,
        email: str,
        password: str,
        name: str,
        birth_date: date,
        gender: Gender,
        language: Language,
        timezone: str,
        role: Role = "user",
        claim: Claim[User] | None = None,
    ) -> tuple[User, Tokens]:
        """Create the account and its first session.

        Raises
        ------
        EmailTakenError : another account has the address.
        DuplicateRequestError : the claim's request was carried out before.
        """
        now = self._clock.now()
        user = User(
            user_id=self._ids.new(),
            email=normalised_email(email),
            name=name,
            password_hash=self._passwords.hash(password),
            birth_date=birth_date,
            gender=gender,
            language=language,
            timezone=timezone,
            role=role,
            created_at=now,
            updated_at=now,
        )
        session, token = self._session_service.prepare(user_id=user.user_id, role=role)
        record = claim.record(user) if claim else None
        if record is not None:
            # Nobody made the request yet; its record goes with the account that it made.
            record = msgspec.structs.replace(record, owner_id=user.user_id)
        self._users.add(user, session, record)
        return user, self._session_service.tokens(session, token)

    def me(self, *, user_id: str) -> User:
        user = self._users.get(user_id)
        if user is None:
            raise InvalidTokenError
        return user

    def profile(self, *, user_id: str) -> Profile:
        """Raise NotFoundError if there is nobody of this id, or somebody who is suspended."""
        user = self._users.get(user_id)
        if user is None or user.is_suspended:
            raise NotFoundError
        return Profile(user_id=user.user_id, name=user.name, since=user.created_at)

    def names_of(self, *, user_ids: Iterable[str], suspended: bool = False) -> dict[str, str]:
        """Return names by id; people who are gone are left out.

        So are suspended people, unless asked for: what they wrote is in no list until they are
        restored, but administrators have to see it.
        """
        users = self._users.get_many(user_ids)
        return {uid: user.name for uid, user in users.items() if suspended or not user.is_suspended}

    def update_profile(
        self,
        *,
        user_id: str,
        name: str | None = None,
        birth_date: date | None = None,
        gender: Gender | None = None,
        language: Language | None = None,
        timezone: str | None = None,
    ) -> User:
        """Change what is given and keep the rest."""
        for _ in range(_ATTEMPTS):
            user = self.me(user_id=user_id)
            changed = msgspec.structs.replace(
                user,
                name=name or user.name,
                birth_date=birth_date or user.birth_date,
                gender=gender or user.gender,
                language=language or user.language,
                timezone=timezone or user.timezone,
                updated_at=self._clock.now(),
            )
            if self._users.replace_profile(user, changed):
                return changed
        raise UnavailableError(retry_after=1)

    def change_password(
        self,
        *,
        user_id: str,
        session_id: str,
        address: str,
        current_password: str,
        new_password: str,
    ) -> None:
        """Change the password and end every other session.

        Raises
        ------
        WrongPasswordError : the current password is another, or was just changed elsewhere.
        TooManyAttemptsError : guessing from a stolen session is throttled as log-ins are.
        """
        user = self.me(user_id=user_id)
        now = self._clock.now()
        attempts = attempt_limits(email=user.email, address=address, now=now)
        self._session_service.take_attempts(attempts, now=now)
        if not self._passwords.matches(current_password, user.password_hash):
            raise WrongPasswordError(fields={"current_password": "is wrong"})
        for limit in attempts:
            self._limits.give_back(limit)
        replaced = self._users.replace_password(
            user_id,
            old_hash=user.password_hash,
            new_hash=self._passwords.hash(new_password),
            now=now,
        )
        if not replaced:
            raise WrongPasswordError(fields={"current_password": "was changed meanwhile"})
        self._sessions.remove_all(user_id, keep=session_id)
