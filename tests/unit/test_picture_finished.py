"""What the worker makes of SageMaker's notifications."""

from __future__ import annotations

import base64
import json
from types import SimpleNamespace
from typing import Any

import pytest

from deepstory.clock import to_rfc3339
from deepstory.pictures.entities import Picture
from fakes.drawing import Studio
from fakes.pictures import LOCATION, an_image
from workers import picture_finished
from workers.notifications import fault_of, parse

CONTEXT = SimpleNamespace(aws_request_id="request-1")
REASON = (
    "ClientError: Received {side} error ({status}) from primary with message "
    '"{body}". See the SageMaker Endpoint logs in your account for more information.'
)


@pytest.fixture
def studio(monkeypatch: pytest.MonkeyPatch) -> Studio:
    studio = Studio()
    monkeypatch.setattr(picture_finished, "services", lambda: studio)
    return studio


@pytest.fixture
def sent(studio: Studio) -> Picture:
    picture = studio.order()
    studio.dispatch(picture)
    studio.clock.advance(seconds=4)
    return picture


def message(studio: Studio, picture: Picture, **changes: Any) -> dict[str, Any]:
    """Return a notification as SageMaker publishes it when a picture is drawn."""
    sent_at = studio.stored(picture).sent_at
    assert sent_at
    return {
        "awsRegion": "us-east-1",
        "eventTime": to_rfc3339(studio.clock.now()),
        "receivedTime": to_rfc3339(sent_at),
        "invocationStatus": "Completed",
        "requestParameters": {
            "accept": "image/png",
            "contentType": "application/json",
            "endpointName": "deepstory",
        },
        "responseParameters": {"contentType": "image/png", "outputLocation": LOCATION},
        "inferenceId": picture.picture_id,
        "eventVersion": "1.0",
        "eventSource": "aws:sagemaker",
        "eventName": "InferenceResult",
    } | changes


def failure(studio: Studio, picture: Picture, reason: str, **changes: Any) -> dict[str, Any]:
    return message(
        studio,
        picture,
        invocationStatus="Failed",
        failureReason=reason,
        responseParameters={"failureLocation": LOCATION},
        **changes,
    )


def deliver(*messages: dict[str, Any] | str) -> None:
    records = [
        {"Sns": {"Message": text if isinstance(text, str) else json.dumps(text)}}
        for text in messages
    ]
    picture_finished.handler({"Records": records}, CONTEXT)


def test_drawn_picture_becomes_ready_and_is_timed(studio: Studio, sent: Picture) -> None:
    studio.output.objects[LOCATION] = an_image()

    deliver(message(studio, sent))

    assert studio.stored(sent).status == "ready"
    assert studio.server.current().finished_at == studio.clock.now()


def test_three_deliveries_are_the_same_as_one(studio: Studio, sent: Picture) -> None:
    studio.output.objects[LOCATION] = an_image()
    told = message(studio, sent)

    deliver(told, told)
    deliver(told)

    assert studio.stored(sent).version == 4  # asked for, claimed, taken, ready
    assert len(studio.files.objects) == 2


def test_dead_container_has_the_picture_drawn_again(studio: Studio, sent: Picture) -> None:
    reason = REASON.format(side="server", status=0, body="Your invocation timed out")

    deliver(failure(studio, sent, reason))

    assert studio.stored(sent).status == "queued"
    assert len(studio.endpoint.sent) == 2


def test_refused_picture_fails_with_the_words_of_the_model(studio: Studio, sent: Picture) -> None:
    body = '{"error":{"code":"content_filtered","message":"The model withheld the picture."}}'
    studio.output.objects[LOCATION] = body.encode()

    deliver(failure(studio, sent, REASON.format(side="client", status=422, body=body)))

    stored = studio.stored(sent)
    assert stored.status == "failed"
    assert stored.error and stored.error.code == "content_filtered"
    assert stored.error.message == "The model withheld the picture."
    assert studio.output.objects == {}


def test_unhandled_failure_is_raised_for_a_repetition(
    studio: Studio, sent: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(location: str) -> bytes:
        raise ConnectionError

    monkeypatch.setattr(studio.output, "read", break_down)

    with pytest.raises(ConnectionError):
        deliver(message(studio, sent))


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"eventName": "TestNotification", "eventTime": "2026-11-22T03:00:00.000Z"}),
        "",
        "hello",
        "[1]",
        "{}",
        json.dumps(
            {
                "eventName": "InferenceResult",
                "eventTime": "2026-11-22T03:00:00.000Z",
                "inferenceId": "not ours",
            }
        ),
    ],
)
def test_what_is_about_no_picture_is_passed_over(studio: Studio, text: str) -> None:
    deliver(text)

    assert studio.pictures.pictures == {}


@pytest.mark.parametrize(
    ("reason", "code", "is_final", "of_load"),
    [
        (REASON.format(side="client", status=400, body="oops"), "refused", True, False),
        (REASON.format(side="client", status=422, body='{"error":1}'), "refused", True, False),
        (REASON.format(side="client", status=429, body=""), "too_busy", False, True),
        (REASON.format(side="server", status=503, body=""), "too_busy", False, True),
        (REASON.format(side="server", status=500, body=""), "model_failed", False, False),
        (REASON.format(side="server", status=0, body=""), "model_failed", False, False),
        ("ClientError: The request expired in the queue", "too_busy", False, True),
        ("ClientError: Unable to store the result", "model_failed", False, False),
        ("", "model_failed", False, False),
    ],
)
def test_reasons_say_whether_to_try_again(
    studio: Studio, sent: Picture, reason: str, code: str, is_final: bool, of_load: bool
) -> None:
    notification = parse(json.dumps(failure(studio, sent, reason)))

    assert notification
    fault = fault_of(notification)
    assert (fault.error.code, fault.is_final, fault.of_load) == (code, is_final, of_load)


def test_included_body_is_read_before_the_quoted_one(studio: Studio, sent: Picture) -> None:
    body = {"error": {"code": "prompt_too_long", "message": "Shorter, please."}}
    content = base64.b64encode(json.dumps(body, separators=(",", ":")).encode()).decode()
    told = failure(
        studio,
        sent,
        REASON.format(side="client", status=422, body='{"error":{"code":"cut'),
        responseBody={"content": content, "encoding": "BASE64"},
    )
    notification = parse(json.dumps(told))

    assert notification
    assert fault_of(notification).error.code == "prompt_too_long"


def test_notification_without_its_time_of_receipt_uses_its_own(
    studio: Studio, sent: Picture
) -> None:
    told = message(studio, sent)
    del told["receivedTime"]
    notification = parse(json.dumps(told))

    assert notification
    assert notification.received_at == studio.clock.now()
