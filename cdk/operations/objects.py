"""Files of pictures that were deleted, brought back from the bucket's older versions."""

from __future__ import annotations

from datetime import datetime

from operations.live import Clients, Live

_KEPT = "pictures/"


def undelete(clients: Clients, live: Live, since: datetime) -> int:
    """Take back every deletion of a picture's file since a time; return how many it were.

    Files of pictures that are no longer in their table go again, by the nightly sweep.
    """
    storage = clients("s3")
    pages = storage.get_paginator("list_object_versions").paginate(Bucket=live.bucket, Prefix=_KEPT)
    markers = [
        {"Key": marker["Key"], "VersionId": marker["VersionId"]}
        for page in pages
        for marker in page.get("DeleteMarkers", [])
        if marker["IsLatest"] and marker["LastModified"] >= since
    ]
    for marker in markers:
        storage.delete_object(Bucket=live.bucket, **marker)
    return len(markers)
