"""From bytes and query strings to typed input, with a reason for every field that is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar, cast

import msgspec

from chalicelib.reasons import reason
from deepstory.errors import BadRequestError, DeepStoryError, InvalidInputError

I = TypeVar("I", bound="Input")  # noqa: E741  # the type of some Input

MAXIMUM_BODY_BYTES = 128 * 1024
# At the end of msgspec's messages; places in lists of plain values are left out.
_MEMBER = re.compile(r" - at `\$((?:\[\d+\])*\.[\w.\[\]]+)`$")

Cleaner = Callable[[Any], Any]


class PayloadTooLargeError(DeepStoryError):
    code = "payload_too_large"
    status = 413
    default_message = f"The body is larger than {MAXIMUM_BODY_BYTES} bytes."


class UnsupportedMediaTypeError(DeepStoryError):
    code = "unsupported_media_type"
    status = 415
    default_message = "The body must be application/json."


class MalformedBodyError(BadRequestError):
    code = "malformed_body"
    default_message = "The body is not valid JSON."


class Input(msgspec.Struct, kw_only=True):
    """Base of what clients send.

    Types, ranges and lengths are msgspec's; ``cleaners`` hold by field name what types cannot
    say: functions that return the value to use, or raise ValueError with the reason. Members
    that are not in the schema are ignored, so that newer clients can talk to older servers.
    """

    cleaners: ClassVar[Mapping[str, Cleaner]] = {}

    def __post_init__(self) -> None:
        reasons: dict[str, str] = {}
        for name, clean in self.cleaners.items():
            value = getattr(self, name)
            if value is None or value is msgspec.UNSET:
                continue
            try:
                setattr(self, name, clean(value))
            except ValueError as error:
                reasons[name] = str(error)
        if reasons:
            raise InvalidInputError(fields=reasons)


class Nothing(Input):
    """No body, or no query parameters."""


_NOTHING: Any = Nothing()


def parse_body(body: bytes, content_type: str, schema: type[I]) -> I:
    """Decode a JSON body.

    Raises
    ------
    PayloadTooLargeError, UnsupportedMediaTypeError, MalformedBodyError, InvalidInputError
    """
    if schema is Nothing:
        return cast(I, _NOTHING)
    if len(body) > MAXIMUM_BODY_BYTES:
        raise PayloadTooLargeError
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in ("", "application/json"):
        raise UnsupportedMediaTypeError
    body = body or b"{}"
    try:
        return msgspec.json.decode(body, type=schema)
    except msgspec.ValidationError:
        pass
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedBodyError from error
    try:
        values = msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.ValidationError as error:
        raise MalformedBodyError("The body must be a JSON object.") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedBodyError from error
    raise InvalidInputError(fields=reasons_against(values, schema, strict=True))


def parse_query(values: Mapping[str, str], schema: type[I]) -> I:
    """Convert query parameters; raise InvalidInputError with a reason for each wrong one."""
    if schema is Nothing:
        return cast(I, _NOTHING)
    try:
        return msgspec.convert(values, schema, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidInputError(fields=reasons_against(values, schema, strict=False)) from error


def reasons_against(
    values: Mapping[str, Any], schema: type[Input], *, strict: bool
) -> dict[str, str]:
    """Say of each field why it does not fit, not only of the first as decoding does."""
    reasons: dict[str, str] = {}
    for field in msgspec.structs.fields(schema):
        if field.encode_name not in values:
            if field.required:
                reasons[field.encode_name] = "is required"
            continue
        try:
            value = msgspec.convert(values[field.encode_name], field.type, strict=strict)
            clean = schema.cleaners.get(field.name)
            if clean and value is not None:
                clean(value)
        except (msgspec.ValidationError, ValueError) as error:
            name = field.encode_name + _path_within(str(error))
            reasons[name] = reason(str(error), field.type)
    return reasons


def _path_within(message: str) -> str:
    """Return, dotted, which member of an object inside a field a message is about."""
    match = _MEMBER.search(message)
    return match[1].replace("[", ".").replace("]", "") if match else ""
