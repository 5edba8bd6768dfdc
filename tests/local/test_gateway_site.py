"""What lies outside the API: the web app's files, and its page for every other address."""

import pytest

from local.gateway.http import HttpRequest
from local.gateway.site import Site


@pytest.fixture
def site(tmp_path):
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / ".vite").mkdir()
    (dist / "index.html").write_text("<p>page</p>")
    (dist / "theme.js").write_text("1")
    (dist / "assets" / "index-abc.js").write_text("2")
    (dist / "assets" / "face.woff2").write_bytes(b"wOF2")
    (dist / ".vite" / "secret").write_text("no")
    (tmp_path / "outside").write_text("no")
    return Site(dist, pictures="http://127.0.0.1:4566/some/path")


def get(site, path, method="GET", **headers):
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return site.answer(HttpRequest(method, path, headers=pairs))


def header(answer, name):
    return dict(answer.headers)[name]


@pytest.mark.parametrize(
    "path", ["/", "/write", "/posts/01ABC", "/tags/%EB%B0%94%EB%8B%A4", "/a/b/c"]
)
def test_every_address_that_is_no_file_is_the_page(site, path):
    answer = get(site, path)
    assert (answer.status, answer.body) == (200, b"<p>page</p>")
    assert header(answer, "cache-control") == "no-cache"
    assert header(answer, "content-type") == "text/html; charset=utf-8"


def test_hashed_files_are_kept_for_ever_and_others_looked_up(site):
    assert "immutable" in header(get(site, "/assets/index-abc.js"), "cache-control")
    assert header(get(site, "/assets/face.woff2"), "content-type") == "font/woff2"
    assert header(get(site, "/theme.js"), "cache-control") == "no-cache"


def test_what_the_browser_has_already_is_not_sent_again(site):
    tag = header(get(site, "/theme.js"), "etag")
    assert get(site, "/theme.js", if_none_match=tag).status == 304
    assert get(site, "/theme.js", if_none_match='"old"').status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/assets/index-old.js",
        "/favicon.ico",
        "/.vite/secret",
        "/../outside",
        "/%2e%2e/outside",
        "/assets/..%2f..%2f..%2foutside",
        "/api/v2/posts",
        "/index.html%00.js",
    ],
)
def test_missing_hidden_and_outside_files_are_absent(site, path):
    assert get(site, path) is None


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_pages_are_only_read(site, method):
    assert get(site, "/write", method=method) is None


def test_head_has_the_headers_only(site):
    answer = get(site, "/", method="HEAD")
    assert (answer.status, answer.body) == (200, b"")


def test_policy_allows_files_of_our_own_and_pictures_only(site):
    policy = header(get(site, "/"), "content-security-policy")
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "img-src 'self' blob: http://127.0.0.1:4566;" in policy
    assert "unsafe" not in policy


def test_without_a_build_there_is_nothing(tmp_path):
    assert get(Site(tmp_path), "/") is None
