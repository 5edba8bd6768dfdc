"""What a page of a search costs among few and among many posts.

    PYTHONPATH=functions:functions/api:tests .venv/bin/python -m benchmarks.search_pages [POSTS ...]

writes ``benchmarks/results/search.md``. It runs on the embedded cloud's DynamoDB, or on Amazon's
DynamoDB Local where DYNAMODB_LOCAL_DIR says where that lies. Posts are written to the tables as
the API and the worker write them, but only under the terms that are asked for: no page reads
others.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import machine
from benchmarks.aws_calls import Meter, Usage, api_over
from deepstory.dynamodb import bound
from deepstory.ids import IdFactory
from deepstory.posts.entities import Post
from deepstory.posts.feeds import rank
from deepstory.posts.items import PostItem, to_item
from deepstory.search.dynamodb import PostingItem
from deepstory.search.queries import query_of
from deepstory.search.terms import is_tag, terms_of
from deepstory.services import Services
from support import dynamodb_local
from support.api import Api
from support.cloud import Cloud

RESULTS = Path(__file__).parent / "results" / "search.md"
POSTS = (1_000, 50_000)
SEED_BATCH = 500

# Every how many posts have the word, and with which remainder.
WORDS = {
    "바다에": (2, 0),
    "하늘이": (2, 1),
    "산책을": (3, 0),
    "무지개를": (500, 0),
    "whales": (5, 0),
}
TAGS = {"여름": (4, 0)}


class Question(NamedTuple):
    name: str
    query: dict[str, str]


QUESTIONS = (
    Question("newest, without a search", {}),
    Question("a word of every 2nd post", {"q": "바다"}),
    Question("an English word of every 5th post", {"q": "whale"}),
    Question("a word of every 500th post", {"q": "무지개"}),
    Question("two words, together in every 6th post", {"q": "바다 산책"}),
    Question("a frequent and a rare word", {"q": "바다 무지개"}),
    Question("two frequent words that never meet", {"q": "바다 하늘"}),
    Question("a word that nobody wrote", {"q": "공룡"}),
    Question("newest of a tag of every 4th post", {"tag": "여름"}),
    Question("most liked of that tag", {"tag": "여름", "sort": "top"}),
    Question("that tag and a word", {"tag": "여름", "q": "산책"}),
)


class Measured(NamedTuple):
    question: str
    posts: int
    shown: int
    usage: Usage
    milliseconds: float


class BatchMeter(Meter):
    """Reckons batches itself, which the embedded cloud does not: all items here are small."""

    def __init__(self) -> None:
        super().__init__()
        self._asked = 0.0

    def _ask_for_capacity(self, params: dict[str, Any], model: Any, **rest: Any) -> None:
        super()._ask_for_capacity(params, model, **rest)
        if model.name == "BatchGetItem":
            self._asked = sum(
                len(request["Keys"]) * (1.0 if request.get("ConsistentRead") else 0.5)
                for request in params["RequestItems"].values()
            )

    def _count(self, parsed: dict[str, Any], model: Any, **rest: Any) -> None:
        super()._count(parsed, model, **rest)
        if model.name == "BatchGetItem" and not parsed.get("ConsumedCapacity"):
            self.usage.reads += self._asked


class _Ticking:
    """A clock that goes on by a minute at each look, so that ids differ in their times."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        self._now += timedelta(minutes=1)
        return self._now


def main(counts: tuple[int, ...]) -> None:
    """Measure with each number of posts, all in one growing table, and write the report."""
    with _engine() as (engine, api):
        measured = list(_measure(api, sorted(counts)))
    RESULTS.write_text("\n".join(_report(engine, measured)) + "\n", encoding="utf-8")
    print(f"written to {RESULTS}")


@contextmanager
def _engine() -> Iterator[tuple[str, Api]]:
    package = dynamodb_local.directory()
    with tempfile.TemporaryDirectory() as directory:
        cloud = Cloud(Path(directory) / "cloud").start()
        try:
            if package is None:
                yield "the embedded cloud", api_over(cloud, cloud.endpoint_url)
                return
            with dynamodb_local.running(package, Path(directory) / "log") as endpoint:
                yield "Amazon DynamoDB Local", api_over(cloud, endpoint)
        finally:
            cloud.stop()


def _measure(api: Api, counts: list[int]) -> Iterator[Measured]:
    meter = BatchMeter()
    meter.listen()
    api.sign_up()
    author_id = str(api.call("GET", "/me").json["id"])
    api.token = None
    services: Any = api.services
    ids = IdFactory(_Ticking(datetime.now(UTC) - timedelta(minutes=max(counts) + 1)))
    written = 0
    for count in counts:
        print(f"writing {count - written} posts ...", flush=True)
        with meter.measuring("not shown"):
            for start in range(written, count, SEED_BATCH):
                numbers = range(start, min(start + SEED_BATCH, count))
                _write(services, [_post(ids.new(), author_id, number) for number in numbers])
        written = count
        for question in QUESTIONS:
            yield _ask(api, meter, question, count)


def _ask(api: Api, meter: BatchMeter, question: Question, posts: int) -> Measured:
    start = time.perf_counter()
    with meter.measuring(question.name) as usage:
        answer = api.call("GET", "/posts", query=question.query)
    milliseconds = (time.perf_counter() - start) * 1000
    assert answer.status == 200, answer.text
    shown = len(answer.json["items"])
    return Measured(question.name, posts, shown, usage, milliseconds)


def _post(post_id: str, author_id: str, number: int) -> Post:
    now = datetime.now(UTC)
    return Post(
        post_id=post_id,
        author_id=author_id,
        title=f"글 {number}",
        text=" ".join(word for word, each in WORDS.items() if _has(number, each)) or "글",
        picture_id=None,
        diary_date=now.date(),
        weather=None,
        mood=None,
        tags=tuple(tag for tag, each in TAGS.items() if _has(number, each)),
        visibility="public",
        sensitive=False,
        like_count=number % 97,
        created_at=now,
        updated_at=now,
    )


def _has(number: int, each: tuple[int, int]) -> bool:
    every, remainder = each
    return number % every == remainder


def _write(services: Services, posts: list[Post]) -> None:
    settings = services.settings
    items = bound(PostItem, settings.require("posts_table"))
    zone = settings.service_time_zone
    with items.batch_write() as batch:
        for post in posts:
            batch.save(to_item(items, post, zone))
    asked = _asked_terms()
    postings = bound(PostingItem, settings.require("postings_table"))
    with postings.batch_write() as terms:
        for post in posts:
            place = rank(post.like_count, post.post_id)
            for term in asked.intersection(terms_of(post)):
                ranked = place if is_tag(term) else None
                terms.save(postings(term, post.post_id, version=1, rank=ranked))


def _asked_terms() -> frozenset[str]:
    queries = (query_of(text=q.query.get("q"), tag=q.query.get("tag")) for q in QUESTIONS)
    return frozenset(term for query in queries for term in query.terms)


def _report(engine: str, measured: list[Measured]) -> Iterator[str]:
    today = datetime.now(UTC).date()
    yield "# What a page of a search costs\n"
    yield f"Measured on {today} by `benchmarks/search_pages.py`.\n"
    yield from machine.describe()
    yield (
        f"\nOne page of up to 20 posts, not logged in, the process warm. Read units are those of\n"
        f"{engine}. Each was asked once; the embedded engine sorts a list anew at each query,\n"
        "so times grow with the lists there and not on AWS.\n"
    )
    yield "| question | posts | shown | queries | calls | read units | ms |"
    yield "|---|---|---|---|---|---|---|"
    names = [question.name for question in QUESTIONS]
    for each in sorted(measured, key=lambda each: (names.index(each.question), each.posts)):
        queries = each.usage.calls.count("Query")
        yield (
            f"| {each.question} | {each.posts:,} | {each.shown} | {queries} "
            f"| {len(each.usage.calls)} | {each.usage.reads:g} | {each.milliseconds:.0f} |"
        )


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or POSTS)
