"""Whether Lambdas run, and keep up with what is written."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from deepstory_cdk.alarms import call_people

_FIVE_MINUTES = Duration.minutes(5)
# Whose work grows with what one person or post has.
GROWING = ("Exports", "Erasures", "SearchIndex", "PostsRemoved")
READERS = (
    "DispatchPictures",
    "LikeCounts",
    "CommentCounts",
    "PostsRemoved",
    "Notices",
    "SearchIndex",
)
_BEHIND = Duration.minutes(15)


def throttles() -> cloudwatch.Metric:
    """Return how many calls of Lambdas were refused in the whole account and region."""
    return lambda_.Function.metric_all_throttles(period=_FIVE_MINUTES, statistic="Sum")


def iterator_age(function: lambda_.Function) -> cloudwatch.Metric:
    """Return how long ago the last change was written that a reader of a stream was given."""
    return function.metric("IteratorAge", period=_FIVE_MINUTES, statistic="Maximum")


def watch_lambdas(scope: Construct, functions: Mapping[str, lambda_.Function]) -> None:
    """Call people when Lambdas go on failing, cannot start, run out of time or fall behind."""
    call_people(
        scope,
        "LambdaErrors",
        # All at the price of one: what fails once is repeated, or kept in a queue with an alarm.
        lambda_.Function.metric_all_errors(period=_FIVE_MINUTES, statistic="Sum"),
        when=1,
        periods=3,
        meaning="For a quarter of an hour a Lambda of this account and region has gone on failing.",
        first="see on the dashboard which one, then its log.",
    )
    call_people(
        scope,
        "LambdaThrottles",
        throttles(),
        when=1,
        periods=3,
        meaning="For a quarter of an hour calls of Lambdas have been refused.",
        first="compare concurrent executions on the dashboard with the account's quota, and ask "
        "for more of it or find who calls so often.",
    )
    call_people(
        scope,
        "LambdaNearTimeout",
        _used_time({name: functions[name] for name in GROWING}),
        when=90,
        meaning="A Lambda that works for one person or post at a time used 90 % of its time: "
        f"{', '.join(GROWING)}.",
        first="see which one in the logs, and how much it had to do.",
    )
    call_people(
        scope,
        "StreamsBehind",
        _longest({name: functions[name] for name in READERS}),
        when=_BEHIND.to_milliseconds(),
        periods=2,
        meaning="Changes wait for 15 minutes or more until a Lambda takes them; after a day they "
        f"are lost: {', '.join(READERS)}.",
        first="see on the dashboard whose iterator age rises, then whether its log has errors.",
    )


def _used_time(functions: Mapping[str, lambda_.Function]) -> cloudwatch.MathExpression:
    shares = [
        f"FILL({_id(name)},0)/{each.timeout.to_milliseconds() / 100:g}"
        for name, each in functions.items()
        if each.timeout
    ]
    return cloudwatch.MathExpression(
        expression=f"MAX([{','.join(shares)}])",
        using_metrics={
            _id(name): each.metric_duration(statistic="Maximum", period=_FIVE_MINUTES)
            for name, each in functions.items()
        },
        label="percent of the time it has",
        period=_FIVE_MINUTES,
    )


def _longest(functions: Mapping[str, lambda_.Function]) -> cloudwatch.MathExpression:
    return cloudwatch.MathExpression(
        expression=f"MAX([{','.join(f'FILL({_id(name)},0)' for name in functions)}])",
        using_metrics={_id(name): iterator_age(each) for name, each in functions.items()},
        label="milliseconds behind",
        period=_FIVE_MINUTES,
    )


def _id(name: str) -> str:
    return f"{name[0].lower()}{name[1:]}"
