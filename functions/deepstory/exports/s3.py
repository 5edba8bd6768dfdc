"""Exports in S3: written in parts, so that a ZIP of any size needs the memory of one part."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from deepstory.exports.repository import Sink

# At most 10,000 parts make an object; this makes 80 GB of them.
PART_BYTES = 8 * 1024 * 1024
_CHUNK_BYTES = 256 * 1024
_ABSENT = ("NoSuchKey", "404")
_CONTENT_TYPE = "application/zip"


class _Upload:
    """Collects what is written into parts; what fits into one becomes a plain object."""

    def __init__(self, client: Any, bucket: str, key: str) -> None:
        self._client = client
        self._place = {"Bucket": bucket, "Key": key}
        self._buffer = bytearray()
        self._upload_id: str | None = None
        self._parts: list[dict[str, Any]] = []
        self._is_open = True

    def write(self, content: bytes, /) -> int:
        if not self._is_open:
            # A ZIP that was broken off writes its end when it is forgotten.
            return len(content)
        self._buffer += content
        while len(self._buffer) >= PART_BYTES:
            with memoryview(self._buffer) as view:
                part = view[:PART_BYTES].tobytes()
            self._send(part)
            del self._buffer[:PART_BYTES]
        return len(content)

    def complete(self) -> None:
        if self._upload_id is None:
            self._client.put_object(
                **self._place, Body=bytes(self._buffer), ContentType=_CONTENT_TYPE
            )
            return
        if self._buffer:
            self._send(bytes(self._buffer))
        self._client.complete_multipart_upload(
            **self._place, UploadId=self._upload_id, MultipartUpload={"Parts": self._parts}
        )

    def abort(self) -> None:
        self._is_open = False
        if self._upload_id is not None:
            self._client.abort_multipart_upload(**self._place, UploadId=self._upload_id)

    def _send(self, part: bytes) -> None:
        if self._upload_id is None:
            begun = self._client.create_multipart_upload(**self._place, ContentType=_CONTENT_TYPE)
            self._upload_id = begun["UploadId"]
        number = len(self._parts) + 1
        sent = self._client.upload_part(
            **self._place, UploadId=self._upload_id, PartNumber=number, Body=part
        )
        self._parts.append({"PartNumber": number, "ETag": sent["ETag"]})


class S3ExportFiles:
    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    @contextmanager
    def writing(self, key: str) -> Iterator[Sink]:
        upload = _Upload(self._client, self._bucket, key)
        try:
            yield upload
            upload.complete()
        except BaseException:
            # A process that is killed leaves its parts to the bucket's own clean-up.
            upload.abort()
            raise

    def remove(self, key: str) -> None:
        self._client.delete_object(Bucket=self._bucket, Key=key)


class S3ExportUrls:
    def __init__(self, client: Any, bucket: str) -> None:
        """``client`` signs with version 4."""
        self._client = client
        self._bucket = bucket

    def url(self, key: str, *, name: str, seconds: int) -> str:
        signed: str = self._client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": key,
                "ResponseContentDisposition": f'attachment; filename="{name}"',
            },
            ExpiresIn=seconds,
        )
        return signed


class S3PictureSource:
    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def chunks(self, key: str) -> Iterator[bytes] | None:
        from botocore.exceptions import ClientError

        try:
            body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"]
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT:
                return None
            raise
        chunks: Iterator[bytes] = body.iter_chunks(_CHUNK_BYTES)
        return chunks
