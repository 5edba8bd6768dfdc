from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar

import msgspec

from chalicelib.runtime import services
from chalicelib.schemas.common import (
    PageQuery,
    Timestamp,
    View,
    optional_prose,
    prose,
    timestamp,
)
from chalicelib.validation import Cleaner, Input
from deepstory.pictures.entities import MAXIMUM_SEED, Aspect, Picture, ShownStatus, Style
from deepstory.pictures.progress import ShownPicture
from deepstory.pictures.prompts import PROMPT_CHARACTERS
from deepstory.texts import clean

NEGATIVE_PROMPT_CHARACTERS = 500
COUNT = 4

Prompt = Annotated[str, msgspec.Meta(min_length=1, max_length=PROMPT_CHARACTERS)]
NegativePrompt = Annotated[str, msgspec.Meta(max_length=NEGATIVE_PROMPT_CHARACTERS)]
Seed = Annotated[int, msgspec.Meta(ge=0, le=MAXIMUM_SEED)]
Count = Annotated[int, msgspec.Meta(ge=1, le=COUNT)]
Month = Annotated[str, msgspec.Meta(pattern=r"^2[0-9]{3}-(0[1-9]|1[0-2])$", examples=["2026-11"])]

_prompt: Cleaner = prose(PROMPT_CHARACTERS)


class OrderPictures(Input):
    prompt: Prompt
    model_prompt: Prompt | None = None
    style: Style = "none"
    aspect: Aspect = "1:1"
    negative_prompt: NegativePrompt | None = None
    seed: Seed | None = None
    count: Count = 1

    cleaners: ClassVar[Mapping[str, Cleaner]] = {
        "prompt": _prompt,
        "model_prompt": _prompt,
        "negative_prompt": optional_prose,
    }


class WritePrompt(Input):
    prompt: Prompt
    style: Style = "none"

    cleaners: ClassVar[Mapping[str, Cleaner]] = {"prompt": _prompt}


class OrderVariations(Input):
    count: Count = 1


class PicturesQuery(PageQuery):
    style: Style | None = None
    month: Month | None = None

    # A pattern's end lets a line break pass.
    cleaners: ClassVar[Mapping[str, Cleaner]] = {"month": clean}


class ModelPromptView(View):
    model_prompt: str


class PictureErrorView(View):
    code: str
    message: str


class PictureView(View, omit_defaults=True):
    """Addresses are there once the picture is ready and work for at least half an hour.

    ``position`` and ``eta_seconds`` are there only until then.
    """

    id: str
    status: ShownStatus
    prompt: str
    model_prompt: str
    style: Style
    aspect: Aspect
    negative_prompt: str | None
    seed: int
    width: int | None
    height: int | None
    created_at: Timestamp
    position: int | None = None
    eta_seconds: int | None = None
    url: str | None = None
    thumbnail_url: str | None = None
    dominant_color: str | None = None
    error: PictureErrorView | None = None


class PicturesView(View):
    items: Sequence[PictureView]


def picture_view(picture: Picture, shown: ShownPicture | None = None) -> PictureView:
    """Return a picture as its owner sees it; ``shown`` adds its progress."""
    urls, drawn, error = services().picture_urls, picture.drawn, picture.error
    return PictureView(
        id=picture.picture_id,
        status=shown.status if shown else picture.status,
        prompt=picture.prompt,
        model_prompt=picture.model_prompt,
        style=picture.style,
        aspect=picture.aspect,
        negative_prompt=picture.negative_prompt,
        seed=picture.seed,
        width=drawn.width if drawn else None,
        height=drawn.height if drawn else None,
        created_at=timestamp(picture.created_at),
        position=shown.position if shown else None,
        eta_seconds=shown.eta_seconds if shown else None,
        url=urls.url(picture.image_key) if drawn else None,
        thumbnail_url=urls.url(picture.thumbnail_key) if drawn else None,
        dominant_color=drawn.dominant_color if drawn else None,
        error=PictureErrorView(code=error.code, message=error.message) if error else None,
    )


def shown_picture_view(shown: ShownPicture) -> PictureView:
    return picture_view(shown.picture, shown)


def pictures_view(pictures: Sequence[Picture]) -> PicturesView:
    return PicturesView(items=[picture_view(picture) for picture in pictures])
