"""Settings of one Lambda: read once, on first use, and never at import."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache

from deepstory.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Settings:
    """What the deployment tells the code; a Lambda is given only what it needs.

    A name left empty means that this Lambda has no business with the thing; ``require`` turns
    its use into a clear error instead of a call to a table without a name.
    """

    stage: str = ""
    users_table: str = ""
    emails_table: str = ""
    sessions_table: str = ""
    pictures_table: str = ""
    posts_table: str = ""
    likes_table: str = ""
    postings_table: str = ""
    indexed_posts_table: str = ""
    comments_table: str = ""
    notices_table: str = ""
    blocks_table: str = ""
    reports_table: str = ""
    friend_requests_table: str = ""
    friendships_table: str = ""
    secret_diaries_table: str = ""
    secret_entries_table: str = ""
    idempotency_table: str = ""
    limits_table: str = ""
    model_server_table: str = ""
    counters_table: str = ""
    audit_table: str = ""
    password_resets_table: str = ""
    exports_table: str = ""
    erasures_table: str = ""
    password_resets_queue: str = ""
    exports_queue: str = ""
    erasures_queue: str = ""
    erasure_settling_seconds: int = 120
    mail_from: str = ""
    web_origin: str = ""
    pictures_bucket: str = ""
    signing_keys_secret: str = ""
    model_endpoint: str = ""
    model_variant: str = "main"
    model_max_instances: int = 1
    model_concurrency: int = 8
    model_cold_start_seconds: int = 300
    model_drawing_seconds: int = 8
    model_control_function: str = ""
    model_instance_type: str = ""
    model_micro_usd_per_hour: int = 0
    model_idle_minutes: int = 3
    model_prompt_languages: str = "en"
    pictures_per_day: int = 50
    service_time_zone: str = "Asia/Seoul"
    cookie_secure: bool = True
    rate_limit_scale: int = 1
    trusted_hops: int = 0
    origin_key: str = ""

    def require(self, name: str) -> str:
        """Return a text setting, or raise ConfigurationError naming the variable to set."""
        value = getattr(self, name)
        if not isinstance(value, str) or not value:
            raise ConfigurationError(f"{name.upper()} is not set for this function")
        return value


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Build the settings; each field is the environment variable of the same name in capitals.

    Raises
    ------
    ConfigurationError : a number or truth value is malformed.
    """
    values: dict[str, str | int | bool] = {}
    for field in fields(Settings):
        text = environment.get(field.name.upper())
        if text is not None:
            values[field.name] = _parse(field.name, text, type(field.default))
    return Settings(**values)  # type: ignore[arg-type]  # each value was parsed to its field's type


@cache
def settings() -> Settings:
    """Return this process's settings."""
    return from_environment(os.environ)


def _parse(name: str, text: str, kind: type) -> str | int | bool:
    if kind is bool:
        if text not in ("true", "false"):
            raise ConfigurationError(f"{name.upper()} must be true or false, not {text!r}")
        return text == "true"
    if kind is int:
        if not text.isdecimal():
            raise ConfigurationError(f"{name.upper()} must be a whole number, not {text!r}")
        return int(text)
    return text
