"""What must be true of every entry, in posts and in secret diaries."""

from __future__ import annotations

from datetime import date

from deepstory.accounts.entities import User
from deepstory.clock import Clock, local_date
from deepstory.pictures.entities import Picture
from deepstory.posts.errors import InvalidDiaryDateError, UnusablePictureError
from deepstory.posts.repository import Pictures

FIRST_DIARY_DATE = date(1900, 1, 1)
# A picture may still be developing; one that failed or was cancelled never will.
_HOPELESS = frozenset({"failed", "cancelled"})


class EntryChecks:
    def __init__(self, *, pictures: Pictures, clock: Clock) -> None:
        self._pictures = pictures
        self._clock = clock

    def diary_date(self, day: date | None, *, author: User) -> date:
        """Return the day, or the author's today; raise InvalidDiaryDateError if it can't be."""
        today = local_date(self._clock.now(), author.timezone)
        if day is None:
            return today
        if not FIRST_DIARY_DATE <= day <= today:
            raise InvalidDiaryDateError(
                fields={"diary_date": f"must be a day from {FIRST_DIARY_DATE} to {today}"}
            )
        return day

    def usable_picture(self, picture_id: str | None, *, owner_id: str) -> Picture | None:
        """Raise UnusablePictureError unless it is the owner's and is or will be ready."""
        if picture_id is None:
            return None
        picture = self._pictures.get(picture_id)
        if picture is None or picture.owner_id != owner_id:
            raise UnusablePictureError(fields={"picture_id": "is not one of your pictures"})
        if picture.status in _HOPELESS:
            raise UnusablePictureError(fields={"picture_id": f"is {picture.status}"})
        return picture
