"""What is said to SES, SQS and S3."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from deepstory.exports import s3
from deepstory.exports.s3 import S3ExportFiles, S3ExportUrls, S3PictureSource
from deepstory.mail.mailer import Mail, SesMailer
from deepstory.queues import SqsQueue
from support.aws import Clients

PLACE = {"Bucket": "bucket", "Key": "exports/1.zip"}
URL = "https://sqs.us-east-1.amazonaws.com/000000000000/work"


def test_mail_has_text_and_html_in_utf_8(clients: Clients) -> None:
    stub = clients.stub("sesv2")
    expected = {
        "FromEmailAddress": "Deep-Story <no-reply@example.com>",
        "Destination": {"ToAddresses": ["mina@example.com"]},
        "Content": {
            "Simple": {
                "Subject": {"Data": "제목", "Charset": "UTF-8"},
                "Body": {
                    "Text": {"Data": "글", "Charset": "UTF-8"},
                    "Html": {"Data": "<p>글</p>", "Charset": "UTF-8"},
                },
            }
        },
    }
    stub.add_response("send_email", {"MessageId": "1"}, expected)

    mailer = SesMailer(clients.client("sesv2"), "no-reply@example.com")
    mailer.send(Mail(to="mina@example.com", subject="제목", text="글", html="<p>글</p>"))


@pytest.mark.parametrize(
    ("delay", "seconds"),
    [(timedelta(0), 0), (timedelta(seconds=29.1), 30), (timedelta(hours=1), 900)],
)
def test_messages_are_held_back_as_long_as_sqs_can(
    clients: Clients, delay: timedelta, seconds: int
) -> None:
    stub = clients.stub("sqs")
    expected = {"QueueUrl": URL, "MessageBody": "{}", "DelaySeconds": seconds}
    stub.add_response("send_message", {}, expected)

    SqsQueue(clients.client("sqs"), URL).send(b"{}", delay=delay)


def test_what_fits_into_a_part_is_one_object(clients: Clients) -> None:
    stub = clients.stub("s3")
    stub.add_response("put_object", {}, {**PLACE, "Body": b"abc", "ContentType": "application/zip"})
    with S3ExportFiles(clients.client("s3"), "bucket").writing("exports/1.zip") as sink:
        assert sink.write(b"ab") == 2
        sink.write(b"c")


def test_more_is_sent_in_parts_of_which_one_is_held(
    clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "PART_BYTES", 4)
    stub = clients.stub("s3")
    upload = {**PLACE, "UploadId": "u"}
    stub.add_response(
        "create_multipart_upload",
        {"UploadId": "u"},
        {**PLACE, "ContentType": "application/zip"},
    )
    for number, body in ((1, b"0123"), (2, b"4567"), (3, b"89")):
        stub.add_response(
            "upload_part",
            {"ETag": f"e{number}"},
            {**upload, "PartNumber": number, "Body": body},
        )
    parts = [{"PartNumber": number, "ETag": f"e{number}"} for number in (1, 2, 3)]
    stub.add_response(
        "complete_multipart_upload", {}, {**upload, "MultipartUpload": {"Parts": parts}}
    )

    with S3ExportFiles(clients.client("s3"), "bucket").writing("exports/1.zip") as sink:
        sink.write(b"012")
        sink.write(b"3456")
        sink.write(b"789")


def test_zip_that_breaks_off_leaves_no_parts(
    clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "PART_BYTES", 4)
    stub = clients.stub("s3")
    stub.add_response("create_multipart_upload", {"UploadId": "u"})
    stub.add_response("upload_part", {"ETag": "e"})
    stub.add_response("abort_multipart_upload", {}, {**PLACE, "UploadId": "u"})

    kept: list[Any] = []
    with (
        pytest.raises(SystemExit),
        S3ExportFiles(clients.client("s3"), "bucket").writing("exports/1.zip") as sink,
    ):
        kept.append(sink)
        sink.write(b"01234")
        raise SystemExit
    # What a ZIP writes when it is forgotten goes nowhere.
    assert kept[0].write(b"0123456789") == 10


def test_url_names_the_file_and_ends(clients: Clients) -> None:
    urls = S3ExportUrls(clients.client("s3"), "bucket")
    url = urls.url("exports/1.zip", name="deep-story-2026-11-22.zip", seconds=60)

    assert "X-Amz-Expires=60" in url
    assert "deep-story-2026-11-22.zip" in url


def test_absent_picture_has_no_chunks_and_other_failures_are_told(clients: Clients) -> None:
    from botocore.exceptions import ClientError

    stub = clients.stub("s3")
    stub.add_client_error("get_object", "NoSuchKey")
    stub.add_client_error("get_object", "SlowDown")
    source = S3PictureSource(clients.client("s3"), "bucket")

    assert source.chunks("pictures/1.png") is None
    with pytest.raises(ClientError):
        source.chunks("pictures/1.png")
