"""Cursors: opaque, signed, bound to their list."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepstory.errors import InvalidCursorError
from deepstory.keys import SigningKeys
from deepstory.paging import CursorCodec, Page
from fakes.core import FakeSecret, FixedClock, fake_keys

POSITIONS = st.dictionaries(
    st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")), max_size=4
)


@pytest.fixture(scope="module")
def codec() -> CursorCodec:
    return CursorCodec(fake_keys(FixedClock()))


@given(position=POSITIONS)
def test_cursor_leads_back_to_its_position(codec: CursorCodec, position: dict[str, str]) -> None:
    assert codec.decode(codec.encode(position, "posts"), "posts") == position


@given(
    place=st.integers(min_value=0), bit=st.integers(min_value=0, max_value=7), position=POSITIONS
)
def test_one_changed_bit_is_noticed(
    codec: CursorCodec, place: int, bit: int, position: dict[str, str]
) -> None:
    cursor = codec.encode(position, "posts")
    raw = bytearray(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    raw[place % len(raw)] ^= 1 << bit
    tampered = urlsafe_b64encode(raw).rstrip(b"=").decode()

    with pytest.raises(InvalidCursorError):
        codec.decode(tampered, "posts")


def test_cursor_of_another_list_is_refused(codec: CursorCodec) -> None:
    with pytest.raises(InvalidCursorError):
        codec.decode(codec.encode({"id": "a"}, "posts"), "pictures")


@pytest.mark.parametrize("cursor", ["", "a", "é", "====", "x" * 2000, "AAAA" * 10, "\0", "-_"])
def test_garbage_is_refused(codec: CursorCodec, cursor: str) -> None:
    with pytest.raises(InvalidCursorError):
        codec.decode(cursor, "posts")


def test_cursor_outlives_a_key_rotation_but_not_its_key() -> None:
    clock, secret = FixedClock(), FakeSecret()
    codec = CursorCodec(SigningKeys(secret, clock))
    cursor = codec.encode({"id": "a"}, "posts")

    secret.text = secret.text.replace('"current":"k1"', '"current":"k2","k2":"' + "n" * 32 + '"')
    clock.advance(minutes=6)
    assert codec.decode(cursor, "posts") == {"id": "a"}

    secret.text = '{"current":"k2","k2":"' + "n" * 32 + '"}'
    clock.advance(minutes=6)
    with pytest.raises(InvalidCursorError):
        codec.decode(cursor, "posts")


def test_mapping_a_page_keeps_where_it_ends() -> None:
    assert Page(items=[1, 2], next={"id": "b"}).map(str) == Page(items=["1", "2"], next={"id": "b"})
