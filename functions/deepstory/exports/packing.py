"""Making an export: reading everything of somebody into one ZIP, bit by bit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from deepstory.accounts.entities import User
from deepstory.clock import Clock, local_date, to_rfc3339
from deepstory.exports import reading
from deepstory.exports.archive import Archive
from deepstory.exports.entities import ATTEMPTS, Export, ExportOrder, object_key
from deepstory.exports.errors import ExportBusyError, ExportTooLargeError
from deepstory.exports.repository import (
    ExportFiles,
    ExportRepository,
    People,
    PictureSource,
    Sink,
)
from deepstory.exports.sections import Section, picture_name, pictures_of, posts_of
from deepstory.observability import logger, pseudonym
from deepstory.pictures.repository import PictureRepository
from deepstory.posts.repository import PostRepository

# A worker that has not ended by then is dead: its Lambda is ended before. Its message comes again
# a little later than that.
LEASE = timedelta(seconds=930)
FORMAT = 1


class ExportPacker:
    """Every order may come twice, late, or for somebody who is gone."""

    def __init__(
        self,
        *,
        exports: ExportRepository,
        files: ExportFiles,
        people: People,
        posts: PostRepository,
        pictures: PictureRepository,
        source: PictureSource,
        sections: Sequence[Section],
        clock: Clock,
    ) -> None:
        self._exports = exports
        self._files = files
        self._people = people
        self._posts = posts
        self._pictures = pictures
        self._source = source
        self._sections = sections
        self._clock = clock

    def pack(self, order: ExportOrder, *, time_limit: timedelta) -> bool:
        """Make an export that waits for it; tell whether this made it.

        Raises ExportBusyError while another worker is at it. Whatever else raises may be tried
        again; the last try notes the failure.
        """
        now = self._clock.now()
        export = self._exports.get(order.user_id, order.export_id)
        if export is None:
            # Its owner has left while it was made, perhaps by a try that broke off at the end.
            self._files.remove(object_key(order.file_key))
            return False
        if export.status != "pending":
            return False
        if export.status_at(now) == "failed":
            self._exports.finish(export, "failed", now=now)
            return False
        claimed = self._exports.claim(export, now=now, until=now + LEASE)
        if claimed is None:
            raise ExportBusyError
        user = self._people.get(order.user_id)
        if user is None:
            return False
        return self._made(user, claimed, until=now + time_limit)

    def _made(self, user: User, export: Export, *, until: datetime) -> bool:
        about = {"user": pseudonym(user.user_id), "export": export.export_id}
        try:
            size = self._written(user, export, until)
        except Exception as error:
            hopeless = isinstance(error, ExportTooLargeError)
            if hopeless or export.attempts >= ATTEMPTS:
                self._exports.finish(export, "failed", now=self._clock.now())
                logger().error("export failed", exc_info=error, extra=about)
            if hopeless:
                return False
            raise
        if not self._exports.finish(export, "ready", now=self._clock.now(), size=size):
            self._files.remove(export.object_key)
            return False
        logger().info("export made", extra={**about, "bytes": size})
        return True

    def _written(self, user: User, export: Export, until: datetime) -> int:
        with self._files.writing(export.object_key) as sink:
            return self._write(sink, user, self._check(until))

    def _write(self, sink: Sink, user: User, check: Callable[[], None]) -> int:
        now = self._clock.now()
        archive = Archive(sink, now=now, check=check)
        numbers = {
            section.name: archive.add_list(f"{section.name}.json", section.records(user.user_id))
            for section in self._sections
        }
        archive.add_json("profile.json", _profile(user))
        kept = self._add_pictures(archive, user)
        page = reading.page(
            user,
            posts_of(self._posts, user.user_id),
            kept,
            day=local_date(now, user.timezone).isoformat(),
        )
        archive.add_text("index.html", page)
        # Last, so that its being there says that nothing is missing.
        made = {"format": FORMAT, "made_at": to_rfc3339(now), "records": numbers}
        archive.add_json("export.json", made | {"picture_files": len(kept)})
        archive.close()
        return archive.size

    def _add_pictures(self, archive: Archive, user: User) -> dict[str, str]:
        """Add the objects of all pictures and return their names by picture id."""
        kept: dict[str, str] = {}
        for picture in pictures_of(self._pictures, user.user_id):
            chunks = self._source.chunks(picture.image_key) if picture.drawn else None
            if chunks is not None:
                kept[picture.picture_id] = picture_name(picture)
                archive.add_bytes(kept[picture.picture_id], chunks)
        return kept

    def _check(self, until: datetime) -> Callable[[], None]:
        def check() -> None:
            if self._clock.now() >= until:
                raise ExportTooLargeError

        return check


def _profile(user: User) -> dict[str, object]:
    return {
        "id": user.user_id,
        "email": user.email,
        "name": user.name,
        "birth_date": user.birth_date,
        "gender": user.gender,
        "language": user.language,
        "timezone": user.timezone,
        "created_at": to_rfc3339(user.created_at),
    }
