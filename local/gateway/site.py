"""Everything outside the API's stage: in the cloud CloudFront answers it from the web bucket."""

from __future__ import annotations

import os
from functools import cache
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import unquote, urlsplit

from local.gateway.http import HttpAnswer, HttpRequest

DIST = Path(__file__).resolve().parents[2] / "web" / "dist"
_PAGE = "index.html"
# Without the web app the API's documentation is all there is to see.
_DOCUMENTATION = "/api/v1/docs"
_FOREVER = "public, max-age=31536000, immutable"
_LOOK_FIRST = "no-cache"
_TYPES = {".woff2": "font/woff2", ".webmanifest": "application/manifest+json"}
_READING = ("GET", "HEAD")


class Site:
    """The built web app: its files, and its page for every address that is none of them."""

    def __init__(self, root: Path, *, pictures: str = "") -> None:
        """``pictures`` is the address of the store that pictures are read from."""
        self._root = root.resolve()
        self._policy = _policy(_origin(pictures))

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
            ("cache-control", _FOREVER if is_hashed else _LOOK_FIRST),
            ("etag", tag),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
            ("content-security-policy", self._policy),
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


def _policy(pictures: str) -> str:
    """Files of our own only, and pictures from where they lie; nothing inline, nothing foreign."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' blob: {pictures}".rstrip(),
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )
