"""How often each kind of route may be called: by an address, and by somebody who is logged in.

This table is the single source of truth. A route that is named nowhere is limited by what its
method does, so no route is without a limit but those that say so. Beside it stand limits that
count something else than calls: failed log-ins (``deepstory.accounts.sessions``), links mailed to
an address (``deepstory.password_resets.service``), new friend requests
(``deepstory.friends.asking``), pictures a day (``deepstory.pictures.quota``), new exports
(``deepstory.exports.service``), new reports (``deepstory.reports.service``).

Reads are counted by each process for itself: sharing would cost more than the read. What creates
accounts or sends mail is counted exactly; other writes are shared a few at a time, so that most
calls add nothing to their cost (docs/adr/0014).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import msgspec

from chalicelib.access import ADMIN_PREFIX
from deepstory.rates import Rate

_MINUTE = timedelta(minutes=1)
_QUARTER = timedelta(minutes=15)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


class RouteClass(msgspec.Struct, frozen=True, kw_only=True):
    """Routes that are counted together; an address may be a whole school's."""

    name: str
    by_address: Sequence[Rate] = ()
    by_user: Sequence[Rate] = ()


# The gateway throttles these; they read nothing.
FREE = RouteClass(name="free")
READ = RouteClass(
    name="read",
    by_address=(Rate(maximum=1200, length=_MINUTE),),
    by_user=(Rate(maximum=600, length=_MINUTE),),
)
# Lists of posts and search read dozens of items.
FEED = RouteClass(
    name="feed",
    by_address=(Rate(maximum=300, length=_MINUTE),),
    by_user=(Rate(maximum=240, length=_MINUTE),),
)
WRITE = RouteClass(
    name="write",
    by_address=(Rate(maximum=2000, length=_QUARTER, share_every=50),),
    by_user=(Rate(maximum=400, length=_QUARTER, share_every=20),),
)
POST = RouteClass(
    name="post",
    by_address=WRITE.by_address,
    by_user=(
        Rate(maximum=60, length=_HOUR, share_every=4),
        Rate(maximum=200, length=_DAY, share_every=4),
    ),
)
COMMENT = RouteClass(
    name="comment",
    by_address=WRITE.by_address,
    by_user=(Rate(maximum=60, length=_QUARTER, share_every=5),),
)
LIKE = RouteClass(
    name="like",
    by_address=WRITE.by_address,
    by_user=(Rate(maximum=600, length=_QUARTER, share_every=30),),
)
REPORT = RouteClass(
    name="report",
    by_address=WRITE.by_address,
    by_user=(Rate(maximum=60, length=_HOUR, share_every=5),),
)
# It could tell by e-mail address who is here, and reaches somebody who did not ask for it.
FRIEND_REQUEST = RouteClass(
    name="friend-request",
    by_address=(Rate(maximum=200, length=_HOUR, share_every=5),),
    by_user=(Rate(maximum=20, length=_HOUR, share_every=1),),
)
# Each is minutes of work for a worker.
HEAVY = RouteClass(
    name="heavy",
    by_address=(Rate(maximum=600, length=_HOUR, share_every=20),),
    by_user=(Rate(maximum=30, length=_HOUR, share_every=1),),
)
SIGN_UP = RouteClass(
    name="sign-up",
    by_address=(
        Rate(maximum=30, length=_HOUR, share_every=1),
        Rate(maximum=100, length=_DAY, share_every=1),
    ),
)
# Failures are counted exactly elsewhere; this bounds how many passwords are hashed.
LOG_IN = RouteClass(name="log-in", by_address=(Rate(maximum=300, length=_QUARTER, share_every=10),))
REFRESH = RouteClass(
    name="refresh", by_address=(Rate(maximum=1000, length=_QUARTER, share_every=20),)
)
PASSWORD_RESET = RouteClass(
    name="password-reset", by_address=(Rate(maximum=20, length=_HOUR, share_every=1),)
)
PASSWORD_RESET_CONFIRM = RouteClass(
    name="password-reset-confirm", by_address=(Rate(maximum=60, length=_HOUR, share_every=1),)
)
ADMIN = RouteClass(
    name="admin",
    by_address=(Rate(maximum=1200, length=_MINUTE),),
    by_user=(Rate(maximum=1200, length=_MINUTE),),
)

NAMED: Mapping[tuple[str, str], RouteClass] = {
    ("GET", "/v1/health"): FREE,
    ("GET", "/v1/openapi.json"): FREE,
    ("GET", "/v1/docs"): FREE,
    ("GET", "/v1/docs/{asset}"): FREE,
    ("POST", "/v1/auth/signup"): SIGN_UP,
    ("POST", "/v1/auth/login"): LOG_IN,
    ("POST", "/v1/auth/refresh"): REFRESH,
    ("POST", "/v1/auth/password-reset"): PASSWORD_RESET,
    ("POST", "/v1/auth/password-reset/confirm"): PASSWORD_RESET_CONFIRM,
    ("GET", "/v1/posts"): FEED,
    ("GET", "/v1/users/{user_id}/posts"): FEED,
    ("GET", "/v1/me/posts"): FEED,
    ("GET", "/v1/me/export"): HEAVY,
    ("POST", "/v1/posts"): POST,
    ("POST", "/v1/diaries/{diary_id}/entries"): POST,
    ("POST", "/v1/posts/{post_id}/comments"): COMMENT,
    ("POST", "/v1/diaries/{diary_id}/entries/{entry_id}/comments"): COMMENT,
    ("PUT", "/v1/posts/{post_id}/like"): LIKE,
    ("DELETE", "/v1/posts/{post_id}/like"): LIKE,
    ("PUT", "/v1/diaries/{diary_id}/entries/{entry_id}/like"): LIKE,
    ("DELETE", "/v1/diaries/{diary_id}/entries/{entry_id}/like"): LIKE,
    ("POST", "/v1/friend-requests"): FRIEND_REQUEST,
    ("POST", "/v1/reports"): REPORT,
}


def class_of(method: str, path: str) -> RouteClass:
    named = NAMED.get((method, path))
    if named is not None:
        return named
    if path.startswith(ADMIN_PREFIX):
        return ADMIN
    return READ if method == "GET" else WRITE
