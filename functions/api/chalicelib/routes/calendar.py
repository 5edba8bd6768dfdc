"""One's own diary by its days."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.calls import Call
from chalicelib.endpoints import Endpoints
from chalicelib.runtime import services
from chalicelib.schemas.calendar import (
    CalendarMonthView,
    CalendarQuery,
    StreakView,
    calendar_month_view,
    streak_view,
)
from chalicelib.schemas.common import PageQuery, PageView, position
from chalicelib.schemas.posts import PostView, posts_view
from chalicelib.validation import Nothing

blueprint = Blueprint(__name__)
endpoints = Endpoints(blueprint, tag="calendar")


@endpoints.add("GET", "/me/calendar", query=CalendarQuery, returns=CalendarMonthView)
def get_calendar(call: Call[Nothing, CalendarQuery]) -> CalendarMonthView:
    """Return the days of a month that one wrote about; without `month`, of the present one."""
    month = services().calendar.month(owner_id=call.user_id, month=call.query.first_day())
    return calendar_month_view(month)


@endpoints.add("GET", "/me/on-this-day", query=PageQuery, returns=PageView[PostView])
def list_on_this_day(call: Call[Nothing, PageQuery]) -> PageView[PostView]:
    """List one's own entries of this day in earlier years, latest year first.

    Entries of 29 February come back on that day, and on 28 February of a year without it.
    """
    scope = f"on this day {call.user_id}"
    page = services().calendar.on_this_day(
        owner_id=call.user_id, limit=call.query.limit, position=position(call.query, scope)
    )
    return posts_view(page, scope)


@endpoints.add("GET", "/me/streak", returns=StreakView)
def get_streak(call: Call[Nothing, Nothing]) -> StreakView:
    """Return the current and the longest run of days that one wrote about.

    Today, in one's own zone, breaks no run before it is over. A day filled in later counts.
    """
    return streak_view(services().calendar.streak(owner_id=call.user_id))
