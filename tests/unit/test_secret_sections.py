"""What an export has of secret friends."""

from __future__ import annotations

from typing import Any

import pytest

from deepstory.exports.sections import Section
from deepstory.secret_diaries import own_sections
from deepstory.secret_diaries.own_sections import friend_section, secret_entry_section
from support.secret_stores import JUN, MINA, SORA, Home, memory_home


@pytest.fixture
def home() -> Home:
    return memory_home()


def records(section: Section, user_id: str) -> list[dict[str, Any]]:
    return list(section.records(user_id))


@pytest.mark.parametrize("page", [1, 2, 100])
def test_own_entries_are_in_it_also_of_a_diary_that_was_left(
    home: Home, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_sections, "_PAGE", page)
    left, kept = home.befriend(MINA, JUN), home.befriend(SORA, MINA)
    mine = {home.write(left, text="하나"), home.write(left, text="둘"), home.write(kept, text="셋")}
    theirs = home.write(left, JUN)
    home.services.secret_diaries.leave(diary_id=left, user_id=JUN)

    section = secret_entry_section(home.services.own_secret_entries)
    found = records(section, MINA)

    assert section.name == "secret_entries"
    assert {each["id"] for each in found} == mine
    assert {each["text"] for each in found} == {"하나", "둘", "셋"}
    assert {(each["diary_id"], each["diary_name"]) for each in found} == {
        (left, "우리 일기"),
        (kept, "우리 일기"),
    }
    assert [each["id"] for each in records(section, JUN)] == [theirs]


@pytest.mark.parametrize("page", [1, 100])
def test_friends_are_in_it_with_their_names_and_diaries(
    home: Home, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_sections, "_PAGE", page)
    with_jun, with_sora = home.befriend(MINA, JUN), home.befriend(SORA, MINA)
    services = home.services
    people: Any = home.people.users
    section = friend_section(
        services.friendship_repository, services.secret_diary_repository, people
    )

    found = records(section, MINA)

    assert found == [
        {
            "user_id": user_id,
            "name": name,
            "diary_id": diary_id,
            "diary_name": "우리 일기",
            "since": found[0]["since"],
        }
        for user_id, name, diary_id in ((JUN, "Jun", with_jun), (SORA, "소라", with_sora))
    ]
    services.secret_diaries.leave(diary_id=with_jun, user_id=JUN)
    assert [each["user_id"] for each in records(section, MINA)] == [SORA]
    assert records(section, JUN) == []
