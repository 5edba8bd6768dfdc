"""Runs the CDK's own command line against an embedded cloud."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from local import logs, processes
from local.errors import StartError
from local.settings import REPOSITORY, RunSettings

PROGRAM = REPOSITORY / "cdk" / "node_modules" / ".bin" / "cdk"
_SECONDS = 600.0
_PROGRESS = re.compile(r"\|\s*(\d+)/(\d+)\s*\|")
# Where a program says why, and where others only say that it failed; the first is worth more.
_REASONS = (
    re.compile(r"^(\w+\.)*(\w*Error|\w*Exception|error)\b", re.IGNORECASE),
    re.compile(r"error|failed|❌", re.IGNORECASE),
    re.compile(r"\w"),
)


def no_detail(text: str) -> None:
    """Tell nobody how far a command is."""


@dataclass(frozen=True, kw_only=True)
class Cdk:
    """The app of one source tree with its context, and the environment that leads to a cloud."""

    settings: RunSettings
    environment: Mapping[str, str]
    context: Sequence[str]
    source: Path = REPOSITORY

    def run(
        self,
        action: str,
        *arguments: str,
        directory: Path | None = None,
        again: bool = False,
        detail: Callable[[str], None] = no_detail,
    ) -> str:
        """Run one command, in the source tree unless told otherwise; return the end of its log.

        ``again`` has it take what the command before it has synthesised.

        Raises
        ------
        StartError : the CDK failed.
        """
        log = logs.fresh(self.settings.log_dir / f"{action}.log")
        output = self.settings.data_dir / "cdk.out"
        command: list[str | Path] = [PROGRAM, action, *arguments, "--ci", "--no-color"]
        if again:
            command += ["--app", output]
        else:
            shutil.rmtree(output, ignore_errors=True)
            command += ["--output", output]
            for pair in self.context:
                command += ["--context", pair]
        process = processes.start(
            command,
            environment=self.environment,
            directory=directory or self.source,
            log=log,
        )
        try:
            _wait(process, log, detail)
        finally:
            processes.stop(process, seconds=1)
        if process.returncode != 0:
            raise StartError(
                f"cdk {action} failed ({logs.ending(process.returncode)}): {_reason(log)} "
                f"The whole log: {log}"
            )
        return logs.tail(log)


def _wait(process: subprocess.Popen[bytes], log: Path, detail: Callable[[str], None]) -> None:
    deadline = time.monotonic() + _SECONDS
    while True:
        is_running = not processes.ended(process)
        seen = _PROGRESS.findall(logs.tail(log))
        if seen:
            detail("{} of {} resources".format(*seen[-1]))
        if not is_running or time.monotonic() > deadline:
            return
        time.sleep(0.2)


def _reason(log: Path) -> str:
    lines = [line.strip() for line in logs.tail(log).splitlines()]
    for pattern in _REASONS:
        telling = [line for line in lines if pattern.search(line)]
        if telling:
            return telling[-1][:300]
    return "it printed nothing."
