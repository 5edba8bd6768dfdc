"""The services of this process, built on first use."""

from __future__ import annotations

from functools import cache

from deepstory.config import settings
from deepstory.services import Services

__all__ = ["Services", "services"]


@cache
def services() -> Services:
    return Services(settings())
