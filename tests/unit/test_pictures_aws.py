"""What is asked of S3 and of the SageMaker runtime."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.response import StreamingBody

from deepstory.pictures.endpoint import SageMakerEndpoint
from deepstory.pictures.errors import (
    NotAPictureError,
    ObjectsLeftError,
    RequestNotTakenError,
    ResultMissingError,
)
from deepstory.pictures.s3 import (
    MAXIMUM_OUTPUT_BYTES,
    S3ModelOutput,
    S3PictureFiles,
    S3PictureUrls,
)
from fakes.core import FixedClock
from fakes.pictures import a_picture
from support.aws import Clients

LOCATION = "s3://bucket/async-output/1.out"
OUTPUT = {"Bucket": "bucket", "Key": "async-output/1.out"}


class TestFiles:
    def test_objects_say_what_they_are_and_that_they_never_change(self, clients: Clients) -> None:
        for name, content_type in (("png", "image/png"), ("webp", "image/webp")):
            clients.stub("s3").add_response(
                "put_object",
                {},
                {
                    "Bucket": "bucket",
                    "Key": f"pictures/file-p1.{name}",
                    "Body": name.encode(),
                    "ContentType": content_type,
                    "CacheControl": "private, max-age=31536000, immutable",
                },
            )

        files = S3PictureFiles(clients.client("s3"), "bucket")
        files.keep(a_picture(), image=b"png", thumbnail=b"webp")

    def test_both_objects_are_removed(self, clients: Clients) -> None:
        for name in ("png", "webp"):
            clients.stub("s3").add_response(
                "delete_object", {}, {"Bucket": "bucket", "Key": f"pictures/file-p1.{name}"}
            )

        S3PictureFiles(clients.client("s3"), "bucket").remove(a_picture())

    def test_failed_removal_says_that_objects_are_left(self, clients: Clients) -> None:
        clients.stub("s3").add_client_error("delete_object", "SlowDown")

        with pytest.raises(ObjectsLeftError):
            S3PictureFiles(clients.client("s3"), "bucket").remove(a_picture())


class TestUrls:
    @pytest.fixture
    def clock(self) -> FixedClock:
        return FixedClock()

    @pytest.fixture
    def urls(self, clients: Clients, clock: FixedClock) -> S3PictureUrls:
        return S3PictureUrls(clients.client("s3"), "bucket", clock)

    def test_address_is_signed_with_version_4_for_an_hour(self, urls: S3PictureUrls) -> None:
        parts = urlsplit(urls.url("pictures/1.png"))
        query = parse_qs(parts.query)

        assert parts.path == "/pictures/1.png"
        assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
        assert query["X-Amz-Expires"] == ["3600"]

    def test_address_stays_the_same_for_half_its_time(
        self, urls: S3PictureUrls, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        signed: list[str] = []
        sign = urls._client.generate_presigned_url

        def count(*args: Any, **kwargs: Any) -> str:
            signed.append(kwargs["Params"]["Key"])
            return str(sign(*args, **kwargs))

        monkeypatch.setattr(urls._client, "generate_presigned_url", count)
        first = urls.url("pictures/1.png")
        clock.advance(minutes=29)
        assert urls.url("pictures/1.png") == first
        clock.advance(minutes=1)
        urls.url("pictures/1.png")

        assert len(signed) == 2


class TestOutput:
    @pytest.fixture
    def output(self, clients: Clients) -> S3ModelOutput:
        return S3ModelOutput(clients.client("s3"), "bucket")

    def answer(self, clients: Clients, content: bytes, length: int | None = None) -> None:
        body = StreamingBody(io.BytesIO(content), len(content))
        size = len(content) if length is None else length
        clients.stub("s3").add_response("get_object", {"Body": body, "ContentLength": size}, OUTPUT)

    def test_result_is_read(self, clients: Clients, output: S3ModelOutput) -> None:
        self.answer(clients, b"content")

        assert output.read(LOCATION) == b"content"

    def test_huge_result_is_not_read(self, clients: Clients, output: S3ModelOutput) -> None:
        self.answer(clients, b"", MAXIMUM_OUTPUT_BYTES + 1)

        with pytest.raises(NotAPictureError):
            output.read(LOCATION)

    def test_absent_result_is_missing(self, clients: Clients, output: S3ModelOutput) -> None:
        clients.stub("s3").add_client_error("get_object", "NoSuchKey")

        with pytest.raises(ResultMissingError):
            output.read(LOCATION)

    def test_other_failures_are_not_taken_for_absence(
        self, clients: Clients, output: S3ModelOutput
    ) -> None:
        clients.stub("s3").add_client_error("get_object", "SlowDown")

        with pytest.raises(Exception, match="SlowDown"):
            output.read(LOCATION)

    def test_result_is_removed(self, clients: Clients, output: S3ModelOutput) -> None:
        clients.stub("s3").add_response("delete_object", {}, OUTPUT)

        output.remove(LOCATION)

    @pytest.mark.parametrize(
        "location",
        ["s3://other/async-output/1.out", "s3://bucket/pictures/1.png", "async-output/1.out", ""],
    )
    def test_nothing_but_results_is_touched(self, output: S3ModelOutput, location: str) -> None:
        output.remove(location)
        with pytest.raises(ResultMissingError):
            output.read(location)


class TestEndpoint:
    def expected(self, body: bytes) -> dict[str, Any]:
        return {
            "EndpointName": "deepstory",
            "Body": body,
            "ContentType": "application/json",
            "Accept": "image/png",
            "InferenceId": "p1",
            "RequestTTLSeconds": 1800,
            "InvocationTimeoutSeconds": 120,
        }

    @pytest.mark.parametrize(
        ("negative_prompt", "more"), [(None, ""), ("blur", ',"negative_prompt":"blur"')]
    )
    def test_request_holds_what_the_model_needs(
        self, clients: Clients, negative_prompt: str | None, more: str
    ) -> None:
        body = '{"prompt":"바다, 수채화","seed":7,"aspect":"1:1"' + more + "}"
        clients.stub("sagemaker-runtime").add_response(
            "invoke_endpoint_async", {"InferenceId": "p1"}, self.expected(body.encode())
        )

        endpoint = SageMakerEndpoint(clients.client("sagemaker-runtime"), "deepstory")
        endpoint.send(a_picture(negative_prompt=negative_prompt))

    @pytest.mark.parametrize("code", ["ThrottlingException", "ValidationError"])
    def test_refused_request_may_be_taken_later(self, clients: Clients, code: str) -> None:
        clients.stub("sagemaker-runtime").add_client_error("invoke_endpoint_async", code)

        with pytest.raises(RequestNotTakenError):
            SageMakerEndpoint(clients.client("sagemaker-runtime"), "deepstory").send(a_picture())
