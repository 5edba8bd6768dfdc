"""How friend requests and friendships lie in DynamoDB.

The table of requests holds three kinds of items: requests, by their ids;
``~asked#<asker>#<target>``, which keeps anybody from asking the same twice; and
``~slot#<recipient>#<asker>``, see ``Slot``. All name the people that they are about as requests do,
so the indexes find everything of somebody.
"""

from __future__ import annotations

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from deepstory.dynamodb import TimestampAttribute
from deepstory.friends.entities import FriendRequest, Friendship, Slot
from deepstory.ids import BEHIND_IDS


class ByAsker(GlobalSecondaryIndex["FriendRequestItem"]):
    class Meta:
        projection = KeysOnlyProjection()

    asker_id = UnicodeAttribute(hash_key=True)
    request_id = UnicodeAttribute(range_key=True)


class ByRecipient(GlobalSecondaryIndex["FriendRequestItem"]):
    class Meta:
        projection = KeysOnlyProjection()

    recipient_id = UnicodeAttribute(hash_key=True)
    request_id = UnicodeAttribute(range_key=True)


class ByNamed(GlobalSecondaryIndex["FriendRequestItem"]):
    class Meta:
        projection = KeysOnlyProjection()

    named_id = UnicodeAttribute(hash_key=True)
    request_id = UnicodeAttribute(range_key=True)


class FriendRequestItem(Model):
    request_id = UnicodeAttribute(hash_key=True)
    asker_id = UnicodeAttribute()
    recipient_id = UnicodeAttribute(null=True)
    # What names a person by an id has this, whomever it reaches: requests and ``~asked``.
    named_id = UnicodeAttribute(null=True)
    # Requests have these.
    target = UnicodeAttribute(null=True)
    delivered = BooleanAttribute(null=True)
    diary_name = UnicodeAttribute(null=True)
    created_at = TimestampAttribute(null=True)
    # Accepted ones have this.
    diary_id = UnicodeAttribute(null=True)
    # Slots that are taken have this.
    pending_id = UnicodeAttribute(null=True)
    # Accepted requests, and slots that are to stay empty until then, have this.
    expires_at = NumberAttribute(null=True)

    by_asker = ByAsker()
    by_recipient = ByRecipient()
    by_named = ByNamed()


class FriendshipItem(Model):
    user_id = UnicodeAttribute(hash_key=True)
    friend_id = UnicodeAttribute(range_key=True)
    diary_id = UnicodeAttribute()
    since = TimestampAttribute()
    asked_as = UnicodeAttribute(null=True)


def asked_key(asker_id: str, target: str) -> str:
    return f"{BEHIND_IDS}asked#{asker_id}#{target}"


def slot_key(recipient_id: str, asker_id: str) -> str:
    return f"{BEHIND_IDS}slot#{recipient_id}#{asker_id}"


def request_item(model: type[FriendRequestItem], request: FriendRequest) -> FriendRequestItem:
    return model(
        request.request_id,
        asker_id=request.asker_id,
        recipient_id=request.recipient_id,
        named_id=request.user_id,
        target=request.target,
        delivered=request.delivered,
        diary_name=request.diary_name,
        created_at=request.created_at,
        diary_id=request.diary_id,
    )


def request_of(item: FriendRequestItem) -> FriendRequest:
    return FriendRequest(
        request_id=item.request_id,
        asker_id=item.asker_id,
        target=item.target,
        recipient_id=item.recipient_id,
        delivered=item.delivered,
        diary_name=item.diary_name,
        created_at=item.created_at,
        diary_id=item.diary_id,
    )


def slot_of(item: FriendRequestItem) -> Slot:
    return Slot(
        recipient_id=item.recipient_id,
        asker_id=item.asker_id,
        request_id=item.pending_id,
        quiet_until=int(item.expires_at or 0),
    )


def friendship_item(model: type[FriendshipItem], friendship: Friendship) -> FriendshipItem:
    return model(
        friendship.user_id,
        friendship.friend_id,
        diary_id=friendship.diary_id,
        since=friendship.since,
        asked_as=friendship.asked_as,
    )


def friendship_of(item: FriendshipItem) -> Friendship:
    return Friendship(
        user_id=item.user_id,
        friend_id=item.friend_id,
        diary_id=item.diary_id,
        since=item.since,
        asked_as=item.asked_as,
    )
