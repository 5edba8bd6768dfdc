"""Brings a model's files to their prefix in S3."""

from collections.abc import Callable
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from model.operations.errors import UploadError
from model.operations.folder import MANIFEST, Manifest, PublishedFile

_CHECKSUM = "sha256"


class Upload:
    """Idempotent: what lies there with the right checksum is not sent again.

    The manifest comes last, so that it is there only when everything is. An interrupted file is
    begun again as a whole; files before it are not.
    """

    def __init__(self, s3: Any, bucket: str, say: Callable[[str], None]) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._say = say

    def put(self, manifest: Manifest, prefix: str) -> int:
        """Put all files below ``prefix`` (which ends with /); return how many were sent."""
        try:
            sent = sum(self._put(one, prefix) for one in manifest.files)
            self._s3.put_object(
                Bucket=self._bucket,
                Key=f"{prefix}{MANIFEST}",
                Body=manifest.document(),
                ContentType="application/json",
                ChecksumAlgorithm="SHA256",
            )
        except (Boto3Error, BotoCoreError, ClientError, OSError) as error:
            raise UploadError(
                f"the weights could not be put to s3://{self._bucket}/{prefix}: {error}; "
                "run it again to go on"
            ) from error
        return sent

    def missing(self, manifest: Manifest, prefix: str) -> list[PublishedFile]:
        """Return what would have to be sent."""
        return [one for one in manifest.files if not self._is_there(one, prefix)]

    def _put(self, one: PublishedFile, prefix: str) -> bool:
        if self._is_there(one, prefix):
            return False
        self._say(f"sending {one.path} ({one.size:,} bytes)")
        key = f"{prefix}{one.path}"
        if isinstance(one.source, bytes):
            self._s3.put_object(
                Bucket=self._bucket, Key=key, Body=one.source, Metadata={_CHECKSUM: one.sha256}
            )
        else:
            extra = {"Metadata": {_CHECKSUM: one.sha256}, "ChecksumAlgorithm": "SHA256"}
            self._s3.upload_file(str(one.source), self._bucket, key, ExtraArgs=extra)
        return True

    def _is_there(self, one: PublishedFile, prefix: str) -> bool:
        try:
            head = self._s3.head_object(Bucket=self._bucket, Key=f"{prefix}{one.path}")
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                return False
            raise UploadError(
                f"s3://{self._bucket}/{prefix} can't be looked at: {error}"
            ) from error
        stored = head.get("Metadata", {}).get(_CHECKSUM)
        return bool(head["ContentLength"] == one.size and stored == one.sha256)
