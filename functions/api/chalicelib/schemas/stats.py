from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar

import msgspec

from chalicelib.schemas.common import View
from chalicelib.schemas.pictures import Month
from chalicelib.validation import Cleaner, Input
from deepstory.stats.entities import AgeBand, GenderCounts, Overview
from deepstory.texts import clean

Hours = Annotated[
    Sequence[int],
    msgspec.Meta(description="24 numbers, from midnight, in the service's time zone."),
]


class AccessQuery(Input):
    """Without a month it is this one, in the service's time zone."""

    month: Month | None = None

    # A pattern's end lets a line break pass.
    cleaners: ClassVar[Mapping[str, Cleaner]] = {"month": clean}


class OverviewView(View):
    """``posts`` are private ones too, ``pictures`` those that are ready."""

    users: int
    posts: int
    pictures: int


class AccessView(View):
    """Log-ins and refreshes in each hour of the day; each person counts once in an hour."""

    month: str
    hours: Hours


class GenderView(View):
    female: int
    male: int
    other: int
    undisclosed: int


class AgeBandView(View):
    """People of ``0s``, ``10s``, ... ``70s`` and ``80+``, in full years today."""

    band: str
    female: int
    male: int
    other: int
    undisclosed: int


class AgeGenderView(View):
    bands: Sequence[AgeBandView]


def overview_view(overview: Overview) -> OverviewView:
    return OverviewView(users=overview.users, posts=overview.posts, pictures=overview.pictures)


def gender_view(counts: GenderCounts) -> GenderView:
    return GenderView(**msgspec.structs.asdict(counts))


def age_gender_view(bands: Sequence[AgeBand]) -> AgeGenderView:
    return AgeGenderView(
        bands=[
            AgeBandView(band=each.band, **msgspec.structs.asdict(each.genders)) for each in bands
        ]
    )
