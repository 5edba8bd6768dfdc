"""Use cases of one's own pictures: looking at them, giving them up."""

from __future__ import annotations

from datetime import date

from deepstory.accounts.service import AccountService
from deepstory.clock import Clock
from deepstory.errors import NotFoundError
from deepstory.ids import first_id_at
from deepstory.limits import Limit
from deepstory.observability import logger
from deepstory.paging import Page, Position
from deepstory.pictures.entities import Picture, Style
from deepstory.pictures.errors import InvalidTransitionError, ObjectsLeftError
from deepstory.pictures.files import PictureFiles
from deepstory.pictures.progress import ProgressReader, ShownPicture
from deepstory.pictures.quota import month_bounds
from deepstory.pictures.repository import PictureRepository

_ATTEMPTS = 5


class PictureService:
    def __init__(
        self,
        *,
        pictures: PictureRepository,
        accounts: AccountService,
        progress: ProgressReader,
        files: PictureFiles,
        clock: Clock,
    ) -> None:
        self._pictures = pictures
        self._accounts = accounts
        self._progress = progress
        self._files = files
        self._clock = clock

    def owned(self, *, picture_id: str, owner_id: str) -> Picture:
        """Return one's own picture; another's raises NotFoundError."""
        picture = self._pictures.get(picture_id)
        if picture is None or picture.owner_id != owner_id:
            raise NotFoundError
        return picture

    def show(self, *, picture_id: str, owner_id: str) -> ShownPicture:
        """Return one's own picture and how far it is."""
        picture = self.owned(picture_id=picture_id, owner_id=owner_id)
        return self._progress.show([picture])[0]

    def list_own(
        self,
        *,
        owner_id: str,
        limit: int,
        position: Position | None = None,
        style: Style | None = None,
        month: date | None = None,
    ) -> Page[ShownPicture]:
        """Return one's own pictures, newest first; ``month`` is that of the owner's zone."""
        first_id = end_id = None
        if month is not None:
            zone = self._accounts.me(user_id=owner_id).timezone
            first_id, end_id = (first_id_at(bound) for bound in month_bounds(month, zone))
        page = self._pictures.list_of(
            owner_id,
            limit=limit,
            position=position,
            style=style,
            first_id=first_id,
            end_id=end_id,
        )
        return Page(items=self._progress.show(page.items), next=page.next)

    def cancel(self, *, picture_id: str, owner_id: str) -> Picture:
        """Stop a picture that is not there yet; the quota gets it back if drawing has not begun.

        Cancelling twice is the same as once.

        Raises
        ------
        InvalidTransitionError : it is ready or failed.
        """
        for _ in range(_ATTEMPTS):
            picture = self.owned(picture_id=picture_id, owner_id=owner_id)
            if picture.status == "cancelled":
                return picture
            cancelled = picture.cancelled()
            if self._pictures.replace(picture, cancelled, give_back=self._unused(picture)):
                return cancelled
        raise InvalidTransitionError

    def remove(self, *, picture_id: str, owner_id: str) -> None:
        """Delete one's own picture in whatever state it is, record first, then its objects."""
        picture = self.owned(picture_id=picture_id, owner_id=owner_id)
        self._pictures.remove(picture)
        try:
            self._files.remove(picture)
        except ObjectsLeftError as error:
            # To its owner the picture is gone, and nobody else ever knew the random name.
            logger().error("objects are left", exc_info=error, extra={"file": picture.file_key})

    def _unused(self, picture: Picture) -> Limit | None:
        """Return the quota to give a picture's use back to, if it was not used up."""
        drawing = self._progress.show([picture])[0].status == "drawing"
        over = picture.quota.ends_at <= self._clock.now()
        return None if drawing or over else picture.quota
