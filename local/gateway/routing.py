"""Finds the REST resource of a path."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Match:
    """A resource and the values, still percent-encoded, of the parameters in its template."""

    resource: str
    parameters: dict[str, str]


class RouteTable:
    """Resource templates such as ``/v1/posts/{post_id}``; a literal segment beats a parameter."""

    def __init__(self, templates: Iterable[str]) -> None:
        self._by_length: dict[int, list[tuple[str, list[str]]]] = {}
        for template in templates:
            segments = _segments(template)
            self._by_length.setdefault(len(segments), []).append((template, segments))
        for candidates in self._by_length.values():
            candidates.sort(key=lambda candidate: [_is_parameter(part) for part in candidate[1]])

    def match(self, path: str) -> Match | None:
        """Return the resource of a path without its stage; one trailing slash does not count."""
        if not path.startswith("/"):
            return None
        parts = _segments(path.removesuffix("/"))
        for template, segments in self._by_length.get(len(parts), ()):
            parameters = _parameters(segments, parts)
            if parameters is not None:
                return Match(template, parameters)
        return None


def _segments(path: str) -> list[str]:
    return path.split("/")[1:]


def _is_parameter(segment: str) -> bool:
    return segment.startswith("{")


def _parameters(segments: list[str], parts: list[str]) -> dict[str, str] | None:
    parameters = {}
    for segment, part in zip(segments, parts, strict=True):
        if _is_parameter(segment):
            if not part:
                return None
            parameters[segment[1:-1]] = part
        elif segment != part:
            return None
    return parameters
