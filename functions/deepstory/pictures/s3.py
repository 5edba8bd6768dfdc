"""The objects of pictures in S3."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from deepstory.clock import Clock
from deepstory.pictures.entities import Picture
from deepstory.pictures.errors import NotAPictureError, ObjectsLeftError, ResultMissingError

OUTPUT_PREFIX = "async-output/"
MAXIMUM_OUTPUT_BYTES = 16 * 1024 * 1024
URL_SECONDS = 3600
# A URL is given out again until half its time is over: browsers can keep what it showed, and
# whoever gets it still has half an hour.
_WINDOW_SECONDS = URL_SECONDS // 2
_REMEMBERED_URLS = 10_000
# Keys are random and what they hold never changes.
_CACHE_CONTROL = "private, max-age=31536000, immutable"
_ABSENT = ("NoSuchKey", "404")


class S3PictureFiles:
    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def keep(self, picture: Picture, *, image: bytes, thumbnail: bytes) -> None:
        self._put(picture.image_key, image, "image/png")
        self._put(picture.thumbnail_key, thumbnail, "image/webp")

    def remove(self, picture: Picture) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            for key in (picture.image_key, picture.thumbnail_key):
                self._client.delete_object(Bucket=self._bucket, Key=key)
        except (BotoCoreError, ClientError) as error:
            raise ObjectsLeftError(picture.file_key) from error

    def _put(self, key: str, body: bytes, content_type: str) -> None:
        self._client.put_object(
            Bucket=self._bucket,
            Key=key,
            Body=body,
            ContentType=content_type,
            CacheControl=_CACHE_CONTROL,
        )


class S3PictureUrls:
    def __init__(self, client: Any, bucket: str, clock: Clock) -> None:
        """``client`` signs with version 4."""
        self._client = client
        self._bucket = bucket
        self._clock = clock
        self._window = -1
        self._urls: dict[str, str] = {}

    def url(self, key: str) -> str:
        window = int(self._clock.now().timestamp()) // _WINDOW_SECONDS
        if window != self._window or len(self._urls) >= _REMEMBERED_URLS:
            self._window, self._urls = window, {}
        if key not in self._urls:
            self._urls[key] = self._client.generate_presigned_url(
                "get_object",
                Params={"Bucket": self._bucket, "Key": key},
                ExpiresIn=URL_SECONDS,
            )
        return self._urls[key]


class S3ModelOutput:
    """What the model server wrote, and nothing else of the bucket."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def read(self, location: str) -> bytes:
        from botocore.exceptions import ClientError

        key = self._key(location)
        if key is None:
            raise ResultMissingError(f"{location} is no output of the model server")
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT:
                raise ResultMissingError from error
            raise
        if answer["ContentLength"] > MAXIMUM_OUTPUT_BYTES:
            raise NotAPictureError(f"{answer['ContentLength']} bytes are more than a picture has")
        content: bytes = answer["Body"].read()
        return content

    def remove(self, location: str) -> None:
        key = self._key(location)
        if key is not None:
            self._client.delete_object(Bucket=self._bucket, Key=key)

    def _key(self, location: str) -> str | None:
        parts = urlsplit(location)
        key = parts.path.removeprefix("/")
        ours = parts.netloc == self._bucket and key.startswith(OUTPUT_PREFIX)
        return key if ours else None
