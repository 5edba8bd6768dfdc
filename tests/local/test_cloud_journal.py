"""The journal's generations: whatever moment a crash picks, nothing is lost or applied twice."""

import os
from pathlib import Path
from typing import Any

import pytest

from local.cloud.errors import DamagedDataError
from local.cloud.journal.generations import Generations
from local.cloud.journal.lines import Operation, decode, encode


def restored(directory: Path) -> tuple[Generations, list[Operation]]:
    """Return the generations of a directory and what they replay."""
    operations: list[Operation] = []
    generations = Generations(directory)
    generations.restore(operations.append)
    return generations, operations


def names(directory: Path) -> list[str]:
    return sorted(path.name.replace("000000000", "") for path in directory.iterdir())


def test_what_is_appended_is_replayed_in_order(tmp_path: Path) -> None:
    generations, _ = restored(tmp_path)
    generations.append([["put", "한글", {"n": "1"}], ["del", "b"]])
    generations.append([["put", "c"]])
    _, operations = restored(tmp_path)
    assert operations == [["put", "한글", {"n": "1"}], ["del", "b"], ["put", "c"]]


def test_a_snapshot_replaces_what_came_before_it(tmp_path: Path) -> None:
    generations, _ = restored(tmp_path)
    generations.append([["old"]])
    generation = generations.begin()
    generations.append([["during"]])
    generations.complete(generation, [["all"]] * 500)
    generations.append([["after"]])
    assert names(tmp_path) == ["journal-1", "snapshot-1"]
    _, operations = restored(tmp_path)
    assert operations == [["all"]] * 500 + [["during"], ["after"]]


def test_a_crash_before_the_snapshot_is_complete_loses_nothing(tmp_path: Path) -> None:
    generations, _ = restored(tmp_path)
    generations.append([["old"]])
    generations.begin()
    generations.append([["during"]])
    (tmp_path / "snapshot-0000000001.partial").write_bytes(b"half")
    again, operations = restored(tmp_path)
    assert operations == [["old"], ["during"]]
    again.append([["later"]])
    again.complete(again.begin(), [["all"]])
    assert names(tmp_path) == ["journal-2", "snapshot-1.partial", "snapshot-2"]
    assert restored(tmp_path)[1] == [["all"]]


def test_a_crash_before_the_old_files_are_gone_applies_nothing_twice(tmp_path: Path) -> None:
    generations, _ = restored(tmp_path)
    generations.append([["old"]])
    kept = (tmp_path / "journal-0000000000").read_bytes()
    generations.complete(generations.begin(), [["all"]])
    (tmp_path / "journal-0000000000").write_bytes(kept)
    assert restored(tmp_path)[1] == [["all"]]


@pytest.mark.parametrize("cut", [1, 5, 20])
def test_half_a_last_record_is_cut_off_before_the_next(tmp_path: Path, cut: int) -> None:
    generations, _ = restored(tmp_path)
    generations.append([["whole"]])
    generations.append([["torn by a crash"]])
    path = tmp_path / "journal-0000000000"
    path.write_bytes(path.read_bytes()[:-cut])
    again, operations = restored(tmp_path)
    assert operations == [["whole"]]
    again.append([["next"]])
    assert restored(tmp_path)[1] == [["whole"], ["next"]]


def test_half_a_record_where_none_can_be_is_damage(tmp_path: Path) -> None:
    generations, _ = restored(tmp_path)
    generations.append([["old"]])
    generations.begin()
    path = tmp_path / "journal-0000000000"
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(DamagedDataError, match="half a record"):
        restored(tmp_path)


def test_a_missing_journal_is_damage(tmp_path: Path) -> None:
    generations, _ = restored(tmp_path)
    generations.complete(generations.begin(), [["all"]])
    (tmp_path / "journal-0000000001").unlink()
    with pytest.raises(DamagedDataError, match="journal-0000000001: it is missing"):
        restored(tmp_path)


def test_a_snapshot_without_its_end_is_damage(tmp_path: Path) -> None:
    generations, _ = restored(tmp_path)
    generations.complete(generations.begin(), [["all"]])
    path = tmp_path / "snapshot-0000000001"
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    with pytest.raises(DamagedDataError, match="ends early"):
        restored(tmp_path)


def test_a_failed_append_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generations, _ = restored(tmp_path)
    generations.append([["before"]])
    write, room = os.write, [10]

    def short_write(file: int, data: bytes) -> int:
        if not room:
            raise OSError(28, "No space left on device")
        return write(file, data[: room.pop()])

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", short_write)
        with pytest.raises(OSError, match="No space"):
            generations.append([["refused"]])
    assert restored_copy(tmp_path) == [["before"]]
    generations.append([["after"]])
    assert restored(tmp_path)[1] == [["before"], ["after"]]


def restored_copy(directory: Path) -> list[Any]:
    """Return what a restart would replay, without touching the files."""
    copy = directory / "copy"
    copy.mkdir()
    for path in directory.glob("*-*"):
        (copy / path.name).write_bytes(path.read_bytes())
    return restored(copy)[1]


def test_a_changed_byte_is_noticed() -> None:
    line = encode(7, [["put", "a"]])
    assert decode(line) == (7, [["put", "a"]])
    with pytest.raises(ValueError, match="checksum"):
        decode(line.replace(b'"a"', b'"b"'))
