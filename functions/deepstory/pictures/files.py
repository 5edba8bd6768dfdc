"""The objects of pictures: what the model drew, and what is kept of it."""

from __future__ import annotations

from typing import Protocol

from deepstory.pictures.entities import Picture


class PictureUrls(Protocol):
    def url(self, key: str) -> str:
        """Return an address at which anybody can read the object for a while."""


class PictureFiles(Protocol):
    def keep(self, picture: Picture, *, image: bytes, thumbnail: bytes) -> None:
        """Write a picture's PNG and WebP; writing them again is the same as once."""

    def remove(self, picture: Picture) -> None:
        """Remove a picture's objects; absent ones are no error.

        Raises ObjectsLeftError.
        """


class ModelOutput(Protocol):
    def read(self, location: str) -> bytes:
        """Return what the model server left at an ``s3://`` location.

        Raises ResultMissingError, or NotAPictureError for more bytes than a picture has.
        """

    def remove(self, location: str) -> None:
        """Remove it; absent is no error."""
