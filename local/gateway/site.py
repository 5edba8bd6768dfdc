"""Everything outside the API's stage: in the cloud CloudFront answers it from the web bucket."""

from __future__ import annotations

from local.gateway.http import HttpAnswer, HttpRequest

_FRONT_PAGE = "/api/v1/docs"


def answer(request: HttpRequest) -> HttpAnswer | None:
    """Return the page of a path, or None when there is none."""
    if request.path == "/" and request.method in ("GET", "HEAD"):
        return HttpAnswer(302, [("location", _FRONT_PAGE)])
    return None
