"""What answers those who forgot their password, take everything along, or leave."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import timedelta

import boto3
import msgspec

from deepstory.erasure.entities import EraseOrder
from deepstory.exports.entities import object_key
from deepstory.pictures.entities import Drawn
from fakes.pictures import an_image
from support.redelivery import Case, Record
from support.scenes import SENDER, Scene

_PASSWORD = "correct horse"
# Which token it is, is random.
_RESETS = {"password_resets": frozenset({"token_hash"})}
# How often, and so how long, it was tried.
_EXPORTS = {"exports": frozenset({"attempts", "leased_until", "finished_at", "expires_at", "size"})}
_ERASURES = {"erasures": frozenset({"finished_at", "expires_at"})}


def _forgotten(scene: Scene) -> Sequence[Record]:
    boto3.client("sesv2").create_email_identity(EmailIdentity=SENDER)
    mina, _, sora, _ = (scene.sign_up(name) for name in ("mina", "jun", "sora", "late"))
    scene.services.user_administration.suspend(user_id=sora, actor_id=mina)
    too_late = _asked(scene, "late")
    scene.hours(1)
    return [*too_late, *_asked(scene, "mina", "jun", "sora", "nobody"), *_asked(scene, "mina")]


def _asked(scene: Scene, *names: str) -> list[Record]:
    resets = scene.services.account.password_resets
    for name in names:
        resets.request(email=f"{name}@example.com")
    scene.clock.advance(seconds=1)
    return scene.queues.take("password_resets_queue")


def _use_links(scene: Scene) -> None:
    """Follow the last link that each was mailed: it is the one that works, once."""
    for token in scene.mailbox.tokens().values():
        scene.services.account.password_resets.confirm(token=token, password="a new horse")


def _ordered(scene: Scene) -> Sequence[Record]:
    """Have everything packed for one who stays, two who leave, and one who waited too long."""
    late, mina, jun, sora = (scene.sign_up(name) for name in ("late", "mina", "jun", "sora"))
    account = scene.services.account
    for user_id in (mina, jun):
        _live(scene, user_id, sora)
    account.exports.begin(user_id=late)
    scene.hours(3)
    for user_id in (mina, jun, sora):
        account.exports.begin(user_id=user_id)
    records = scene.queues.take("exports_queue")
    _close(scene, jun)
    _close(scene, sora)
    eraser = next(each for each in account.erasers if each.name == "exports")
    assert eraser.erase(sora, limit=10)
    # What a try that broke off at its end wrote after that.
    _keep_object(scene, object_key(json.loads(records[-1]["body"])["file_key"]), b"left")
    return records


def _unpack(scene: Scene) -> None:
    """Put what the ZIPs hold in their place: when they were made is no result."""
    client = boto3.client("s3")
    sizes = {
        object_key(item["file_key"]["S"]): int(item["size"]["N"])
        for item in boto3.client("dynamodb").scan(TableName="exports")["Items"]
        if item.get("status") == {"S": "ready"}
    }
    for key, size in sizes.items():
        body = client.get_object(Bucket=scene.bucket, Key=key)["Body"].read()
        assert len(body) == size
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            files = {name: archive.read(name).hex() for name in archive.namelist()}
            made = json.loads(archive.read("export.json"))
        assert made.pop("made_at")
        files["export.json"] = json.dumps(made)
        _keep_object(scene, key, json.dumps(files, sort_keys=True).encode())


def _left(scene: Scene) -> Sequence[Record]:
    mina, jun, sora = (scene.sign_up(name) for name in ("mina", "jun", "sora"))
    _live(scene, mina, jun)
    _live(scene, sora, jun)
    _live(scene, jun, mina)
    _close(scene, mina)
    _close(scene, sora)
    return scene.queues.take("erasures_queue")


def _forgotten_erasures(scene: Scene) -> Sequence[Record]:
    """Have the messages of those who left get lost, until the clock has to look after them."""
    people = [scene.sign_up(name) for name in ("mina", "jun", "sora")]
    for user_id in people:
        scene.write(user_id)
        _close(scene, user_id)
    scene.queues.clear()
    scene.hours(0.2)
    return []


def _erase(scene: Scene) -> None:
    """Do what the worker does, until no message comes any more."""
    while waiting := scene.queues.take("erasures_queue"):
        scene.hours(0.1)
        # That one comes twice is the workers' case.
        for body in sorted({record["body"] for record in waiting}):
            order = msgspec.json.decode(body, type=EraseOrder)
            scene.services.account.cascade.step(
                user_id=order.user_id, time_limit=timedelta(minutes=2)
            )


def _erase_to_the_end(scene: Scene) -> None:
    """Take also the late look, a day later, and what the clock looks after until then."""
    _erase(scene)
    for hours in (1, 25):
        scene.hours(hours)
        scene.services.account.due_erasures.resume_due()
        _erase(scene)


def _live(scene: Scene, user_id: str, other_id: str) -> None:
    """Have somebody leave a trace of every kind."""
    services = scene.services
    picture, _ = scene.order(user_id, 2)
    ready = picture.finished(Drawn(width=64, height=48, dominant_color="#cc2211"))
    services.picture_files.keep(picture, image=an_image(), thumbnail=an_image())
    assert services.picture_repository.replace(picture, ready)
    scene.write(user_id, picture_id=picture.picture_id)
    scene.write(user_id, visibility="private")
    theirs = scene.write(other_id)
    scene.like(theirs, user_id)
    scene.comment(theirs, user_id)
    services.notice_writer.liked(post_id=theirs, actor_ids=[user_id])
    report = services.reports.report
    report(reporter_id=user_id, target_type="post", target_id=theirs, reason="욕설")
    report(reporter_id=other_id, target_type="user", target_id=user_id, reason="스팸")
    services.blocks.block(user_id=user_id, blocked_id=other_id)
    services.blocks.unblock(user_id=user_id, blocked_id=other_id)


def _close(scene: Scene, user_id: str) -> None:
    scene.clock.advance(seconds=1)
    closing = scene.services.account.closing
    closing.close(user_id=user_id, password=_PASSWORD, address="192.0.2.1")


def _keep_object(scene: Scene, key: str, body: bytes) -> None:
    boto3.client("s3").put_object(Bucket=scene.bucket, Key=key, Body=body)


CASES = [
    Case("workers.password_resets", _forgotten, ignored=_RESETS, settle=_use_links),
    Case(
        "workers.exports",
        _ordered,
        ignored=_EXPORTS,
        settle=_unpack,
        # Whoever is tried more than three times, or waits for hours, gets none.
        breaks=1,
        patience=timedelta(seconds=960),
    ),
    Case(
        "workers.erasures",
        _left,
        ignored=_ERASURES,
        settle=_erase_to_the_end,
        patience=timedelta(seconds=240),
    ),
    Case("scheduler.resume_erasures", _forgotten_erasures, settle=_erase),
]
