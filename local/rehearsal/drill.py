"""The drill of backup and restore: real losses, and the operator's own commands against them."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import Any

from local import environments
from local.demo.client import Client, DemoError
from local.rehearsal.smoke import SmokeError, Traces, drawn, likes, until
from local.rehearsal.trial import Trial
from local.settings import REPOSITORY

# By whether the stage keeps deleted files.
LOSSES = {False: "a post and a table", True: "a post, a table and a picture"}
_POST_TABLES = ("posts", "likes", "comments")
_DROPPED = "users"


def lose_and_restore(trial: Trial, traces: Traces) -> None:
    """Lose somebody's post with its like, a whole table, and a picture where files are kept."""
    owner = traces.writer.call("GET", "/me")["id"]
    _lose_a_post(trial, traces, owner)
    _drop_a_table(trial, traces.writer)
    if trial.keeps_versions:
        _lose_a_picture(trial, traces, owner)


def _lose_a_post(trial: Trial, traces: Traces, owner: str) -> None:
    at = _passed_second()
    traces.writer.call("DELETE", f"/posts/{traces.post_id}")
    until("the deletion took the like along", lambda: not _like_rows(trial, traces.post_id))
    _expect_gone(traces.writer, f"/posts/{traces.post_id}")
    _restore(trial, "beside", *_POST_TABLES, "--at", at)
    _restore(trial, "merge", *_POST_TABLES, "--at", at, "--where", f"author_id={owner}")
    until("the like is counted again", lambda: likes(traces.friend, traces.post_id) == 1)
    _restore(trial, "forget", *_POST_TABLES, "--at", at)


def _lose_a_picture(trial: Trial, traces: Traces, owner: str) -> None:
    at = _passed_second()
    traces.writer.call("DELETE", f"/posts/{traces.post_id}")
    traces.writer.call("DELETE", f"/pictures/{traces.picture_id}")
    until("the deletion took the like along", lambda: not _like_rows(trial, traces.post_id))
    _expect_gone(traces.writer, f"/pictures/{traces.picture_id}")
    _restore(trial, "beside", *_POST_TABLES, "pictures", "--at", at)
    _restore(trial, "merge", "pictures", "--at", at, "--where", f"owner_id={owner}")
    _restore(trial, "merge", *_POST_TABLES, "--at", at, "--where", f"author_id={owner}")
    _restore(trial, "objects", "--at", at)
    until("the like is counted again", lambda: likes(traces.friend, traces.post_id) == 1)
    if drawn(traces.writer, traces.picture_id) != traces.picture:
        raise SmokeError("The restored picture is not the one that was lost.")
    _restore(trial, "forget", *_POST_TABLES, "pictures", "--at", at)


def _drop_a_table(trial: Trial, person: Client) -> None:
    database, table = trial.client("dynamodb"), trial.table(_DROPPED)
    before = _count(database, table)
    was_protected = _is_protected(database, table)
    database.update_table(TableName=table, DeletionProtectionEnabled=False)
    database.delete_table(TableName=table)
    if table in database.list_tables()["TableNames"]:
        raise SmokeError(f"The table {table} could not be dropped.")
    _restore(trial, "dropped", _DROPPED)
    if _count(database, table) != before:
        raise SmokeError(f"The restored table {table} does not hold what was lost.")
    if _is_protected(database, table) != was_protected:
        raise SmokeError(f"The restored table {table} is not protected as it was.")
    person.call("GET", "/me")


def _restore(trial: Trial, *arguments: str) -> None:
    """Run what an operator runs."""
    command = [sys.executable, "cdk/restore.py", *arguments, "--stack", trial.stack]
    done = subprocess.run(  # noqa: S603  # our own script
        command,
        cwd=REPOSITORY,
        env=environments.tools({}) | environments.aws(trial.endpoint_url),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["it printed nothing"])[-1]
        raise SmokeError(f"restore.py {arguments[0]} failed: {last}")


def _like_rows(trial: Trial, post_id: str) -> list[Any]:
    found = trial.client("dynamodb").query(
        TableName=trial.table("likes"),
        KeyConditionExpression="post_id = :post",
        ExpressionAttributeValues={":post": {"S": post_id}},
    )
    items: list[Any] = found["Items"]
    return items


def _count(database: Any, table: str) -> int:
    return int(database.scan(TableName=table, Select="COUNT", ConsistentRead=True)["Count"])


def _is_protected(database: Any, table: str) -> bool:
    described = database.describe_table(TableName=table)["Table"]
    return bool(described.get("DeletionProtectionEnabled"))


def _expect_gone(person: Client, path: str) -> None:
    try:
        person.call("GET", path)
    except DemoError:
        return
    raise SmokeError(f"{path} is still there after it was deleted.")


def _passed_second() -> str:
    """Return the present second once it is over: all that was written lies in it or before."""
    second = int(time.time())
    while int(time.time()) == second:
        time.sleep(0.01)
    return datetime.fromtimestamp(second, UTC).isoformat()
