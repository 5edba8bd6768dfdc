"""What the service says of itself: that it lives, its OpenAPI document, its documentation."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from chalice.app import Blueprint

from chalicelib.calls import Call, Reply
from chalicelib.endpoints import Endpoints
from chalicelib.responses import encode
from chalicelib.schemas.common import View
from chalicelib.validation import Nothing
from deepstory import __version__
from deepstory.errors import NotFoundError

blueprint = Blueprint(__name__)
endpoints = Endpoints(blueprint, tag="meta")

# Swagger UI's own files, copied from its npm package at installation.
_ASSETS = Path(__file__).parents[1] / "static" / "swagger-ui"
_MEDIA_TYPES = {
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "start.js": "text/javascript; charset=utf-8",
}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Deep-Story API</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
_START = """SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  persistAuthorization: true,
});
"""
# Swagger UI styles itself from script, and draws its icons from data: addresses.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)


class HealthView(View):
    status: str
    version: str


@endpoints.add("GET", "/health", returns=HealthView)
def health(call: Call[Nothing, Nothing]) -> HealthView:
    """Tell that the API answers, without touching anything behind it."""
    return HealthView(status="ok", version=__version__)


@endpoints.add("GET", "/openapi.json", returns=dict)
def openapi(call: Call[Nothing, Nothing]) -> Reply:
    """Return this document."""
    return Reply(body=_document(), headers={"Cache-Control": "public, max-age=300"})


@endpoints.add("GET", "/docs", produces="text/html")
def docs(call: Call[Nothing, Nothing]) -> Reply:
    """Show this document in Swagger UI."""
    return _text(_PAGE, "text/html; charset=utf-8", cached_for=300)


@endpoints.add("GET", "/docs/{asset}", produces="text/*")
def docs_asset(call: Call[Nothing, Nothing]) -> Reply:
    """Return a file of Swagger UI."""
    asset = call.path["asset"]
    media_type = _MEDIA_TYPES.get(asset)
    if media_type is None:
        raise NotFoundError
    return _text(_asset(asset), media_type, cached_for=86_400)


@cache
def _document() -> str:
    from chalicelib.application import declared_endpoints
    from chalicelib.openapi import document

    return encode(document(declared_endpoints()))


@cache
def _asset(name: str) -> str:
    return _START if name == "start.js" else (_ASSETS / name).read_text(encoding="utf-8")


def _text(body: str, media_type: str, *, cached_for: int) -> Reply:
    headers = {
        "Content-Type": media_type,
        "Cache-Control": f"public, max-age={cached_for}",
        "Content-Security-Policy": _POLICY,
    }
    return Reply(body=body, headers=headers)
