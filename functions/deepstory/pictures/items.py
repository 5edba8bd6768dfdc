"""Pictures as DynamoDB holds them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, IncludeProjection
from pynamodb.models import Model

from deepstory.dynamodb import TimestampAttribute
from deepstory.limits import Limit
from deepstory.pictures.entities import Aspect, Drawn, Picture, PictureError, Status, Style


class ByOwner(GlobalSecondaryIndex["PictureItem"]):
    class Meta:
        index_name = "by_owner"
        projection = AllProjection()

    owner_id = UnicodeAttribute(hash_key=True)
    picture_id = UnicodeAttribute(range_key=True)


class Queue(GlobalSecondaryIndex["PictureItem"]):
    class Meta:
        index_name = "queue"
        projection = IncludeProjection(["owner_id", "status"])

    queue = UnicodeAttribute(hash_key=True)
    queue_key = UnicodeAttribute(range_key=True)


class PictureItem(Model):
    picture_id = UnicodeAttribute(hash_key=True)
    owner_id = UnicodeAttribute()
    status = UnicodeAttribute()
    prompt = UnicodeAttribute()
    model_prompt = UnicodeAttribute()
    style = UnicodeAttribute()
    aspect = UnicodeAttribute()
    negative_prompt = UnicodeAttribute(null=True)
    seed = NumberAttribute()
    file_key = UnicodeAttribute()
    quota_key = UnicodeAttribute()
    quota_maximum = NumberAttribute()
    quota_ends_at = NumberAttribute()
    created_at = TimestampAttribute()
    queue = UnicodeAttribute(null=True)
    queue_key = UnicodeAttribute(null=True)
    due_at = TimestampAttribute(null=True)
    sent_at = TimestampAttribute(null=True)
    sends = NumberAttribute()
    faults = NumberAttribute()
    refusals = NumberAttribute(default=0)
    is_taken = BooleanAttribute()
    width = NumberAttribute(null=True)
    height = NumberAttribute(null=True)
    dominant_color = UnicodeAttribute(null=True)
    error_code = UnicodeAttribute(null=True)
    error_message = UnicodeAttribute(null=True)
    version = NumberAttribute()

    by_owner = ByOwner()
    by_queue = Queue()


def attributes_of(picture: Picture) -> dict[str, Any]:
    """Return all attributes but the key."""
    drawn, error = picture.drawn, picture.error
    return {
        "owner_id": picture.owner_id,
        "status": picture.status,
        "prompt": picture.prompt,
        "model_prompt": picture.model_prompt,
        "style": picture.style,
        "aspect": picture.aspect,
        "negative_prompt": picture.negative_prompt,
        "seed": picture.seed,
        "file_key": picture.file_key,
        "quota_key": picture.quota.key,
        "quota_maximum": picture.quota.maximum,
        "quota_ends_at": int(picture.quota.ends_at.timestamp()),
        "created_at": picture.created_at,
        "queue": picture.queue,
        "queue_key": picture.queue_key,
        "due_at": picture.due_at,
        "sent_at": picture.sent_at,
        "sends": picture.sends,
        "faults": picture.faults,
        "refusals": picture.refusals,
        "is_taken": picture.is_taken,
        "width": drawn.width if drawn else None,
        "height": drawn.height if drawn else None,
        "dominant_color": drawn.dominant_color if drawn else None,
        "error_code": error.code if error else None,
        "error_message": error.message if error else None,
        "version": picture.version,
    }


def changes(before: Picture, after: Picture) -> list[Action]:
    """Return the update that turns the one into the other."""
    old, new = attributes_of(before), attributes_of(after)
    actions: list[Action] = []
    for name in new:
        if new[name] != old[name]:
            attribute = getattr(PictureItem, name)
            actions.append(attribute.remove() if new[name] is None else attribute.set(new[name]))
    return actions


def picture_of(item: PictureItem) -> Picture:
    return Picture(
        picture_id=item.picture_id,
        owner_id=item.owner_id,
        status=cast(Status, item.status),
        prompt=item.prompt,
        model_prompt=item.model_prompt,
        style=cast(Style, item.style),
        aspect=cast(Aspect, item.aspect),
        negative_prompt=item.negative_prompt,
        seed=int(item.seed),
        file_key=item.file_key,
        quota=Limit(
            key=item.quota_key,
            maximum=int(item.quota_maximum),
            ends_at=datetime.fromtimestamp(int(item.quota_ends_at), UTC),
        ),
        created_at=item.created_at,
        due_at=item.due_at,
        sent_at=item.sent_at,
        sends=int(item.sends),
        faults=int(item.faults),
        refusals=int(item.refusals),
        is_taken=item.is_taken,
        drawn=_drawn(item),
        error=_error(item),
        version=int(item.version),
    )


def _drawn(item: PictureItem) -> Drawn | None:
    if item.width is None:
        return None
    return Drawn(width=int(item.width), height=int(item.height), dominant_color=item.dominant_color)


def _error(item: PictureItem) -> PictureError | None:
    if item.error_code is None:
        return None
    return PictureError(code=item.error_code, message=item.error_message)
