from pathlib import Path

import pytest

from model.training import assets
from tests.model.training_materials import real_entries


def test_wrong_package_is_refused(tmp_path: Path) -> None:
    name = "iconify-json-fluent-emoji-flat-1.2.6.tgz"
    (tmp_path / name).write_bytes(b"not what was pinned")
    with pytest.raises(assets.MaterialError, match="not the pinned"):
        assets.load_concepts(tmp_path)


def test_missing_npm_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(assets.MaterialError, match="is npm there, and online"):
        assets.load_concepts(tmp_path / "cache")


def test_no_name_stands_for_two_concepts() -> None:
    for language in ("en", "ko"):
        names = [name for entry in real_entries() for name in entry[language]]
        assert len(names) == len(set(names))
