"""What people do with the web app, in Chromium: see web/e2e."""

from __future__ import annotations

from support.browser import browse
from support.service import Service


def test_people_write_draw_like_and_lose_nothing(service: Service) -> None:
    done = browse(service, "e2e")
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{service.explanation()}"
