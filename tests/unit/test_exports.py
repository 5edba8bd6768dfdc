"""Asking for an export and fetching it, over HTTP; and packing it over memory."""

from __future__ import annotations

import io
import json
import os
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from deepstory.exports import sections
from deepstory.exports.archive import Archive
from deepstory.exports.entities import GIVEN_UP_AFTER, ExportOrder
from deepstory.exports.errors import ExportBusyError
from deepstory.exports.packing import LEASE, ExportPacker
from deepstory.exports.s3 import PART_BYTES, S3ExportFiles
from deepstory.exports.sections import Section
from deepstory.pictures.entities import Drawn
from fakes.account import MemoryExportFiles
from fakes.core import START
from fakes.pictures import MemoryPictureRepository, a_picture
from support.api import Answer, Api
from support.stories import me, someone_else, write
from workers import exports as worker

LONG = timedelta(minutes=10)
CONTEXT = SimpleNamespace(aws_request_id="request-1", get_remaining_time_in_millis=lambda: 600_000)


class MemorySource:
    """The objects of pictures."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def chunks(self, key: str) -> Iterator[bytes] | None:
        content = self.objects.get(key)
        return None if content is None else iter([content[:3], content[3:]])


class Desk:
    """Somebody with posts and pictures, and the worker that packs them."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.account: Any = api.services.account
        self.files = MemoryExportFiles()
        self.account.export_files = self.files
        self.pictures = MemoryPictureRepository()
        self.source = MemorySource()
        services: Any = api.services
        services.picture_repository = self.pictures
        self.user_id = me(api)
        self.packer = self.account.export_packer = ExportPacker(
            exports=self.account.export_repository,
            files=self.files,
            people=services.users,
            posts=services.post_repository,
            pictures=self.pictures,
            source=self.source,
            sections=(
                sections.post_section(services.post_repository),
                sections.picture_section(self.pictures),
                sections.like_section(services.like_repository),
                sections.block_section(services.block_repository),
                sections.notice_section(services.notice_repository),
            ),
            clock=api.services.clock,
        )

    def begin(self) -> Answer:
        self.api.services.clock.advance(seconds=1)
        return self.api.call("GET", "/me/export")

    def show(self, export_id: str) -> Answer:
        return self.api.call("GET", f"/me/export/{export_id}")

    def orders(self) -> list[ExportOrder]:
        bodies = self.account.export_queue.take()
        return [msgspec.json.decode(body, type=ExportOrder) for body in bodies]

    def pack(self, order: ExportOrder, time_limit: timedelta = LONG) -> bool:
        return bool(self.packer.pack(order, time_limit=time_limit))

    def pack_all(self) -> None:
        """Do what the worker does with orders that wait."""
        for order in self.orders():
            self.pack(order)

    def add_picture(self, picture_id: str, content: bytes | None = b"a png") -> None:
        drawn = Drawn(width=1, height=1, dominant_color="#000000")
        picture = a_picture(picture_id, owner_id=self.user_id, status="ready", drawn=drawn)
        self.pictures.pictures[picture_id] = picture
        if content is not None:
            self.source.objects[picture.image_key] = content

    def opened(self) -> zipfile.ZipFile:
        (content,) = self.files.objects.values()
        archive = zipfile.ZipFile(io.BytesIO(content))
        assert archive.testzip() is None
        return archive


@pytest.fixture
def desk(stories: Api) -> Desk:
    return Desk(stories)


def read(archive: zipfile.ZipFile, name: str) -> Any:
    return json.loads(archive.read(name))


class TestOverHttp:
    def test_export_goes_from_pending_to_a_url_that_expires(self, desk: Desk) -> None:
        answer = desk.begin()
        export = answer.json["export"]
        assert (answer.status, export["status"], "url" in export) == (202, "pending", False)
        assert desk.show(export["id"]).json == export

        (order,) = desk.orders()
        assert desk.pack(order)
        shown = desk.show(export["id"]).json
        assert shown["status"] == "ready"
        (key,) = desk.files.objects
        assert shown["url"].startswith(f"https://exports.example/{key}?name=deep-story-2026-11-22")
        assert shown["size_bytes"] == len(desk.files.objects[key])
        assert shown["expires_at"] == "2026-11-29T03:00:01.000Z"

        desk.api.services.clock.advance(days=7, seconds=-1)
        assert desk.account.exports.show(user_id=desk.user_id, export_id=export["id"]).url.endswith(
            "seconds=1"
        )

    def test_expired_exports_are_not_found(self, desk: Desk) -> None:
        export_id = desk.begin().json["export"]["id"]
        desk.pack_all()
        desk.api.services.clock.advance(days=7)
        log_in = {"email": "mina@example.com", "password": "correct horse"}
        desk.api.token = desk.api.call("POST", "/auth/login", log_in).json["access_token"]

        assert desk.show(export_id).status == 404

    def test_asking_while_one_is_under_way_is_the_same_export(self, desk: Desk) -> None:
        first, second = desk.begin(), desk.begin()
        assert first.json == second.json
        orders = desk.orders()
        assert orders[0] == orders[-1]

        desk.pack(orders[0])
        assert desk.begin().json["export"]["id"] != first.json["export"]["id"]

    def test_sixth_export_of_a_day_has_to_wait(self, desk: Desk) -> None:
        for _ in range(5):
            desk.begin()
            desk.pack_all()
        answer = desk.begin()

        assert (answer.status, answer.code) == (429, "too_many_exports")
        assert 0 < int(answer.headers["Retry-After"]) <= 86_400

    @pytest.mark.parametrize("export_id", ["0" * 26, "running", "nothing"])
    def test_others_exports_and_none_are_not_found(self, desk: Desk, export_id: str) -> None:
        own = desk.begin().json["export"]["id"]
        assert desk.show(export_id).status == 404
        someone_else(desk.api)
        assert (desk.show(own).status, desk.show(own).code) == (404, "not_found")

    def test_order_that_was_never_sent_is_sent_when_asked_again(self, desk: Desk) -> None:
        desk.account.export_queue.fails = True
        assert desk.begin().status in (500, 503)
        desk.account.export_queue.fails = False

        assert desk.begin().status == 202
        assert len(desk.orders()) == 1

    def test_export_that_never_came_has_failed_and_another_may_begin(self, desk: Desk) -> None:
        lost = desk.begin().json["export"]["id"]
        desk.orders()
        clock: Any = desk.api.services.clock
        clock.advance(seconds=GIVEN_UP_AFTER.total_seconds())
        log_in = {"email": "mina@example.com", "password": "correct horse"}
        desk.api.token = desk.api.call("POST", "/auth/login", log_in).json["access_token"]

        assert desk.show(lost).json["status"] == "failed"
        assert desk.begin().json["export"]["id"] != lost


class TestPacking:
    def test_everything_is_in_it(self, desk: Desk) -> None:
        desk.add_picture("p1", b"first png")
        desk.add_picture("p2", b"second png")
        desk.add_picture("gone", None)
        desk.pictures.pictures["waits"] = a_picture("waits", owner_id=desk.user_id)
        write(desk.api, title="바다 <b>", text="파도 & 모래", tags=["여름"])
        post = write(desk.api, title="비밀", visibility="private").json
        desk.api.call("PUT", f"/posts/{post['id']}/like")
        desk.begin()
        desk.pack_all()

        archive = desk.opened()
        posts = read(archive, "posts.json")
        assert [each["title"] for each in posts] == ["비밀", "바다 <b>"]
        assert posts[1]["tags"] == ["여름"]
        assert read(archive, "likes.json")[0]["post_id"] == post["id"]
        assert read(archive, "profile.json")["email"] == "mina@example.com"
        assert "password" not in archive.read("profile.json").decode()
        assert read(archive, "blocks.json") == []

        files = {each["id"]: each["file"] for each in read(archive, "pictures.json")}
        assert archive.read(files["p1"]) == b"first png"
        assert archive.read(files["p2"]) == b"second png"
        assert files["p1"] == "pictures/2026-11/2026-11-22-p1.png"
        assert files["waits"] is None
        made = read(archive, "export.json")
        assert made["records"] == {
            "posts": 2,
            "pictures": 4,
            "likes": 1,
            "blocks": 0,
            "notifications": 0,
        }
        assert made["picture_files"] == 2
        page = archive.read("index.html").decode()
        assert "바다 &lt;b&gt;" in page and "파도 &amp; 모래" in page
        assert "<b>" not in page

    def test_page_shows_the_picture_of_an_entry(self, desk: Desk) -> None:
        desk.add_picture("p1")
        services: Any = desk.api.services
        post_id = write(desk.api).json["id"]
        posts = services.post_repository.posts
        posts[post_id] = msgspec.structs.replace(posts[post_id], picture_id="p1")
        desk.begin()
        desk.pack_all()

        archive = desk.opened()
        assert 'src="pictures/2026-11/2026-11-22-p1.png"' in archive.read("index.html").decode()

    def test_somebody_who_wrote_nothing_gets_a_zip_too(self, desk: Desk) -> None:
        desk.begin()
        desk.pack_all()

        archive = desk.opened()
        assert read(archive, "posts.json") == []
        assert "아직 쓴 글이 없습니다" in archive.read("index.html").decode()

    def test_order_that_comes_three_times_is_packed_once(self, desk: Desk) -> None:
        desk.begin()
        (order,) = desk.orders()

        assert [desk.pack(order) for _ in range(3)] == [True, False, False]
        assert len(desk.files.objects) == 1

    def test_second_worker_waits_for_the_first_and_takes_over_when_it_is_dead(
        self, desk: Desk
    ) -> None:
        desk.begin()
        (order,) = desk.orders()
        desk.source.chunks = lambda key: (_ for _ in ()).throw(SystemExit)  # type: ignore[method-assign]  # it dies
        desk.add_picture("p1")
        with pytest.raises(SystemExit):
            desk.pack(order)
        del desk.source.chunks

        with pytest.raises(ExportBusyError):
            desk.pack(order)
        desk.api.services.clock.advance(seconds=LEASE.total_seconds())
        assert desk.pack(order)
        assert desk.opened().namelist()

    def test_third_failure_is_told(self, desk: Desk) -> None:
        export_id = desk.begin().json["export"]["id"]
        (order,) = desk.orders()
        desk.source.chunks = lambda key: (_ for _ in ()).throw(OSError)  # type: ignore[method-assign]  # it fails
        desk.add_picture("p1")
        for _ in range(3):
            with pytest.raises(OSError):
                desk.pack(order)
            desk.api.services.clock.advance(seconds=LEASE.total_seconds())

        export = desk.account.exports.show(user_id=desk.user_id, export_id=export_id)
        assert (export.status, export.url) == ("failed", None)
        assert desk.files.objects == {}
        assert desk.account.exports.begin(user_id=desk.user_id).status == "pending"

    def test_more_than_a_run_can_pack_fails_at_once(self, desk: Desk) -> None:
        export_id = desk.begin().json["export"]["id"]
        (order,) = desk.orders()

        assert not desk.pack(order, timedelta(0))
        assert desk.show(export_id).json["status"] == "failed"
        assert desk.files.objects == {}

    def test_export_of_somebody_who_left_meanwhile_is_removed(self, desk: Desk) -> None:
        desk.begin()
        (order,) = desk.orders()
        finish = desk.account.export_repository.finish

        def overtaken(export: Any, status: Any, **rest: Any) -> Any:
            desk.account.export_repository.exports.clear()
            return finish(export, status, **rest)

        desk.account.export_repository.finish = overtaken
        assert not desk.pack(order)
        assert desk.files.objects == {}

        desk.files.objects[f"exports/{order.file_key}.zip"] = b"of a try that died at the end"
        assert not desk.pack(order)
        assert desk.files.objects == {}

    def test_worker_repeats_only_what_failed(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(worker, "services", lambda: desk.api.services)
        desk.begin()
        body = msgspec.json.encode(desk.orders()[0]).decode()
        records = [{"messageId": "1", "body": body}, {"messageId": "2", "body": "[]"}]

        answer = worker.handler({"Records": records}, CONTEXT)
        assert answer == {"batchItemFailures": [{"itemIdentifier": "2"}]}
        assert len(desk.files.objects) == 1


def test_sections_are_read_one_record_at_a_time() -> None:
    """However many there are, no more than one is held: each is written before the next is read."""
    written = 0

    class Counting:
        def write(self, content: bytes, /) -> int:
            nonlocal written
            written += len(content)
            return len(content)

    seen: list[int] = []

    def records(user_id: str) -> Iterator[dict[str, str]]:
        for number in range(2000):
            seen.append(written)
            yield {"text": f"{number} {hash(str(number))} " * 20}

    section = Section("many", records)
    archive = Archive(Counting(), now=START, check=lambda: None)
    assert archive.add_list("many.json", section.records("u1")) == 2000
    archive.close()
    # zlib holds back some tens of kilobytes, and the rest has gone out long before the end.
    assert seen[1000] > 0
    assert archive.size == written


def test_many_pictures_need_the_memory_of_one_part() -> None:
    """80 MB of pictures go through, and the most that is held at a time is two parts."""
    sizes: list[int] = []

    class Bucket:
        """Takes parts and forgets them."""

        def create_multipart_upload(self, **_: Any) -> dict[str, str]:
            return {"UploadId": "u"}

        def upload_part(self, Body: bytes, **_: Any) -> dict[str, str]:
            sizes.append(len(Body))
            return {"ETag": "e"}

        def complete_multipart_upload(self, **_: Any) -> None: ...

    chunk = os.urandom(1_000_000)
    tracemalloc.start()
    try:
        with S3ExportFiles(Bucket(), "bucket").writing("exports/1.zip") as sink:
            archive = Archive(sink, now=START, check=lambda: None)
            for number in range(80):
                archive.add_bytes(f"pictures/{number}.png", [chunk])
            archive.close()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert sum(sizes) == archive.size > 80_000_000
    assert set(sizes[:-1]) == {PART_BYTES}
    assert peak < 3 * PART_BYTES
