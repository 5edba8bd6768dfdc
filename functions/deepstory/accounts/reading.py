"""Users as workers read them, which may do nothing else with them."""

from __future__ import annotations

from deepstory.accounts.entities import User
from deepstory.accounts.items import EmailItem, UserItem, user_of
from deepstory.dynamodb import bound


class DynamoDBUserReader:
    def __init__(self, *, users_table: str, emails_table: str = "") -> None:
        """Leave out the addresses where nobody is looked for by one."""
        self._users = bound(UserItem, users_table)
        self._emails = bound(EmailItem, emails_table)

    def get(self, user_id: str) -> User | None:
        try:
            return user_of(self._users.get(user_id, consistent_read=True))
        except self._users.DoesNotExist:
            return None

    def find_by_email(self, email: str) -> User | None:
        """Find by normalised address."""
        try:
            guard = self._emails.get(email, consistent_read=True)
        except self._emails.DoesNotExist:
            return None
        return self.get(guard.user_id)
