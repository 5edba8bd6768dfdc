"""Pictures over HTTP: somebody logged in, and a way to finish what was asked for."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from deepstory.pictures.entities import Drawn, Picture
from fakes.pictures import MemoryPictureRepository
from support.api import Answer, Api

ORDER = {"prompt": "바다의 고래", "style": "crayon"}


@pytest.fixture
def artist(api: Api) -> Api:
    """The API with somebody logged in."""
    api.sign_up()
    return api


def order(api: Api, **changes: Any) -> Answer:
    return api.call("POST", "/pictures", ORDER | changes)


def order_one(api: Api, **changes: Any) -> dict[str, Any]:
    items: list[dict[str, Any]] = order(api, **changes).json["items"]
    return items[0]


def store(api: Api) -> MemoryPictureRepository:
    pictures: Any = api.services.picture_repository
    assert isinstance(pictures, MemoryPictureRepository)
    return pictures


def change(api: Api, picture_id: str, **changes: Any) -> Picture:
    picture = replace(store(api).pictures[picture_id], **changes)
    store(api).pictures[picture_id] = picture
    return picture


def make_ready(api: Api, picture_id: str) -> Picture:
    drawn = Drawn(width=64, height=48, dominant_color="#cc2211")
    return change(api, picture_id, status="ready", drawn=drawn, due_at=None)
