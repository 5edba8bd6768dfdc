"""Buckets of stacks end as on AWS: only when they are empty, and then with their files.

CDK's ``auto_delete_objects`` empties a bucket first, by a Lambda in JavaScript; the embedded cloud
has no AWS SDK for those, so what it does is done here.
"""

from typing import Any

from local.cloud import seams

EMPTYING = "Custom::S3AutoDeleteObjects"


def install() -> None:
    """Take the place of ministack's deletion, and know how to empty a bucket."""
    handlers = seams.module("services.cloudformation.provisioners")._RESOURCE_HANDLERS
    handlers["AWS::S3::Bucket"]["delete"] = _delete
    seams.add_resource_type(EMPTYING, _watch, _empty, update=_watch_another)


def _delete(name: str, properties: dict[str, Any]) -> None:
    status, _, body = seams.module("services.s3")._delete_bucket(name)
    if status >= 400 and b"NoSuchBucket" not in body:
        raise ValueError(f"The bucket {name} cannot be deleted: {body.decode()}")


def _watch(logical_id: str, properties: dict[str, Any], stack: str) -> tuple[str, dict[str, Any]]:
    return f"{stack}-{logical_id}", {}


def _watch_another(
    physical_id: str, old: dict[str, Any], new: dict[str, Any], stack: str
) -> tuple[str, dict[str, Any]]:
    return physical_id, {}


def _empty(physical_id: str, properties: dict[str, Any]) -> None:
    storage = seams.module("services.s3")
    name = properties["BucketName"]
    bucket = storage._buckets.get(name)
    if bucket is None:
        return
    bucket["objects"].clear()
    versions = storage._object_versions
    for place in [place for place in versions if place[0] == name]:
        del versions[place]
