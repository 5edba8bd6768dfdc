"""CloudFront's functions, run: by Node, whose language is that of CloudFront's runtime and more."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import deepstory_cdk
from local.gateway.http import HttpRequest
from local.gateway.site import DIST, Site

EDGE = Path(deepstory_cdk.__file__).with_name("edge")
NODE = shutil.which("node") or "node"
# CloudFront takes no larger one.
LIMIT = 10 * 1024
RUN = """
const source = require('fs').readFileSync(process.argv[1], 'utf8');
const handler = new Function(`${source}; return handler`)();
const events = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(events.map((event) => handler(event))));
"""
PAGES = (
    *("/", "/write", "/posts/01ABC", "/posts/01ABC/", "/tags/%EB%B0%94%EB%8B%A4", "/a/b/c"),
    *("/reset-password", "/admin", "/apiary", "/assetsmith", "//write", "/a%2Fb", "/100%"),
    "/v1.0/x",
)
FILES = (
    *("/index.html", "/theme.js", "/sw.js", "/assets/index-abc.js", "/assets", "/assets/old"),
    *("/favicon.ico", "/icons/icon.svg", "/.well-known/x", "/a/.git/x", "/%2e%2e/outside"),
    *("/assets/..%2f..%2foutside", "/api", "/api/v1/posts", "/index.html%00.js", "/tags/v1.0"),
)


def run(file: str, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    done = subprocess.run(
        [NODE, "-e", RUN, str(EDGE / file)],
        input=json.dumps(events),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def rewritten(*uris: str) -> list[str]:
    events = [{"request": {"uri": uri, "headers": {}, "method": "GET"}} for uri in uris]
    return [answer["uri"] for answer in run("pages.js", events)]


def viewer(*addresses: str, **headers: str) -> list[str]:
    given = {name: {"value": value} for name, value in headers.items()}
    events = [{"viewer": {"ip": each}, "request": {"headers": given}} for each in addresses]
    return [each["headers"]["x-viewer-network"]["value"] for each in run("viewer.js", events)]


@pytest.mark.parametrize("file", ["pages.js", "viewer.js"])
def test_functions_are_as_small_as_cloudfront_wants_them(file: str) -> None:
    assert (EDGE / file).stat().st_size < LIMIT


def test_addresses_of_the_web_app_get_its_page() -> None:
    assert dict(zip(PAGES, rewritten(*PAGES), strict=True)) == dict.fromkeys(PAGES, "/index.html")


def test_addresses_of_files_and_of_the_api_are_left_alone() -> None:
    assert rewritten(*FILES) == list(FILES)


def test_the_local_gateway_decides_alike(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("page")
    site = Site(tmp_path)
    every = [*PAGES, *FILES]
    found = [site.answer(HttpRequest("GET", uri)) is not None for uri in every]
    assert found == [uri == "/index.html" for uri in rewritten(*every)]


def test_every_file_of_the_build_can_be_fetched() -> None:
    built = [f"/{file.relative_to(DIST).as_posix()}" for file in DIST.rglob("*") if file.is_file()]
    served = [uri for uri in built if not uri.startswith("/.")]
    assert "/index.html" in served
    assert rewritten(*served) == served


def test_the_firewall_counts_ipv4_addresses_and_ipv6_networks() -> None:
    assert viewer(
        "203.0.113.9", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::7", "2001:DB8::1", "::1"
    ) == [
        "203.0.113.9",
        "2001:db8:1:2",
        "2001:db8:1:2",
        "2001:db8:0:0",
        "0:0:0:0",
    ]


def test_a_viewer_cannot_say_itself_who_it_is() -> None:
    assert viewer("203.0.113.9", **{"x-viewer-network": "198.51.100.1"}) == ["203.0.113.9"]
