"""What everything stands on: settings, time, ids, keys, texts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepstory.clock import SystemClock, from_rfc3339, local_date, to_rfc3339
from deepstory.config import Settings, from_environment, settings
from deepstory.errors import ConfigurationError
from deepstory.ids import created_at, first_id_at, id_of, is_id
from deepstory.keys import SigningKeys, add_key, derive, parse_ring
from deepstory.texts import clean, required
from fakes.core import SECRET, FakeSecret, FixedClock, fake_ids

MOMENTS = st.datetimes(
    min_value=datetime(1990, 1, 1),
    max_value=datetime(2200, 1, 1),
    timezones=st.just(UTC),
)


def test_settings_come_from_variables_of_the_same_name() -> None:
    found = from_environment(
        {"STAGE": "dev", "PICTURES_PER_DAY": "7", "COOKIE_SECURE": "false", "OTHER": "x"}
    )

    assert found == Settings(stage="dev", pictures_per_day=7, cookie_secure=False)
    assert found.require("stage") == "dev"


@pytest.mark.parametrize("environment", [{"PICTURES_PER_DAY": "many"}, {"COOKIE_SECURE": "yes"}])
def test_malformed_setting_is_named(environment: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(environment))):
        from_environment(environment)


def test_missing_setting_is_named_when_it_is_needed() -> None:
    with pytest.raises(ConfigurationError, match="USERS_TABLE"):
        Settings().require("users_table")


def test_settings_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    settings.cache_clear()
    monkeypatch.setenv("STAGE", "first")
    assert settings().stage == "first"
    monkeypatch.setenv("STAGE", "second")

    assert settings().stage == "first"
    settings.cache_clear()


@given(MOMENTS)
def test_times_keep_their_milliseconds(moment: datetime) -> None:
    text = to_rfc3339(moment)

    assert len(text) == 24
    assert timedelta(0) <= moment - from_rfc3339(text) < timedelta(milliseconds=1)


@given(MOMENTS, MOMENTS)
def test_times_sort_as_text(one: datetime, other: datetime) -> None:
    if to_rfc3339(one) < to_rfc3339(other):
        assert one < other


def test_system_clock_is_aware() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_day_is_the_users() -> None:
    late = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)

    assert local_date(late, "Asia/Seoul").isoformat() == "2026-11-23"
    assert local_date(late, "America/New_York").isoformat() == "2026-11-22"


def test_id_of_a_text_is_always_the_same_and_that_texts_alone() -> None:
    made = {id_of(f"text {number}") for number in range(100)}

    assert len(made) == 100
    assert made == {id_of(f"text {number}") for number in range(100)}
    assert all(is_id(identifier) for identifier in made)


def test_ids_have_their_form_and_differ() -> None:
    ids = fake_ids(FixedClock())
    made = {ids.new() for _ in range(100)}

    assert len(made) == 100
    assert all(is_id(identifier) for identifier in made)


@pytest.mark.parametrize(
    "text", ["", "0" * 25, "0" * 27, "0" * 25 + "u", "8" + "0" * 25, "0" * 25 + "\0", "é" * 26]
)
def test_other_texts_are_no_ids(text: str) -> None:
    assert not is_id(text)


@given(MOMENTS, st.integers(min_value=1, max_value=10**9))
def test_ids_sort_by_the_millisecond_they_were_made_in(moment: datetime, later: int) -> None:
    clock = FixedClock(moment)
    ids = fake_ids(clock)
    first = ids.new()
    clock.advance(milliseconds=later)
    second = ids.new()

    assert first < second
    assert first_id_at(moment) <= first < first_id_at(clock.now()) <= second
    assert timedelta(0) <= moment - created_at(first) < timedelta(milliseconds=1)


def test_secret_is_read_rarely() -> None:
    clock, secret = FixedClock(), FakeSecret()
    keys = SigningKeys(secret, clock)
    for _ in range(10):
        assert keys.current() == ("k1", b"0123456789abcdef0123456789abcdef")
    assert secret.reads == 1

    clock.advance(minutes=5)
    keys.current()
    assert secret.reads == 2


def test_new_key_is_found_although_the_copy_is_fresh() -> None:
    clock, secret = FixedClock(), FakeSecret()
    keys = SigningKeys(secret, clock)
    keys.current()
    secret.text = add_key(SECRET, key_id="k2", key="n" * 32)
    clock.advance(seconds=11)

    assert keys.find("k2") == b"n" * 32
    assert keys.current()[0] == "k2"


def test_unknown_keys_do_not_make_the_secret_be_read_at_each() -> None:
    clock, secret = FixedClock(), FakeSecret()
    keys = SigningKeys(secret, clock)
    for _ in range(100):
        assert keys.find("nonsense") is None

    assert secret.reads == 1


def test_rotation_keeps_the_latest_keys() -> None:
    text = SECRET
    for number in range(2, 6):
        text = add_key(text, key_id=f"k{number}", key=str(number) * 32)
    ring = parse_ring(text)

    assert ring.current_id == "k5"
    assert sorted(ring.keys) == ["k3", "k4", "k5"]


# By hand: a line for each would fill the page.
@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"current":"k1"}', '{"current":"k2","k1":"' + "x" * 32 + '"}',
     '{"current":"k1","k1":"short"}', '{"current":"k1","k1":5}'],
)  # fmt: skip
def test_unusable_secret_is_a_configuration_error(text: str) -> None:
    with pytest.raises(ConfigurationError):
        parse_ring(text)


def test_derived_values_are_bound_to_their_purpose() -> None:
    assert len({derive(b"k", "a", b"m"), derive(b"k", "b", b"m"), derive(b"k", "a", b"n")}) == 3


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "\x07", "line\nbreak", "tab\tbed"])
def test_line_refuses_control_characters(text: str) -> None:
    with pytest.raises(ValueError, match="not allowed"):
        clean(text)


def test_prose_keeps_line_breaks_and_everything_that_people_write() -> None:
    diary = "오늘은 👨‍👩‍👧 바다에 갔다.\r\n정말 재미있었다! \u202eعربى"

    assert clean(diary, multiline=True) == diary.replace("\r\n", "\n")


def test_decomposed_korean_becomes_composed() -> None:
    assert clean("\u1112\u1161\u11ab") == "한"


@pytest.mark.parametrize(("text", "reason"), [(" \n ", "empty"), ("12345", "at most 4")])
def test_required_text_says_why_not(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        required(text, maximum=4, multiline=True)
