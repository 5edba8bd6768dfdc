"""A probe's way with answers that come late, badly or never; tests/local probes a real endpoint."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from model.operations.errors import ProbeError
from model.operations.probing import Probe, Waits

PNG = b"\x89PNG\r\n\x1a\n..."


@dataclass
class FakeCloud:
    """The runtime and S3 in one: ``arriving`` maps a key to how often it is asked for in vain."""

    objects: dict[str, bytes] = field(default_factory=dict)
    arriving: dict[str, int] = field(default_factory=dict)
    status: int = 404
    asked: list[dict[str, Any]] = field(default_factory=list)

    def invoke_endpoint_async(self, **request: Any) -> dict[str, str]:
        self.asked.append(request)
        return {"OutputLocation": "s3://b/out", "FailureLocation": "s3://b/failed"}

    def get_object(self, **request: str) -> dict[str, Any]:
        key = request["Key"]
        left = self.arriving.get(key, 0)
        self.arriving[key] = left - 1
        if key not in self.objects or left > 0:
            answer: Any = {
                "Error": {"Code": "x"},
                "ResponseMetadata": {"HTTPStatusCode": self.status},
            }
            raise ClientError(answer, "GetObject")
        return {"Body": io.BytesIO(self.objects[key])}

    def delete_object(self, **request: str) -> None:
        del self.objects[request["Key"]]


def draw(cloud: FakeCloud) -> float:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    return Probe(cloud, cloud, "drawing", Waits(10, 0.5), lambda: now[0], sleep).draw(1)


@pytest.mark.parametrize("status", [403, 404])
def test_time_is_counted_until_the_picture_is_there_which_is_then_removed(status: int) -> None:
    cloud = FakeCloud({"out": PNG}, {"out": 4}, status)
    assert draw(cloud) == 2.0
    assert cloud.objects == {}
    assert cloud.asked[0]["Accept"] == "image/png"
    assert 60 <= cloud.asked[0]["RequestTTLSeconds"] <= 21_600


def test_refused_picture_is_told_in_the_model_s_words() -> None:
    with pytest.raises(ProbeError, match="content_filtered"):
        draw(FakeCloud({"failed": b'{"error": {"code": "content_filtered"}}'}))


def test_what_is_no_picture_is_no_success() -> None:
    with pytest.raises(ProbeError, match="is no picture"):
        draw(FakeCloud({"out": b"<html>"}))


def test_picture_that_never_comes_is_given_up() -> None:
    with pytest.raises(ProbeError, match="within 10 s"):
        draw(FakeCloud())


def test_storage_that_fails_is_told() -> None:
    with pytest.raises(ProbeError, match="can't be read"):
        draw(FakeCloud(status=500))
