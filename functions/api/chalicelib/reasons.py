"""Why a value does not fit, in words for whoever typed it rather than for who wrote the client."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

_KINDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
}
_THINGS = {"str": ("character", "characters"), "array": ("item", "items")}


def reason(message: str, type_: Any) -> str:
    """Word the message of a msgspec.ValidationError about a value of this type."""
    text = message.partition(" - at ")[0].replace("`", "")
    for pattern, words in _WORDINGS:
        match = pattern.fullmatch(text)
        if match:
            return words(match, type_)
    return text[:1].lower() + text[1:]


def _length(match: re.Match[str], _: Any) -> str:
    kind, sign, number = match.groups()
    if (sign, number) == (">=", "1"):
        return "must not be empty"
    things = _THINGS[kind][number != "1"]
    return f"must have {_limit(sign)} {number} {things}"


def _size(match: re.Match[str], _: Any) -> str:
    return f"must be {_limit(match[1])} {match[2]}"


def _limit(sign: str) -> str:
    return "at least" if sign == ">=" else "at most"


def _kind(match: re.Match[str], _: Any) -> str:
    if match[2] == "null":
        return "must not be null"
    # ``null`` besides means only that the member may be left out.
    return f"must be {_KINDS[match[1]]}"


def _form(_: re.Match[str], type_: Any) -> str:
    examples = _examples(msgspec.inspect.type_info(type_))
    return f"must look like {examples[0]}" if examples else "does not have the right form"


def _choice(match: re.Match[str], _: Any) -> str:
    return f"{match[1]} is none of the choices"


def _examples(info: msgspec.inspect.Type) -> Sequence[Any]:
    """Return the examples that a schema gives, also where the value may be null."""
    if isinstance(info, msgspec.inspect.Metadata):
        found: Sequence[Any] = (info.extra_json_schema or {}).get("examples", ())
        return found or _examples(info.type)
    if isinstance(info, msgspec.inspect.UnionType):
        return next((found for each in info.types if (found := _examples(each))), ())
    return ()


_Words = Callable[[re.Match[str], Any], str]
_WORDINGS: tuple[tuple[re.Pattern[str], _Words], ...] = (
    (re.compile(r"Expected (str|array) of length (>=|<=) (\d+)"), _length),
    (re.compile(r"Expected (?:int|float) (>=|<=) (\S+)"), _size),
    (re.compile(r"Expected str matching regex .*", re.DOTALL), _form),
    (re.compile(rf"Expected ({'|'.join(_KINDS)})(?: \| null)?, got (\w+)"), _kind),
    (re.compile(r"Invalid enum value ('.*')", re.DOTALL), _choice),
)
