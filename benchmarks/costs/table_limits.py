"""Limits of DynamoDB: of one value of a key, which no quota raises, and of a table."""

from __future__ import annotations

from benchmarks.costs.limit import Limit, busiest
from benchmarks.costs.model import Model

# Of one value of a partition key, a second; splitting for heat is not counted on.
_KEY_WRITES = 1000
_KEY_READS = 3000
_TABLE_UNITS = 40_000
# A page of a list reads 20 keys: eventually consistent, under 4 kB.
_UNITS_OF_A_PAGE = 0.5
# A transaction's writes count double.
_TRANSACTED = 2


def of_keys(model: Model) -> list[Limit]:
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
            load=busiest(model, ranked),
            then=(
                "shard the ranked keys (`buckets` in `functions/deepstory/posts/feeds.py`) and "
                "merge on reading; or a longer `window` of LikeCounts"
            ),
        ),
        Limit(
            what="key `public` of `posts`, index `by_feed`, pages read",
            value=_KEY_READS / _UNITS_OF_A_PAGE,
            unit="pages/s",
            load=busiest(model, lists),
            then="keep the front page for some seconds in CloudFront or the API's memory",
        ),
        Limit(
            what="key `visits#YYYY-MM` of `counters` (its 8 shards share the key)",
            value=_KEY_WRITES / _TRANSACTED,
            unit="visits/s",
            load=busiest(model, visits),
            then="the shard into the key (`_SHARDS` in `functions/deepstory/stats/counting.py`)",
        ),
        Limit(
            what="key `posts` of `counters`",
            value=_KEY_WRITES / _TRANSACTED,
            unit="posts/s",
            load=busiest(model, use.posts),
            then="the shard into the key, as above",
        ),
        Limit(
            what="key `pictures` of `counters`",
            value=_KEY_WRITES / _TRANSACTED,
            unit="pictures/s",
            load=busiest(model, use.pictures),
            then="the shard into the key, as above",
        ),
        Limit(
            what="key `sent` of `pictures`, index `queue`",
            value=_KEY_WRITES / 4,
            unit="pictures/s",
            load=busiest(model, use.pictures),
            then="shard the key (`QueueName` in `functions/deepstory/pictures/entities.py`)",
        ),
        Limit(
            what="a term that every public post has, in `postings`",
            value=_KEY_WRITES,
            unit="writes/s",
            load=busiest(model, use.public_posts),
            then="stop words, or the month into the key",
        ),
        Limit(
            what="the one key of `users`, indexes `by_joined`, `by_email`, `by_name`",
            value=_KEY_WRITES,
            unit="sign-ups/s",
            load=busiest(model, people["new_in_a_month"]),
            then="shard `DIRECTORY` in `functions/deepstory/accounts/items.py`",
        ),
    ]


def of_tables(model: Model) -> list[Limit]:
    use = model.use
    raise_it = "quotas *Table-level read / write throughput limit* (L-CF0CBE56, L-AB614373)"
    return [
        Limit(
            what="DynamoDB, read units of the table `posts`",
            value=_TABLE_UNITS,
            unit="units/s",
            load=busiest(model, use.post_table_reads),
            then=raise_it,
        ),
        Limit(
            what="DynamoDB, write units of the table `postings`",
            value=_TABLE_UNITS,
            unit="units/s",
            load=busiest(model, use.posting_writes),
            then=raise_it,
        ),
        Limit(
            what="DynamoDB, write units of the table `pictures`",
            value=_TABLE_UNITS,
            unit="units/s",
            load=busiest(model, use.picture_writes),
            then=raise_it,
        ),
    ]
