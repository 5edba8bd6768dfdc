"""The administrator over HTTP."""

from __future__ import annotations

from datetime import date

import pytest

from support.api import Api


@pytest.fixture
def admin(api: Api) -> Api:
    """The API with the administrator logged in."""
    as_admin(api)
    return api


def as_admin(api: Api, email: str = "admin@example.com") -> str:
    """Make another administrator, send that one's token from now on, and return its id."""
    user, tokens = api.services.accounts.sign_up(
        email=email,
        password="correct horse",
        name="Admin",
        birth_date=date(1990, 1, 1),
        gender="undisclosed",
        language="en",
        timezone="Asia/Seoul",
        role="admin",
    )
    api.token = tokens.access_token
    return user.user_id
