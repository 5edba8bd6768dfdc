"""What ``make run`` is told: its variables come as environment variables of the same names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.errors import StartError

REPOSITORY = Path(__file__).resolve().parents[1]
REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class RunSettings:
    """One home: where it listens, where its data lies, and who is in it from the start."""

    port: int = 8000
    data_dir: Path = REPOSITORY / ".deepstory"
    demo: bool = True
    demo_password: str | None = None
    workers: int = 2

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def cloud_dir(self) -> Path:
        return self.data_dir / "cloud"

    @property
    def mailbox_dir(self) -> Path:
        """Where the embedded cloud keeps the mails that were sent."""
        return self.cloud_dir / "mailbox"

    @property
    def log_dir(self) -> Path:
        return self.data_dir / "logs"

    @property
    def run_file(self) -> Path:
        """Where a running service says its URL and process."""
        return self.data_dir / "run.json"


def from_environment(environment: Mapping[str, str], directory: Path) -> RunSettings:
    """Read the variables; a relative DATA_DIR is meant from ``directory``.

    Raises
    ------
    StartError : a value is malformed.
    """
    return RunSettings(
        port=_number(environment, "PORT", 8000, 65535),
        data_dir=(directory / (environment.get("DATA_DIR") or ".deepstory")).resolve(),
        demo=_switch(environment, "DEMO"),
        demo_password=environment.get("DEMO_PASSWORD") or None,
        workers=_number(environment, "WORKERS", 2, 64),
    )


def _number(environment: Mapping[str, str], name: str, default: int, highest: int) -> int:
    text = environment.get(name) or str(default)
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= highest):
        raise StartError(f"{name} must be a whole number from 1 to {highest}, not {text!r}.")
    return int(text)


def _switch(environment: Mapping[str, str], name: str) -> bool:
    text = environment.get(name) or "1"
    if text not in ("0", "1"):
        raise StartError(f"{name} must be 0 or 1, not {text!r}.")
    return text == "1"
