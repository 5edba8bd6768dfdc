import base64
import dataclasses
import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from model.training import assets, propose_concepts
from model.training.config import LARGE, SMALL, Recipe
from tests.model.training_materials import real_entries


def test_wrong_package_is_refused(tmp_path: Path) -> None:
    name = "iconify-json-fluent-emoji-flat-1.2.6.tgz"
    (tmp_path / name).write_bytes(b"not what was pinned")
    with pytest.raises(assets.MaterialError, match="not the pinned"):
        assets.load_concepts(tmp_path, SMALL)


def test_missing_npm_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(assets.MaterialError, match="is npm there, and online"):
        assets.load_concepts(tmp_path / "cache", SMALL)


@pytest.mark.parametrize("recipe", [SMALL, LARGE], ids=lambda recipe: recipe.name)
def test_no_name_stands_for_two_concepts(recipe: Recipe) -> None:
    for language in ("en", "ko"):
        names = [name for entry in real_entries(recipe) for name in entry[language]]
        assert len(names) == len(set(names))


def pack(folder: Path, name: str, files: dict[str, Any]) -> str:
    """Write a package as npm packs it; its integrity."""
    path = folder / f"{name.removeprefix('@').replace('/', '-')}-1.0.0.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for member, document in files.items():
            content = json.dumps(document).encode()
            entry = tarfile.TarInfo(f"package/{member}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return f"sha512-{base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()}"


@pytest.fixture
def materials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Packages of two sets that draw a bear in their own sizes and names, and one a fox too."""
    bear = '<path id="a" d="M0 0"/><use href="#a" fill="url(#b)"/>'
    packages: dict[str, dict[str, Any]] = {
        "@iconify-json/fluent-emoji-flat": {
            "icons.json": {"width": 32, "icons": {"bear": {"body": bear}, "fox": {"body": "<g/>"}}},
            "chars.json": {"1f43b": "bear", "1f98a": "fox"},
        },
        "@iconify-json/noto": {
            "icons.json": {"width": 128, "icons": {"bear-face": {"body": bear}}},
            "chars.json": {"1f43b": "bear-face", "1f98a": "missing"},
        },
        "cldr-annotations-full": {
            f"annotations/{language}/annotations.json": {
                "annotations": {"annotations": {"\U0001f98a": {"tts": [name]}}}
            }
            for language, name in (("en", "fox"), ("ko", "여우"))
        },
    }
    integrity = {name: pack(tmp_path, name, files) for name, files in packages.items()}
    pins = {"dependencies": dict.fromkeys(packages, "1.0.0"), "integrity": integrity}
    (tmp_path / "package.json").write_text(json.dumps(pins), "utf-8")
    entries = [
        {"icon": "bear", "en": ["bear"], "ko": ["곰"], "counter": "마리", "article": "the"},
        {"icon": "fox"},
    ]
    (tmp_path / "list.json").write_text(json.dumps(entries), "utf-8")
    monkeypatch.setattr(assets, "HERE", tmp_path)
    return tmp_path


def test_concepts_are_drawn_by_every_set_of_the_recipe(materials: Path) -> None:
    recipe = dataclasses.replace(SMALL, concepts="list.json", drawings=("fluent", "noto"))
    bear, fox = assets.load_concepts(materials, recipe)
    ids = ["fluent-bear-", "noto-bear-face-"]
    bodies = [f'<path id="{p}a" d="M0 0"/><use href="#{p}a" fill="url(#{p}b)"/>' for p in ids]
    assert bear.drawings == (bodies[0], f'<g transform="scale(0.25)">{bodies[1]}</g>')
    assert (bear.counter, bear.article) == ("마리", "the")
    assert fox.drawings == ("<g/>",)
    assert fox.names == {"en": ("fox",), "ko": ("여우",)}
    assert (fox.counter, fox.article) == ("개", None)


def test_recipe_of_one_set_needs_no_other(materials: Path) -> None:
    (materials / "iconify-json-noto-1.0.0.tgz").unlink()
    recipe = dataclasses.replace(SMALL, concepts="list.json")
    assert all(not concept.others for concept in assets.load_concepts(materials, recipe))


def test_packages_that_are_there_need_no_npm(
    materials: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(materials / "nowhere"))
    fetched = assets.fetch_materials(materials, LARGE)
    assert sorted(path.name for path in fetched) == [
        "cldr-annotations-full-1.0.0.tgz",
        "iconify-json-fluent-emoji-flat-1.0.0.tgz",
        "iconify-json-noto-1.0.0.tgz",
    ]


@pytest.mark.parametrize("recipe", [SMALL, LARGE], ids=lambda recipe: recipe.name)
def test_every_package_is_pinned_with_its_digest(recipe: Recipe) -> None:
    pins = json.loads((assets.HERE / "package.json").read_text("utf-8"))
    for name in (*(assets.DRAWINGS[which] for which in recipe.drawings), assets.NAMES):
        assert pins["integrity"][name].startswith("sha512-")
        assert pins["dependencies"][name][0].isdigit()


def test_proposals_leave_out_what_is_listed_or_drawn_once(
    materials: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(propose_concepts, "HERE", materials)
    (materials / LARGE.concepts).write_text('[{"icon": "bear"}]', "utf-8")
    package = "@iconify-json/fluent-emoji-flat"
    icons = ["bear", "fox", "cat", "fox-dark"]
    chars = {"1f43b": "bear", "1f98a": "fox", "1f408": "cat", "1f99d": "fox-dark"}
    pins = json.loads((materials / "package.json").read_text("utf-8"))
    pins["integrity"][package] = pack(
        materials,
        package,
        {"chars.json": chars, "metadata.json": {"categories": {"Animals & Nature": icons}}},
    )
    (materials / "package.json").write_text(json.dumps(pins), "utf-8")
    proposals = list(propose_concepts.propose(materials))
    assert proposals == [{"icon": "fox", "en": ["fox"], "ko": ["여우"]}]
