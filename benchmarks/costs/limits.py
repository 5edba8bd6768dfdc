"""Which limit is reached first, and at how many users, by what they do in the busiest second."""

from __future__ import annotations

from benchmarks.costs.limit import Limit, busiest
from benchmarks.costs.model import Model
from benchmarks.costs.table_limits import of_keys, of_tables

# What a worker takes for one message, not measured on AWS.
_SECONDS = {"PasswordResets": 0.5, "Exports": 60.0}


def limits(model: Model) -> list[Limit]:
    """Return all limits, the one that is reached first at the top."""
    found = [*_own(model), *_account(model), *of_keys(model), *of_tables(model), *_others(model)]
    return sorted(found, key=lambda limit: limit.users)


def _own(model: Model) -> list[Limit]:
    """Limits that the stack sets itself."""
    deployed, use = model.deployment, model.use
    people = model.assumed["people"]
    found = [
        Limit(
            what="the API's own throttle",
            value=deployed.gateway_rate,
            unit="requests/s",
            load=busiest(model, use.requests),
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
                load=busiest(model, in_a_month / people["busiest_second"]),
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
            load=busiest(model, use.requests),
            then="quota *Throttle rate* (L-8A5B8E43); then a second region or an HTTP endpoint",
        ),
        Limit(
            what="Lambda, concurrent executions of an account and region",
            value=1000,
            unit="executions",
            load=busiest(model, use.api_seconds + works),
            then="quota *Concurrent executions* (L-B99A9384), into the tens of thousands",
        ),
        Limit(
            what="SES, sending rate as usually granted",
            value=14,
            unit="mails/s",
            load=busiest(model, model.assumed["people"]["mails_in_a_month"]),
            then="quota *Sending rate* (L-CDEF9B6B); the queue PasswordResets holds a peak",
        ),
    ]


def _others(model: Model) -> list[Limit]:
    use, pictures = model.use, busiest(model, model.use.pictures)
    reads = use.bill(1).amount("object_read")
    return [
        Limit(
            what="S3, reads below one prefix (`pictures/`), before it splits",
            value=5500,
            unit="reads/s",
            load=busiest(model, reads),
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
