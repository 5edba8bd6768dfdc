"""Who can log in from the start, and with which password."""

from __future__ import annotations

import os
import secrets

from local.settings import RunSettings

_BYTES = 9


def password(settings: RunSettings) -> str:
    """Return the one given, else the one kept in the data directory, else a new one; keep it."""
    kept = settings.data_dir / "demo-password"
    known = kept.read_text().strip() if kept.exists() else ""
    chosen = settings.demo_password or known or secrets.token_urlsafe(_BYTES)
    if chosen != known:
        partial = kept.with_name(f"{kept.name}.partial")
        partial.unlink(missing_ok=True)
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as stream:
            stream.write(f"{chosen}\n")
        partial.replace(kept)
    return chosen


def accounts(settings: RunSettings) -> list[dict[str, str]]:
    """Return e-mail, name, role and language of each account; DEMO=0 leaves the administrator."""
    admin = {
        "email": "admin@deepstory.local",
        "name": "Deep-Story",
        "role": "admin",
        "language": "en",
    }
    demo = [
        {"email": "demo1@deepstory.local", "name": "하루", "role": "user", "language": "ko"},
        {"email": "demo2@deepstory.local", "name": "Robin", "role": "user", "language": "en"},
    ]
    return [admin, *demo] if settings.demo else [admin]
