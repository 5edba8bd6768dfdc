"""What people read about a field that is wrong."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta

from chalicelib.reasons import reason


@pytest.mark.parametrize(
    ("value", "type_", "words"),
    [
        ("", Annotated[str, Meta(min_length=1)], "must not be empty"),
        ("ab", Annotated[str, Meta(min_length=10)], "must have at least 10 characters"),
        ("ab", Annotated[str, Meta(max_length=1)], "must have at most 1 character"),
        ([], Annotated[list[int], Meta(min_length=1)], "must not be empty"),
        ([1, 2, 3], Annotated[list[int], Meta(max_length=2)], "must have at most 2 items"),
        (["abc"], list[Annotated[str, Meta(max_length=2)]], "must have at most 2 characters"),
        (0, Annotated[int, Meta(ge=1, le=100)], "must be at least 1"),
        (101, Annotated[int, Meta(ge=1, le=100)], "must be at most 100"),
        (1, str, "must be text"),
        ("x", int | None, "must be a whole number"),
        (1, bool, "must be true or false"),
        ("x", list[int], "must be a list"),
        (None, str, "must not be null"),
        ("x", Literal["a", "b"], "'x' is none of the choices"),
        ("x", Annotated[str, Meta(pattern="^a$")], "does not have the right form"),
        ("x", Annotated[str, Meta(pattern="^a$", examples=["a"])] | None, "must look like a"),
    ],
)
def test_reasons_are_worded_for_people(value: Any, type_: Any, words: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(value, type_)
    assert reason(str(caught.value), type_) == words


def test_unknown_messages_are_passed_on() -> None:
    assert reason("Something `new` - at `$.x`", str) == "something new"
