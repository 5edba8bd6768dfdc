"""Makes the accounts of a home: ``python -m local.seed`` in the API Lambda's environment.

Standard input is JSON: ``{"password": ..., "accounts": [{email, name, role, language}]}``. An
account that exists keeps everything but a password that differs: the one printed at start works.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import Any

from deepstory.config import settings
from deepstory.services import Services

_BIRTH_DATE = date(1990, 1, 1)


def seed(services: Services, account: dict[str, Any], password: str) -> None:
    """Create one account, or give it the password."""
    user = services.users.find_by_email(account["email"])
    if user is None:
        services.accounts.sign_up(
            email=account["email"],
            password=password,
            name=account["name"],
            birth_date=_BIRTH_DATE,
            gender="undisclosed",
            language=account["language"],
            timezone=services.settings.service_time_zone,
            role=account["role"],
        )
    elif not services.passwords.matches(password, user.password_hash):
        services.users.replace_password(
            user.user_id,
            old_hash=user.password_hash,
            new_hash=services.passwords.hash(password),
            now=services.clock.now(),
        )


def main() -> None:
    """Seed everything that standard input asks for."""
    wanted = json.load(sys.stdin)
    services = Services(settings())
    for account in wanted["accounts"]:
        seed(services, account, wanted["password"])


if __name__ == "__main__":
    main()
