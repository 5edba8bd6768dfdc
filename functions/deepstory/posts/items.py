"""How posts lie in DynamoDB. Lists hold keys only: posts are read from the table.

The days of the calendar are the exception: they carry the picture, which is all a month shows.
"""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from pynamodb.attributes import (
    Attribute,
    BooleanAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection
from pynamodb.models import Model

from deepstory.dynamodb import TimestampAttribute
from deepstory.posts.entities import Entry, EntryChanges, Post, Visibility
from deepstory.posts.feeds import PUBLIC_FEED, Index, Period, buckets, rank


class ByAuthor(GlobalSecondaryIndex["PostItem"]):
    class Meta:
        projection = KeysOnlyProjection()

    author_id = UnicodeAttribute(hash_key=True)
    post_id = UnicodeAttribute(range_key=True)


class ByDay(GlobalSecondaryIndex["PostItem"]):
    class Meta:
        projection = IncludeProjection(["picture_id"])

    author_id = UnicodeAttribute(hash_key=True)
    diary_date = UnicodeAttribute(range_key=True)
    picture_id = UnicodeAttribute(null=True)


class PublicByAuthor(GlobalSecondaryIndex["PostItem"]):
    class Meta:
        projection = KeysOnlyProjection()

    author_id = UnicodeAttribute(hash_key=True)
    public_id = UnicodeAttribute(range_key=True)


class ByFeed(GlobalSecondaryIndex["PostItem"]):
    class Meta:
        projection = KeysOnlyProjection()

    feed = UnicodeAttribute(hash_key=True)
    post_id = UnicodeAttribute(range_key=True)


class TopDay(GlobalSecondaryIndex["PostItem"]):
    class Meta:
        projection = KeysOnlyProjection()

    day_bucket = UnicodeAttribute(hash_key=True)
    rank = UnicodeAttribute(range_key=True)


class TopWeek(GlobalSecondaryIndex["PostItem"]):
    class Meta:
        projection = KeysOnlyProjection()

    week_bucket = UnicodeAttribute(hash_key=True)
    rank = UnicodeAttribute(range_key=True)


class TopMonth(GlobalSecondaryIndex["PostItem"]):
    class Meta:
        projection = KeysOnlyProjection()

    month_bucket = UnicodeAttribute(hash_key=True)
    rank = UnicodeAttribute(range_key=True)


class TopAll(GlobalSecondaryIndex["PostItem"]):
    class Meta:
        projection = KeysOnlyProjection()

    feed = UnicodeAttribute(hash_key=True)
    rank = UnicodeAttribute(range_key=True)


class EntryItem(Model):
    """What every entry has, whichever table it lies in."""

    author_id = UnicodeAttribute()
    title = UnicodeAttribute()
    text = UnicodeAttribute()
    picture_id = UnicodeAttribute(null=True)
    diary_date = UnicodeAttribute()
    weather = UnicodeAttribute(null=True)
    mood = UnicodeAttribute(null=True)
    tags = ListAttribute[str](of=UnicodeAttribute)  # type: ignore[arg-type]  # an Attribute is meant
    sensitive = BooleanAttribute()
    like_count = NumberAttribute()
    last_sequence = UnicodeAttribute(null=True)
    comment_count = NumberAttribute(default=0)
    last_comment_sequence = UnicodeAttribute(null=True)
    created_at = TimestampAttribute()
    updated_at = TimestampAttribute()


class PostItem(EntryItem):
    post_id = UnicodeAttribute(hash_key=True)
    visibility = UnicodeAttribute()
    # Only hidden posts have it.
    hidden = BooleanAttribute(null=True)
    # Only listed posts have these, so only they are in the indexes made of them.
    feed = UnicodeAttribute(null=True)
    public_id = UnicodeAttribute(null=True)
    rank = UnicodeAttribute(null=True)
    day_bucket = UnicodeAttribute(null=True)
    week_bucket = UnicodeAttribute(null=True)
    month_bucket = UnicodeAttribute(null=True)

    by_author = ByAuthor()
    by_day = ByDay()
    public_by_author = PublicByAuthor()
    by_feed = ByFeed()
    top_day = TopDay()
    top_week = TopWeek()
    top_month = TopMonth()
    top_all = TopAll()


# The hash and range key of each index, by the names that attributes and indexes share.
KEYS: dict[Index, tuple[str, str]] = {
    "by_author": ("author_id", "post_id"),
    "public_by_author": ("author_id", "public_id"),
    "by_feed": ("feed", "post_id"),
    "top_day": ("day_bucket", "rank"),
    "top_week": ("week_bucket", "rank"),
    "top_month": ("month_bucket", "rank"),
    "top_all": ("feed", "rank"),
}
_BUCKET_ATTRIBUTES: dict[Period, str] = {
    "day": "day_bucket",
    "week": "week_bucket",
    "month": "month_bucket",
}
PUBLIC_ATTRIBUTES = ("feed", "public_id", "rank", *_BUCKET_ATTRIBUTES.values())


def public_attributes(post: Post, zone: str) -> dict[str, str]:
    """Return what puts a listed post into the public indexes."""
    named = buckets(post.created_at, zone)
    return {
        "feed": PUBLIC_FEED,
        "public_id": post.post_id,
        "rank": rank(post.like_count, post.post_id),
        **{attribute: named[period] for period, attribute in _BUCKET_ATTRIBUTES.items()},
    }


def entry_attributes(entry: Entry) -> dict[str, Any]:
    """Return what every entry is stored as."""
    return {
        "author_id": entry.author_id,
        "title": entry.title,
        "text": entry.text,
        "picture_id": entry.picture_id,
        "diary_date": entry.diary_date.isoformat(),
        "weather": entry.weather,
        "mood": entry.mood,
        "tags": list(entry.tags),
        "sensitive": entry.sensitive,
        "like_count": entry.like_count,
        "comment_count": entry.comment_count,
        "created_at": entry.created_at,
        "updated_at": entry.updated_at,
    }


def entry_fields(item: EntryItem) -> dict[str, Any]:
    """Return what every entry was stored as."""
    return {
        "author_id": item.author_id,
        "title": item.title,
        "text": item.text,
        "picture_id": item.picture_id,
        "diary_date": date.fromisoformat(item.diary_date),
        "weather": item.weather,
        "mood": item.mood,
        "tags": tuple(item.tags),
        "sensitive": item.sensitive,
        "like_count": int(item.like_count),
        "comment_count": int(item.comment_count),
        "created_at": item.created_at,
        "updated_at": item.updated_at,
    }


def change_actions(model: type[EntryItem], changes: EntryChanges) -> list[Action]:
    """Return the update that makes an edit's changes, and no other."""
    return [_action(getattr(model, name), value) for name, value in changes.given().items()]


def to_item(model: type[PostItem], post: Post, zone: str) -> PostItem:
    item = model(
        post.post_id,
        **entry_attributes(post),
        visibility=post.visibility,
        hidden=post.hidden or None,
    )
    if post.is_listed:
        for name, value in public_attributes(post, zone).items():
            setattr(item, name, value)
    return item


def to_post(item: PostItem) -> Post:
    return Post(
        **entry_fields(item),
        post_id=item.post_id,
        visibility=cast(Visibility, item.visibility),
        hidden=bool(item.hidden),
    )


def _action(attribute: Attribute[Any], value: object) -> Action:
    if value is None:
        return attribute.remove()
    if isinstance(value, date):
        return attribute.set(value.isoformat())
    return attribute.set(list(value) if isinstance(value, tuple) else value)
