"""The mails that this home sent, on a page for whoever runs it: ``/mailbox``.

There is no such page in the cloud, where mails are delivered.
"""

from __future__ import annotations

import re
from email import message_from_bytes
from email.policy import default
from html import escape
from pathlib import Path

from local.gateway.http import HttpAnswer, HttpRequest

_PATH = "/mailbox"
_SHOWN = 50
# Another site could have its own name resolved to this machine and read what is here.
_HOSTS = re.compile(r"(127\.0\.0\.1|localhost)(:\d+)?")
_LINK = re.compile(r"https?://[^\s<>\"]+")
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mailbox</title>
<style>
body {{ margin: 2rem auto; max-width: 42rem; padding: 0 1rem; font-family: sans-serif;
  line-height: 1.6; color: #2b2622; background: #faf7f0; }}
article {{ margin: 1.5rem 0; padding: 1rem 1.25rem; background: #fff; border-radius: 6px; }}
h2 {{ margin: 0 0 .25rem; font-size: 1.1rem; }}
small {{ color: #6b625a; }}
p {{ white-space: pre-wrap; overflow-wrap: anywhere; }}
</style>
</head>
<body>
<h1>Mailbox</h1>
<p>What this service mailed, the newest first. As files: {directory}</p>
{mails}
</body>
</html>
"""
_MAIL = """<article>
<h2>{subject}</h2>
<small>{to} · {date}</small>
<p>{text}</p>
</article>
"""
_HEADERS = [
    ("content-type", "text/html; charset=utf-8"),
    ("cache-control", "no-store"),
    ("referrer-policy", "no-referrer"),
    ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'"),
]


class Mailbox:
    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def answer(self, request: HttpRequest) -> HttpAnswer | None:
        """Return the page of mails, or None for every other path."""
        if request.path != _PATH or request.method not in ("GET", "HEAD"):
            return None
        if not _HOSTS.fullmatch(request.header("host") or ""):
            return None
        names = sorted(self._directory.glob("*.eml"), reverse=True)[:_SHOWN]
        mails = "".join(_shown(path) for path in names) or "<p>No mail yet.</p>"
        page = _PAGE.format(directory=escape(str(self._directory)), mails=mails)
        return HttpAnswer(200, _HEADERS, b"" if request.method == "HEAD" else page.encode())


def _shown(path: Path) -> str:
    message = message_from_bytes(path.read_bytes(), policy=default)
    body = message.get_body(("plain",))
    text = escape(body.get_content() if body else "", quote=False)
    return _MAIL.format(
        subject=escape(str(message["Subject"])),
        to=escape(str(message["To"])),
        date=escape(str(message["Date"])),
        text=_LINK.sub(r'<a href="\g<0>">\g<0></a>', text),
    )
