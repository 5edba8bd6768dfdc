"""Looking at all users, posts and pictures in DynamoDB."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, cast

import msgspec

from deepstory.accounts.entities import Gender
from deepstory.accounts.items import UserItem
from deepstory.dynamodb import bound, key_of
from deepstory.paging import Position
from deepstory.pictures.items import PictureItem
from deepstory.posts.items import PostItem
from deepstory.stats.counting import of_picture, of_post, of_user, total
from deepstory.stats.entities import Amounts, CensusPage, Kind

# A scan reads items whole, at most a megabyte at a time: about that many posts.
PAGE = 500


class Counted(msgspec.Struct, frozen=True):
    """A user as far as counted."""

    user_id: str
    birth_date: date
    gender: Gender
    created_at: datetime


class DynamoDBCensus:
    """Scans, which nothing else in the service does: a recount is there to see everything."""

    def __init__(
        self, *, users_table: str, posts_table: str, pictures_table: str, size: int = PAGE
    ) -> None:
        self._size = size
        self._sources: dict[Kind, _Source] = {
            "users": _Source(
                bound(UserItem, users_table), ["birth_date", "gender", "created_at"], _user
            ),
            "posts": _Source(bound(PostItem, posts_table), ["created_at"], _post),
            "pictures": _Source(
                bound(PictureItem, pictures_table), ["status", "created_at"], _picture
            ),
        }

    def page(self, kind: Kind, *, after: Position | None) -> CensusPage:
        source = self._sources[kind]
        (key,) = (name for name, each in source.model.get_attributes().items() if each.is_hash_key)
        found = source.model.scan(
            consistent_read=True,
            limit=self._size,
            last_evaluated_key=key_of(after),
            attributes_to_get=[key, *source.attributes],
        )
        amounts = [source.count(item) for item in found]
        end = found.last_evaluated_key
        return CensusPage(
            number=sum(1 for each in amounts if each),
            amounts=total(*amounts),
            next=None if end is None else {key: end[key]["S"]},
        )


class _Source(msgspec.Struct, frozen=True):
    """A table, what of its items is read, and how one of them is counted."""

    model: Any
    attributes: list[str]
    count: Callable[[Any], Amounts]


def _user(item: UserItem) -> Amounts:
    return of_user(
        Counted(
            item.user_id,
            date.fromisoformat(item.birth_date),
            cast(Gender, item.gender),
            item.created_at,
        )
    )


def _post(item: PostItem) -> Amounts:
    return of_post(item.post_id, item.created_at)


def _picture(item: PictureItem) -> Amounts:
    return of_picture(item.picture_id, item.created_at) if item.status == "ready" else {}
