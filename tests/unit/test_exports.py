"""Packing an export over memory: what is in it, whatever breaks, and how much memory it takes."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from deepstory.exports.archive import Archive
from deepstory.exports.errors import ExportBusyError
from deepstory.exports.packing import LEASE
from deepstory.exports.s3 import PART_BYTES, S3ExportFiles
from deepstory.exports.sections import Section
from fakes.core import START
from fakes.pictures import a_picture
from support.exports import CONTEXT, Desk, read
from support.stories import write
from workers import exports as worker


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
