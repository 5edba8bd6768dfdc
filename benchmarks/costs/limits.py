"""Which limit is reached first, and at how many users, by what they do in the busiest second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.costs.assumptions import busiest_second
from benchmarks.costs.model import Model

# Of one value of a partition key, a second; splitting for heat is not counted on.
_KEY_WRITES = 1000
_KEY_READS = 3000
_TABLE_UNITS = 40_000
# A page of a list reads 20 keys: eventually consistent, under 4 kB.
_UNITS_OF_A_PAGE = 0.5
# A transaction's writes count double.
_TRANSACTED = 2
# What a worker takes for one message, not measured on AWS.
_SECONDS = {"PasswordResets": 0.5, "Exports": 60.0}


@dataclass(frozen=True, kw_only=True)
class Limit:
    """``load`` is what a number of users does in the busiest second, in the limit's unit."""

    what: str
    value: float
    unit: str
    load: Callable[[float], float]
    then: str

    @property
    def users(self) -> float:
        """Return at how many users it is reached; all loads grow with them evenly."""
        one_million = self.load(1e6)
        return self.value / one_million * 1e6 if one_million else float("inf")


def limits(model: Model) -> list[Limit]:
    """Return all limits, the one that is reached first at the top."""
    found = [*_own(model), *_account(model), *_keys(model), *_tables(model), *_others(model)]
    return sorted(found, key=lambda limit: limit.users)


def _busiest(model: Model, in_a_month: float) -> Callable[[float], float]:
    """Return the load of something that one user does so often in a month."""
    second = busiest_second(in_a_month, model.assumed)
    return lambda users: second * users


def _own(model: Model) -> list[Limit]:
    """Limits that the stack sets itself."""
    deployed, use = model.deployment, model.use
    people = model.assumed["people"]
    found = [
        Limit(
            what="the API's own throttle",
            value=deployed.gateway_rate,
            unit="requests/s",
            load=_busiest(model, use.requests),
            then="raise `_REQUESTS_PER_SECOND` and `_BURST` in `cdk/deepstory_cdk/gateway.py`",
        )
    ]
    for part, in_a_month in (
        ("PasswordResets", people["mails_in_a_month"]),
        ("Exports", people["exports_in_a_month"]),
    ):
        workers = next(
            number
            for name, number in deployed.queue_workers.items()
            if part in name and "Failures" not in name
        )
        found.append(
            Limit(
                what=f"workers of the queue {part}",
                value=workers / _SECONDS[part],
                unit="messages/s",
                # A queue holds a peak; only the average of the busiest hour must be done.
                load=_busiest(model, in_a_month / people["busiest_second"]),
                then="raise `concurrency` in `cdk/deepstory_cdk/account.py`; later ones only wait",
            )
        )
    if deployed.has_model:
        found.append(_instances(model))
    return found


def _instances(model: Model) -> Limit:
    fleet = model.fleet()
    used = fleet.at_once(model.use.pictures * 1e8) / 1e8
    return Limit(
        what="instances of the model server",
        value=model.deployment.max_instances,
        unit="at once",
        load=lambda users: used * users,
        then=(
            "`-c model_max_instances=`, after the account's quota of the instance type; beyond "
            "some tens, several endpoints (not built); until then pictures wait longer"
        ),
    )


def _account(model: Model) -> list[Limit]:
    use = model.use
    works = use.worker_batches * model.assumed["workers"]["milliseconds_of_a_batch"] / 1000
    works += use.pictures * model.assumed["workers"]["milliseconds_of_a_picture"] / 1000
    return [
        Limit(
            what="API Gateway, requests of an account and region",
            value=10_000,
            unit="requests/s",
            load=_busiest(model, use.requests),
            then="quota *Throttle rate* (L-8A5B8E43); then a second region or an HTTP endpoint",
        ),
        Limit(
            what="Lambda, concurrent executions of an account and region",
            value=1000,
            unit="executions",
            load=_busiest(model, use.api_seconds + works),
            then="quota *Concurrent executions* (L-B99A9384), into the tens of thousands",
        ),
        Limit(
            what="SES, sending rate as usually granted",
            value=14,
            unit="mails/s",
            load=_busiest(model, model.assumed["people"]["mails_in_a_month"]),
            then="quota *Sending rate* (L-CDEF9B6B); the queue PasswordResets holds a peak",
        ),
    ]


def _keys(model: Model) -> list[Limit]:
    """Return limits of one value of a key, which no quota raises."""
    use, day = model.use, model.assumed["day"]
    # Each public post is put in; each count of likes takes its rank out and puts another in.
    ranked = use.public_posts + 2 * use.likes
    lists = (day["20 newest posts"] + day["20 most liked posts"]) * use.days
    people = model.assumed["people"]
    visits = day["refresh"] * use.days + people["log_ins_in_a_month"]
    return [
        Limit(
            what="key `public` of `posts`, index `top_all` (day, week and month alike)",
            value=_KEY_WRITES,
            unit="writes/s",
            load=_busiest(model, ranked),
            then=(
                "shard the ranked keys (`buckets` in `functions/deepstory/posts/feeds.py`) and "
                "merge on reading; or a longer `window` of LikeCounts"
            ),
        ),
        Limit(
            what="key `public` of `posts`, index `by_feed`, pages read",
            value=_KEY_READS / _UNITS_OF_A_PAGE,
            unit="pages/s",
            load=_busiest(model, lists),
            then="keep the front page for some seconds in CloudFront or the API's memory",
        ),
        Limit(
            what="key `visits#YYYY-MM` of `counters` (its 8 shards share the key)",
            value=_KEY_WRITES / _TRANSACTED,
            unit="visits/s",
            load=_busiest(model, visits),
            then="the shard into the key (`_SHARDS` in `functions/deepstory/stats/counting.py`)",
        ),
        Limit(
            what="key `posts` of `counters`",
            value=_KEY_WRITES / _TRANSACTED,
            unit="posts/s",
            load=_busiest(model, use.posts),
            then="the shard into the key, as above",
        ),
        Limit(
            what="key `pictures` of `counters`",
            value=_KEY_WRITES / _TRANSACTED,
            unit="pictures/s",
            load=_busiest(model, use.pictures),
            then="the shard into the key, as above",
        ),
        Limit(
            what="key `sent` of `pictures`, index `queue`",
            value=_KEY_WRITES / 4,
            unit="pictures/s",
            load=_busiest(model, use.pictures),
            then="shard the key (`QueueName` in `functions/deepstory/pictures/entities.py`)",
        ),
        Limit(
            what="a term that every public post has, in `postings`",
            value=_KEY_WRITES,
            unit="writes/s",
            load=_busiest(model, use.public_posts),
            then="stop words, or the month into the key",
        ),
        Limit(
            what="the one key of `users`, indexes `by_joined`, `by_email`, `by_name`",
            value=_KEY_WRITES,
            unit="sign-ups/s",
            load=_busiest(model, people["new_in_a_month"]),
            then="shard `DIRECTORY` in `functions/deepstory/accounts/items.py`",
        ),
    ]


def _tables(model: Model) -> list[Limit]:
    use = model.use
    raise_it = "quotas *Table-level read / write throughput limit* (L-CF0CBE56, L-AB614373)"
    return [
        Limit(
            what="DynamoDB, read units of the table `posts`",
            value=_TABLE_UNITS,
            unit="units/s",
            load=_busiest(model, use.post_table_reads),
            then=raise_it,
        ),
        Limit(
            what="DynamoDB, write units of the table `postings`",
            value=_TABLE_UNITS,
            unit="units/s",
            load=_busiest(model, use.posting_writes),
            then=raise_it,
        ),
        Limit(
            what="DynamoDB, write units of the table `pictures`",
            value=_TABLE_UNITS,
            unit="units/s",
            load=_busiest(model, use.picture_writes),
            then=raise_it,
        ),
    ]


def _others(model: Model) -> list[Limit]:
    use, pictures = model.use, _busiest(model, model.use.pictures)
    reads = use.bill(1).amount("object_read")
    return [
        Limit(
            what="S3, reads below one prefix (`pictures/`), before it splits",
            value=5500,
            unit="reads/s",
            load=_busiest(model, reads),
            then="nothing: keys are random, S3 splits by itself; a sudden crowd sees 503 a while",
        ),
        Limit(
            what="S3, writes below one prefix (`pictures/`), before it splits",
            value=3500,
            unit="writes/s",
            load=lambda users: 2 * pictures(users),
            then="nothing, as above",
        ),
        Limit(
            what="pictures that the clock sends in a minute (`_PER_PASS`)",
            value=1000 / 60,
            unit="pictures/s",
            # The stream sends each at once; the clock only what was off, asleep or refused.
            load=lambda users: pictures(users) / model.assumed["people"]["busiest_second"],
            then="raise `_PER_PASS` in `functions/deepstory/pictures/dispatch.py`",
        ),
        Limit(
            what="SageMaker, invocations of an account and region",
            value=10_000,
            unit="pictures/s",
            load=pictures,
            then="quota *InvokeEndpoint* transactions",
        ),
        Limit(
            what="SNS, publications of an account in us-east-1",
            value=30_000,
            unit="messages/s",
            load=pictures,
            then="quota *Messages published per second*; 9,000 in ap-northeast-2",
        ),
        Limit(
            what="a stream shard of `pictures`",
            value=1000,
            unit="records/s",
            load=lambda users: 4 * pictures(users),
            then="shards split with the table's partitions; `ParallelizationFactor` up to 10",
        ),
    ]
