"""Everything outside the API's stage: in the cloud CloudFront answers it from the web bucket."""

from __future__ import annotations

import json
import os
from functools import cache
from mimetypes import guess_type
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from local.gateway.http import HttpAnswer, HttpRequest

_WEB = Path(__file__).resolve().parents[2] / "web"
DIST = _WEB / "dist"
# What the web app is served with, in every home alike.
_HOSTING = _WEB / "hosting.json"
_PAGE = "index.html"
# Without the web app the API's documentation is all there is to see.
_DOCUMENTATION = "/api/v1/docs"
_TYPES = {".woff2": "font/woff2", ".webmanifest": "application/manifest+json"}
_READING = ("GET", "HEAD")


class Site:
    """The built web app: its files, and its page for every address that is none of them."""

    def __init__(self, root: Path, *, pictures: str = "") -> None:
        """``pictures`` is the address of the store that pictures are read from."""
        self._root = root.resolve()
        hosting = json.loads(_HOSTING.read_text())
        self._caching: dict[str, str] = hosting["cache_control"]
        self._headers = _headers(hosting, pictures=_origin(pictures))

    def answer(self, request: HttpRequest) -> HttpAnswer | None:
        """Return the file or page of a path, or None when there is none."""
        if request.method not in _READING or not (self._root / _PAGE).is_file():
            return None
        path = unquote(request.path).removeprefix("/")
        file = self._file(path)
        if file is None and _may_be_a_page(path):
            file = self._root / _PAGE
        return None if file is None else self._send(file, request)

    def _file(self, path: str) -> Path | None:
        if not path or "\0" in path or any(part.startswith(".") for part in path.split("/")):
            return None
        file = (self._root / path).resolve()
        return file if file.is_relative_to(self._root) and file.is_file() else None

    def _send(self, file: Path, request: HttpRequest) -> HttpAnswer:
        status = file.stat()
        tag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
        is_hashed = file.parent == self._root / "assets"
        headers = [
            ("content-type", _type(file)),
            ("cache-control", self._caching["hashed" if is_hashed else "other"]),
            ("etag", tag),
            *self._headers,
        ]
        if request.header("if-none-match") == tag:
            return HttpAnswer(304, headers)
        return HttpAnswer(200, headers, b"" if request.method == "HEAD" else file.read_bytes())


def answer(request: HttpRequest) -> HttpAnswer | None:
    """Return what the site has at a path, or None when there is nothing."""
    found = _site().answer(request)
    if found is None and request.path == "/" and request.method in _READING:
        return HttpAnswer(302, [("location", _DOCUMENTATION)])
    return found


@cache
def _site() -> Site:
    return Site(DIST, pictures=os.environ.get("AWS_ENDPOINT_URL", ""))


def _may_be_a_page(path: str) -> bool:
    """Tell pages from files that are missing: a page for a missing script would only confuse."""
    parts = path.split("/")
    is_hidden = any(part.startswith(".") for part in parts)
    return not is_hidden and "." not in parts[-1] and parts[0] not in ("api", "assets")


def _type(file: Path) -> str:
    known = _TYPES.get(file.suffix) or guess_type(file.name)[0] or "application/octet-stream"
    is_text = known.startswith("text/") or known.endswith(("javascript", "json", "xml"))
    return f"{known}; charset=utf-8" if is_text else known


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _headers(hosting: dict[str, Any], *, pictures: str) -> list[tuple[str, str]]:
    """Files of our own only, and pictures from where they lie; nothing inline, nothing foreign."""
    policy = "; ".join(
        directive.format(pictures=pictures).rstrip()
        for directive in hosting["content_security_policy"]
    )
    given = [(name.lower(), value) for name, value in hosting["headers"].items()]
    return [*given, ("content-security-policy", policy)]
