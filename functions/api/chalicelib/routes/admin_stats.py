"""The dashboard's numbers."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.calls import Call
from chalicelib.endpoints import Endpoints
from chalicelib.runtime import services
from chalicelib.schemas.stats import (
    AccessQuery,
    AccessView,
    AgeGenderView,
    GenderView,
    OverviewView,
    age_gender_view,
    gender_view,
    overview_view,
)
from chalicelib.validation import Nothing

blueprint = Blueprint(__name__)
endpoints = Endpoints(blueprint, tag="admin")


@endpoints.add("GET", "/admin/stats/overview", returns=OverviewView)
def get_overview(call: Call[Nothing, Nothing]) -> OverviewView:
    """Return how many users, posts and pictures there are."""
    return overview_view(services().stats.overview())


@endpoints.add("GET", "/admin/stats/access", query=AccessQuery, returns=AccessView)
def get_access(call: Call[Nothing, AccessQuery]) -> AccessView:
    """Return how many people came in each hour of the day, in a month."""
    month, hours = services().stats.access(month=call.query.month)
    return AccessView(month=month, hours=hours)


@endpoints.add("GET", "/admin/stats/gender", returns=GenderView)
def get_genders(call: Call[Nothing, Nothing]) -> GenderView:
    """Return the users by gender."""
    return gender_view(services().stats.genders())


@endpoints.add("GET", "/admin/stats/age-gender", returns=AgeGenderView)
def get_age_bands(call: Call[Nothing, Nothing]) -> AgeGenderView:
    """Return the users by ten years of age and by gender."""
    return age_gender_view(services().stats.age_bands())
