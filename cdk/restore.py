"""Restores what was lost of a deployed stack; docs/backup-and-restore.md says when and how.

``restore.py COMMAND --stack deepstory-prod``; AWS credentials and region come from the environment.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import boto3

from operations import live, objects, tables


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 if it is done."""
    wanted = _parser().parse_args(arguments)
    try:
        found = live.find(_client, wanted.stack)
        print(_do(wanted, found))
    except live.RestoreError as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    return 0


def _do(wanted: argparse.Namespace, found: live.Live) -> str:
    match wanted.command:
        case "beside":
            made = tables.beside(_client, found, wanted.tables, wanted.at)
            return "\n".join(made)
        case "merge":
            attribute, _, value = wanted.where.partition("=")
            counts = tables.merge(
                _client, found, wanted.tables, wanted.at, where=(attribute, value)
            )
            return "\n".join(f"{name}: {count} rows came back" for name, count in counts.items())
        case "dropped":
            for name in wanted.tables:
                tables.dropped(_client, found, name)
            return "The tables are back; run cdk/restore.py only once for each."
        case "forget":
            tables.forget(_client, found, wanted.tables, wanted.at)
            return "The restored copies are deleted."
        case _:
            return f"{objects.undelete(_client, found, wanted.at)} files came back"


def _client(service: str) -> Any:
    return boto3.client(service)  # type: ignore[call-overload]  # any service


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="restore.py", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    described = {
        "beside": "restore tables to a time, under other names",
        "merge": "put back rows that are missing now, from restored tables",
        "dropped": "bring back deleted tables under their names",
        "objects": "bring back files of pictures that were deleted since a time",
        "forget": "delete restored tables",
    }
    for name, text in described.items():
        command = commands.add_parser(name, help=text)
        command.add_argument("--stack", required=True)
        if name != "objects":
            command.add_argument("tables", nargs="+", metavar="TABLE")
        if name != "dropped":
            command.add_argument("--at", type=_time, required=True, help="2026-11-25T10:00:00Z")
        if name == "merge":
            command.add_argument("--where", required=True, metavar="ATTRIBUTE=VALUE")
    return parser


def _time(text: str) -> datetime:
    """Read a time; without a zone it is UTC."""
    time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return time if time.tzinfo else time.replace(tzinfo=UTC)


if __name__ == "__main__":
    sys.exit(main())
