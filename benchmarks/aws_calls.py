"""AWS calls and consumed capacity of each operation, counted against a real DynamoDB engine."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.session import Session

from app import app
from chalicelib import runtime
from deepstory.config import settings
from deepstory.services import Services
from support import dynamodb_local
from support.api import SIGN_UP, Answer, Api
from support.cloud import Cloud
from support.tables import create_tables

ACCOUNT = "100000000000"


@dataclass
class Usage:
    """What one operation cost: call names in order, items that queries read, capacity units."""

    operation: str
    calls: list[str] = field(default_factory=list)
    items: int = 0
    reads: float = 0.0
    writes: float = 0.0


READING = ("GetItem", "BatchGetItem", "Query", "TransactGetItems")


class Meter:
    """Listens to every AWS client of the process."""

    def __init__(self) -> None:
        self.usage = Usage("")

    def listen(self) -> None:
        """Watch clients made from now on."""
        original = Session.create_client

        def create_client(session: Session, service: str, *args: Any, **options: Any) -> Any:
            client = original(session, service, *args, **options)
            client.meta.events.register("provide-client-params", self._ask_for_capacity)
            client.meta.events.register("after-call", self._count)
            return client

        Session.create_client = create_client  # type: ignore[assignment, method-assign]  # replaced for the measuring

    @contextmanager
    def measuring(self, operation: str) -> Iterator[Usage]:
        self.usage = measured = Usage(operation)
        try:
            yield measured
        finally:
            # What is done between two measurements belongs to neither.
            self.usage = Usage("")

    def _ask_for_capacity(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        if "ReturnConsumedCapacity" in model.input_shape.members:
            params["ReturnConsumedCapacity"] = "TOTAL"

    def _count(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        self.usage.calls.append(model.name)
        self.usage.items += parsed.get("ScannedCount", 0)
        consumed = parsed.get("ConsumedCapacity") or []
        for each in consumed if isinstance(consumed, list) else [consumed]:
            units = float(each.get("CapacityUnits", 0))
            if model.name in READING:
                self.usage.reads += units
            else:
                self.usage.writes += units


def measure() -> tuple[str, list[Usage]]:
    """Return the engine that reckoned the capacity, and what each operation used.

    Amazon's DynamoDB Local reckons as DynamoDB does; the embedded cloud does not reckon batches.
    """
    meter = Meter()
    meter.listen()
    package = dynamodb_local.directory()
    assert package, "run this by make benchmarks, which fetches DynamoDB Local"
    with tempfile.TemporaryDirectory() as directory:
        cloud = Cloud(Path(directory) / "cloud").start()
        try:
            with dynamodb_local.running(package, Path(directory) / "log") as endpoint:
                return "Amazon DynamoDB Local", _story(api_over(cloud, endpoint), meter)
        finally:
            cloud.stop()


def api_over(cloud: Cloud, dynamodb_endpoint: str) -> Api:
    """Return the API on new tables of an engine, with everything else in the cloud."""
    os.environ |= cloud.environment(ACCOUNT)
    os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = dynamodb_endpoint
    tables = create_tables(dynamodb_local.client(dynamodb_endpoint, ACCOUNT))
    bucket = "pictures"
    boto3.client("s3").create_bucket(Bucket=bucket)
    secret = boto3.client("secretsmanager").create_secret(
        Name="keys", SecretString='{"current":"k1","k1":"0123456789abcdef0123456789abcdef"}'
    )
    os.environ |= {
        f"{name.upper()}": getattr(tables, name)
        for name in (each for each in dir(tables) if each.endswith("_table"))
    }
    os.environ |= {
        "PICTURES_BUCKET": bucket,
        "SIGNING_KEYS_SECRET": secret["ARN"],
        "STAGE": "bench",
        "MODEL_PROMPT_LANGUAGES": "ko,en",
    }
    settings.cache_clear()
    # The handler's benchmark, before, ran on fakes.
    runtime.Services = Services  # type: ignore[misc]  # replaced for the measuring
    runtime.services.cache_clear()
    services: Any = runtime.services()
    return Api(services, app)


def _story(api: Api, meter: Meter) -> list[Usage]:
    """Walk through the operations, after one request that makes clients and reads the secret."""
    api.sign_up(email="warm@example.com")
    usages: list[Usage] = []

    def step(operation: str, run: Callable[[], Answer]) -> Any:
        with meter.measuring(operation) as usage:
            answer = run()
        assert answer.status < 400, (operation, answer.text)
        usages.append(usage)
        return answer.json if answer.text else None

    credentials = {key: SIGN_UP[key] for key in ("email", "password", "token_delivery")}
    api.token = None
    step("sign up", lambda: api.call("POST", "/auth/signup", SIGN_UP))
    session = step("log in", lambda: api.call("POST", "/auth/login", credentials))
    body = {"refresh_token": session["refresh_token"]}
    step("refresh", lambda: api.call("POST", "/auth/refresh", body))
    api.token = session["access_token"]
    step("read own account", lambda: api.call("GET", "/me"))
    order = {"prompt": "오늘은 바다에 갔다", "count": 4}
    pictures = step("ask for 4 pictures", lambda: api.call("POST", "/pictures", order))
    picture = pictures["items"][0]["id"]
    step("list pictures", lambda: api.call("GET", "/pictures"))
    entry = {"title": "바다", "text": "오늘은 바다에 갔다.", "visibility": "public"}
    with_picture = entry | {"picture_id": picture}
    post = step("write a post with a picture", lambda: api.call("POST", "/posts", with_picture))
    with meter.measuring("not shown"):
        for number in range(19):
            api.call("POST", "/posts", entry | {"title": f"글 {number}"})
    path = f"/posts/{post['id']}"
    step("read a post", lambda: api.call("GET", path))
    step("edit a post", lambda: api.call("PATCH", path, {"title": "산"}))
    step("like", lambda: api.call("PUT", f"{path}/like"))
    step("like again", lambda: api.call("PUT", f"{path}/like"))
    step("unlike", lambda: api.call("DELETE", f"{path}/like"))
    step("20 newest posts", lambda: api.call("GET", "/posts"))
    step("20 most liked posts", lambda: api.call("GET", "/posts", query={"sort": "top"}))
    step("own posts", lambda: api.call("GET", "/me/posts"))
    token, api.token = api.token, None
    step("20 newest posts, not logged in", lambda: api.call("GET", "/posts"))
    api.token = token
    step("delete a post", lambda: api.call("DELETE", path))
    step("log out", lambda: api.call("POST", "/auth/logout"))
    return usages
