"""What brings pictures to the model server and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta

import boto3

from deepstory.clock import to_rfc3339
from deepstory.pictures.entities import Picture
from fakes.pictures import an_image
from support.redelivery import Case, Record
from support.scenes import Scene

# When something was sent, and how often it was written, depend on what broke.
_BOOKKEEPING = {
    "pictures": frozenset({"version", "sent_at", "due_at", "queue_key", "sends"}),
    # Estimates and observations, of which losing one does no harm.
    "model_server": frozenset({"*"}),
}
_REASON = 'ClientError: Received {side} error ({status}) from primary with message "{body}".'


def _ordered(scene: Scene) -> Sequence[Record]:
    owner = scene.sign_up("mina")
    scene.order(owner, 4)
    scene.order(owner, 2)
    created = scene.stream("pictures")
    return [record for record in created if record["eventName"] == "INSERT"]


def _dispatch_left(scene: Scene) -> None:
    """Do what the clock's dispatcher does within minutes after a sender died."""
    for _ in range(3):
        scene.hours(0.1)
        scene.services.dispatcher.dispatch_due(time_limit=timedelta(minutes=1))


def _waiting(scene: Scene) -> Sequence[Record]:
    scene.order(scene.sign_up("mina"), 4)
    return []


def _answered(scene: Scene) -> Sequence[Record]:
    pictures = [*scene.order(scene.sign_up("mina"), 4), *scene.order(scene.sign_up("jun"), 2)]
    scene.services.dispatcher.dispatch(picture_ids=[each.picture_id for each in pictures])
    scene.hours(0.01)
    drawn = [_drawn(scene, picture, number) for number, picture in enumerate(pictures[:3])]
    own_fault = _REASON.format(
        side="client", status=400, body='{"error":{"code":"a","message":"b"}}'
    )
    crashed = _REASON.format(side="server", status=0, body="timed out")
    failed = [_failed(scene, pictures[3], own_fault), _failed(scene, pictures[4], crashed)]
    scene.services.pictures.remove(picture_id=pictures[5].picture_id, owner_id=pictures[5].owner_id)
    unwanted = _drawn(scene, pictures[5], 5)
    test_message = {"Sns": {"Message": json.dumps({"eventName": "TestNotification"})}}
    scene.hours(0.01)
    return [*drawn, *failed, unwanted, test_message]


def _drawn(scene: Scene, picture: Picture, number: int) -> Record:
    key = f"async-output/{number}.out"
    boto3.client("s3").put_object(Bucket=scene.bucket, Key=key, Body=an_image())
    location = f"s3://{scene.bucket}/{key}"
    return _message(
        scene,
        picture,
        invocationStatus="Completed",
        responseParameters={"contentType": "image/png", "outputLocation": location},
    )


def _failed(scene: Scene, picture: Picture, reason: str) -> Record:
    return _message(scene, picture, invocationStatus="Failed", failureReason=reason)


def _message(scene: Scene, picture: Picture, **changes: object) -> Record:
    message = {
        "eventTime": to_rfc3339(scene.clock.now()),
        "receivedTime": to_rfc3339(scene.clock.now()),
        "inferenceId": picture.picture_id,
        "eventName": "InferenceResult",
    } | changes
    return {"Sns": {"Message": json.dumps(message)}}


CASES = [
    Case("workers.dispatch_pictures", _ordered, ignored=_BOOKKEEPING, settle=_dispatch_left),
    Case("scheduler.dispatch_waiting", _waiting, ignored=_BOOKKEEPING, settle=_dispatch_left),
    Case("workers.picture_finished", _answered, ignored=_BOOKKEEPING, settle=_dispatch_left),
]
