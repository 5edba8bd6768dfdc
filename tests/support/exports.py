"""Somebody with posts and pictures, and the worker that packs them, over memory."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from deepstory.exports import sections
from deepstory.exports.entities import ExportOrder
from deepstory.exports.packing import ExportPacker
from deepstory.pictures.entities import Drawn
from fakes.account import MemoryExportFiles
from fakes.pictures import MemoryPictureRepository, a_picture
from support.api import Answer, Api
from support.stories import me

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
