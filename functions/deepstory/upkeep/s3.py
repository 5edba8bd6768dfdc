"""What a sweep sees of the bucket."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from deepstory.paging import Position
from deepstory.upkeep.sweeping import KEPT, ObjectPage, StoredObject

PAGE = 1000
# What one DeleteObjects takes.
_BATCH = 1000
_ABSENT = ("404", "NoSuchKey")


class S3Objects:
    def __init__(self, client: Any, bucket: str, *, size: int = PAGE) -> None:
        self._client = client
        self._bucket = bucket
        self._size = size

    def page(self, prefix: str, *, after: Position | None) -> ObjectPage:
        start = {"StartAfter": after["key"]} if after else {}
        answer = self._client.list_objects_v2(
            Bucket=self._bucket, Prefix=prefix, MaxKeys=self._size, **start
        )
        objects = [
            StoredObject(each["Key"], each["LastModified"]) for each in answer.get("Contents", ())
        ]
        more = answer["IsTruncated"] and objects
        return ObjectPage(objects, {"key": objects[-1].key} if more else None)

    def are_there(self, file_key: str) -> bool:
        return all(self._exists(f"{KEPT}{file_key}.{kind}") for kind in ("png", "webp"))

    def remove(self, keys: Iterable[str]) -> None:
        """Raise RuntimeError if S3 keeps any; whoever repeats it removes the rest."""
        wanted = list(keys)
        for start in range(0, len(wanted), _BATCH):
            objects = [{"Key": key} for key in wanted[start : start + _BATCH]]
            answer = self._client.delete_objects(
                Bucket=self._bucket, Delete={"Objects": objects, "Quiet": True}
            )
            if answer.get("Errors"):
                raise RuntimeError(f"{len(answer['Errors'])} objects were not removed")

    def _exists(self, key: str) -> bool:
        from botocore.exceptions import ClientError

        try:
            self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT:
                return False
            raise
        return True
