"""What every store of secret entries, their likes, comments and counters must do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from deepstory.comments.entities import Comment
from deepstory.friends.entities import Membership
from deepstory.friends.errors import NoLongerFriendsError
from deepstory.idempotency import DuplicateRequestError
from deepstory.likes.entities import Like, liked_entry_id
from deepstory.posts.entities import EntryChanges
from deepstory.secret_diaries.entities import SecretEntry, entry_key
from fakes.core import START
from support.secret_stores import JUN, MINA, RECORD, SORA, Home

LATER = START + timedelta(hours=1)


def an_entry(diary_id: str, entry_id: str = "e1", **changes: object) -> SecretEntry:
    entry = SecretEntry(
        diary_id=diary_id,
        entry_id=entry_id,
        author_id=MINA,
        title="첫눈",
        text="눈이 왔다.\n오래 걸었다.",
        picture_id=None,
        diary_date=date(2026, 11, 22),
        weather="snowy",
        mood=None,
        tags=("눈", "walk"),
        sensitive=False,
        like_count=0,
        created_at=START,
        updated_at=START,
    )
    return replace(entry, **changes)


def membership(diary_id: str, user_id: str = MINA, friend_id: str = JUN) -> Membership:
    return Membership(user_id=user_id, friend_id=friend_id, diary_id=diary_id)


@pytest.fixture
def diary_id(home: Home) -> str:
    return home.befriend()


class TestEntryRepository:
    def test_added_entry_is_read_as_it_was(self, home: Home, diary_id: str) -> None:
        entries, entry = home.services.secret_entry_repository, an_entry(diary_id)
        entries.add(entry, membership(diary_id))
        entries.add(replace(entry, text="another"), membership(diary_id))

        assert entries.get(diary_id, "e1") == entry
        assert entries.get(diary_id, "e2") is None
        assert entries.get("other", "e1") is None

    def test_repeated_claim_is_a_duplicate_request(self, home: Home, diary_id: str) -> None:
        entries = home.services.secret_entry_repository
        entries.add(an_entry(diary_id), membership(diary_id), RECORD)

        with pytest.raises(DuplicateRequestError):
            entries.add(an_entry(diary_id, "e2"), membership(diary_id), RECORD)

        assert len(entries.entries(diary_id, limit=9, after=None)) == 1

    @pytest.mark.parametrize("step", [1, 3, 5, 9])
    def test_pages_are_newest_first_and_neither_repeat_nor_skip(
        self, home: Home, diary_id: str, step: int
    ) -> None:
        entries = home.services.secret_entry_repository
        for number in (3, 1, 4, 0, 2):
            entries.add(an_entry(diary_id, f"e{number}"), membership(diary_id))
        found: list[str] = []
        while True:
            after = found[-1] if found else None
            page = entries.entries(diary_id, limit=step, after=after)
            found += [entry.entry_id for entry in page]
            if len(page) < step:
                break

        assert found == ["e4", "e3", "e2", "e1", "e0"]

    def test_edit_changes_what_is_given_and_nothing_else(self, home: Home, diary_id: str) -> None:
        entries, entry = home.services.secret_entry_repository, an_entry(diary_id)
        entries.add(entry, membership(diary_id))
        changes = EntryChanges(title="새 제목", weather=None, tags=(), diary_date=date(2026, 1, 2))

        changed = entries.change(entry, membership(diary_id), changes=changes, now=LATER)

        expected = replace(entry, **changes.given(), updated_at=LATER)
        assert changed == entries.get(diary_id, "e1") == expected

    def test_friend_neither_edits_nor_deletes(self, home: Home, diary_id: str) -> None:
        entries, entry = home.services.secret_entry_repository, an_entry(diary_id)
        entries.add(entry, membership(diary_id))
        by_jun = membership(diary_id, JUN, MINA)

        assert entries.change(entry, by_jun, changes=EntryChanges(title="x"), now=LATER) is None
        assert not entries.remove(entry, by_jun)
        assert entries.get(diary_id, "e1") == entry
        assert entries.remove(entry, membership(diary_id))
        assert not entries.remove(entry, membership(diary_id))

    def test_own_entries_are_found_through_all_diaries_page_by_page(
        self, home: Home, diary_id: str
    ) -> None:
        entries = home.services.secret_entry_repository
        other = home.befriend(MINA, SORA)
        for diary, friend_id in ((diary_id, JUN), (other, SORA)):
            for number in range(3):
                entry = an_entry(diary, f"e{number}")
                entries.add(entry, membership(diary, MINA, friend_id))
        entries.add(an_entry(diary_id, "j", author_id=JUN), membership(diary_id, JUN, MINA))
        keys: list[str] = []
        while True:
            page = entries.own(MINA, limit=2, after=keys[-1] if keys else None)
            keys += page
            if len(page) < 2:
                break

        assert keys == sorted(
            entry_key(diary, f"e{number}") for diary in (diary_id, other) for number in range(3)
        )
        assert set(entries.get_own([*keys, entry_key(other, "none")])) == set(keys)
        assert entries.get_own([]) == {}
        counts = [entries.count_own(MINA, each) for each in (diary_id, other, "none", None)]
        assert counts == [3, 3, 0, 6]
        assert [entries.forget_own(MINA, limit=4) for _ in range(3)] == [4, 2, 0]
        assert entries.count_own(MINA) == 0
        assert entries.count_own(JUN) == 1


class TestReactions:
    def test_like_and_comment_lie_with_those_of_posts_and_apart_from_them(
        self, home: Home, diary_id: str
    ) -> None:
        key = entry_key(diary_id, home.write(diary_id))
        likes, comments = home.services.secret_like_writes, home.services.secret_comment_writes
        like = Like(post_id=key, user_id=JUN, liked_id=liked_entry_id("l1"))
        by_jun = membership(diary_id, JUN, MINA)

        assert likes.add(like, by_jun)
        assert not likes.add(like, by_jun)
        assert home.services.like_repository.liked_by(JUN, [key, "p1"]) == {key}
        assert home.services.like_repository.entries(JUN, limit=9, after=None) == []
        assert likes.remove(key, by_jun)
        assert not likes.remove(key, by_jun)

        comment = Comment(
            parent=key, comment_id="c1", author_id=JUN, text="예쁘다", created_at=START
        )
        comments.add(comment, by_jun, RECORD)
        with pytest.raises(DuplicateRequestError):
            comments.add(replace(comment, comment_id="c2"), by_jun, RECORD)
        comments.add(comment, by_jun)
        read = home.services.comment_repository.entries(key, limit=9, after=None)
        assert read == [comment]
        assert comments.remove(comment, by_jun)
        assert not comments.remove(comment, by_jun)

    def test_what_belongs_to_an_entry_is_removed_in_steps(self, home: Home, diary_id: str) -> None:
        key = entry_key(diary_id, home.write(diary_id))
        for number in range(5):
            comment = Comment(
                parent=key,
                comment_id=f"c{number}",
                author_id=JUN,
                text="a",
                created_at=START,
            )
            home.services.secret_comment_writes.add(comment, membership(diary_id, JUN, MINA))

        removed = [home.services.comment_repository.remove_of(key, limit=3) for _ in range(3)]

        assert removed == [3, 2, 0]


class TestCounters:
    @pytest.mark.parametrize("counted", ["like", "comment"])
    def test_counter_moves_only_from_where_it_was(
        self, home: Home, diary_id: str, counted: str
    ) -> None:
        key = entry_key(diary_id, home.write(diary_id))
        counting = getattr(home.services, f"secret_{counted}_counting")
        counters = counting._counters
        counter = counters.get(key)
        assert counter
        assert (counter.count, counter.key) == (0, key)

        assert counters.replace(counter, count=2, last_sequence=7)
        assert not counters.replace(counter, count=9, last_sequence=9)
        moved = counters.get(key)
        assert moved
        assert (moved.count, moved.last_sequence) == (2, 7)
        assert counters.get(entry_key(diary_id, "none")) is None
        gone = replace(moved, key=entry_key(diary_id, "none"))
        assert not counters.replace(gone, count=1, last_sequence=8)
        assert counters.get("p1") is None

    @pytest.mark.parametrize("counted", ["like", "comment"])
    def test_counting_begins_after_a_repair_that_came_first(
        self, home: Home, diary_id: str, counted: str
    ) -> None:
        key = entry_key(diary_id, home.write(diary_id))
        counters = getattr(home.services, f"secret_{counted}_counting")._counters
        before = counters.get(key)
        assert before

        assert counters.replace(before, count=3, last_sequence=before.last_sequence)

        repaired = counters.get(key)
        assert repaired == replace(before, count=3)
        assert counters.replace(repaired, count=4, last_sequence=7)


def test_nothing_is_written_without_the_friendship(home: Home) -> None:
    diary_id = home.befriend()
    entry_id = home.write(diary_id)
    entry = home.services.secret_entry_repository.get(diary_id, entry_id)
    assert entry
    comment = Comment(parent=entry.key, comment_id="c1", author_id=JUN, text="a", created_at=START)
    like = Like(post_id=entry.key, user_id=JUN, liked_id=liked_entry_id("l1"))
    services, changes = home.services, EntryChanges(title="x")

    for wrong in (
        membership(diary_id, SORA, MINA),
        membership(diary_id, MINA, SORA),
        membership("other", MINA, JUN),
    ):
        for write in (
            lambda by: services.secret_entry_repository.add(an_entry(diary_id), by),
            lambda by: services.secret_entry_repository.change(
                entry, by, changes=changes, now=LATER
            ),
            lambda by: services.secret_entry_repository.remove(entry, by),
            lambda by: services.secret_diary_repository.rename(by, "x"),
            lambda by: services.secret_like_writes.add(like, by),
            lambda by: services.secret_like_writes.remove(entry.key, by),
            lambda by: services.secret_comment_writes.add(comment, by),
            lambda by: services.secret_comment_writes.remove(comment, by),
        ):
            with pytest.raises(NoLongerFriendsError):
                write(wrong)
    assert services.secret_entry_repository.entries(diary_id, limit=9, after=None) == [entry]
