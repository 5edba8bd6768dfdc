"""Files that a stack brings into a bucket.

CDK's ``BucketDeployment`` does it by a Lambda that calls the AWS CLI, which is not here; so what
it does is done by the cloud itself.
"""

import asyncio
import io
import mimetypes
import zipfile
from collections.abc import Iterator
from fnmatch import fnmatch
from typing import Any
from urllib.parse import quote

from local.cloud import seams

UPLOAD = "Custom::CDKBucketDeployment"


def install() -> None:
    """Know how to upload; what was uploaded stays when the resource goes, as CDK's does.

    ministack provisions custom resources in threads of their own.
    """
    seams.add_resource_type(UPLOAD, _create, _keep, update=_update)


def _create(logical_id: str, properties: dict[str, Any], stack: str) -> tuple[str, dict[str, Any]]:
    asyncio.run(_bring(properties))
    return f"{stack}-{logical_id}", {}


def _update(
    physical_id: str, old: dict[str, Any], new: dict[str, Any], stack: str
) -> tuple[str, dict[str, Any]]:
    asyncio.run(_bring(new))
    return physical_id, {}


def _keep(physical_id: str, properties: dict[str, Any]) -> None:
    pass


async def _bring(properties: dict[str, Any]) -> None:
    bucket = properties["DestinationBucketName"]
    metadata = properties.get("SystemMetadata", {})
    brought = set()
    for name, content in _files(properties):
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        headers = {"content-type": kind, **metadata}
        await _request("PUT", bucket, name, headers, content)
        brought.add(name)
    if str(properties.get("Prune", "true")).lower() == "true":
        held = seams.module("services.s3")._buckets[bucket]["objects"]
        for name in [*held]:
            if name not in brought and _is_meant(name, properties):
                await _request("DELETE", bucket, name, {}, b"")


async def _request(
    method: str, bucket: str, name: str, headers: dict[str, str], content: bytes
) -> None:
    handle = seams.module("services.s3").handle_request
    path = f"/{bucket}/{quote(name)}"
    status, _, body = await handle(method, path, headers, content, {}, internal=True)
    if status >= 400:
        raise ValueError(f"{name} was not uploaded: {body.decode(errors='replace')}")


def _files(properties: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    sources = zip(properties["SourceBucketNames"], properties["SourceObjectKeys"], strict=True)
    for bucket, key in sources:
        packed = seams.module("services.s3")._get_object_data(bucket, key)
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            for name in archive.namelist():
                if not name.endswith("/") and _is_meant(name, properties):
                    yield name, archive.read(name)


def _is_meant(name: str, properties: dict[str, Any]) -> bool:
    """As ``aws s3 sync`` is told: what is excluded is left out, unless it is included again."""
    if any(fnmatch(name, pattern) for pattern in properties.get("Include", [])):
        return True
    return not any(fnmatch(name, pattern) for pattern in properties.get("Exclude", []))
