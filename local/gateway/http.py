"""The request and the answer that pass between the server and the gateway."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request with its body complete; ``path`` and ``query`` are still percent-encoded."""

    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    client: str = "127.0.0.1"
    scheme: str = "http"
    port: str = "80"

    def header(self, name: str) -> str | None:
        """Return the last value of a header; ``name`` is in lower case."""
        for key, value in reversed(self.headers):
            if key.lower() == name:
                return value
        return None


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What goes back on the wire; the server adds the length and the date."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
