"""Openly licensed drawings (Fluent Emoji flat) and names (Unicode CLDR), fetched once by npm."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
DRAWINGS = "@iconify-json/fluent-emoji-flat"
NAMES = "cldr-annotations-full"
LANGUAGES = ("en", "ko")


class MaterialError(RuntimeError):
    """The drawings or names could not be fetched, or are not the pinned ones."""


@dataclass(frozen=True)
class Concept:
    """One thing the model can draw; `names` holds every word for it, the usual one first.

    `counter` is the Korean word that counts such things.
    """

    body: str
    names: dict[str, tuple[str, ...]]
    in_air: bool
    counter: str = "개"


def load_concepts(cache: Path) -> tuple[Concept, ...]:
    """Read the concepts of concepts.json; names that it leaves out come from CLDR."""
    drawings = _package(cache, DRAWINGS)
    icons = _read_json(drawings, "icons.json")["icons"]
    characters = {icon: code for code, icon in _read_json(drawings, "chars.json").items()}
    names_package = _package(cache, NAMES)
    cldr = {language: _cldr_names(names_package, language) for language in LANGUAGES}
    concepts = []
    for entry in json.loads((HERE / "concepts.json").read_text("utf-8")):
        icon = entry["icon"]
        character = "".join(chr(int(code, 16)) for code in characters[icon].split("-"))
        names = {lang: tuple(entry.get(lang) or [cldr[lang][character]]) for lang in LANGUAGES}
        concepts.append(
            Concept(icons[icon]["body"], names, entry.get("air", False), entry.get("counter", "개"))
        )
    return tuple(concepts)


def _cldr_names(package: Path, language: str) -> dict[str, str]:
    document = _read_json(package, f"annotations/{language}/annotations.json")
    annotations = document["annotations"]["annotations"]
    return {char: entry["tts"][0] for char, entry in annotations.items() if "tts" in entry}


def _read_json(package: Path, member: str) -> Any:
    with tarfile.open(package) as archive:
        file = archive.extractfile(f"package/{member}")
        if file is None:
            raise MaterialError(f"{package.name} has no {member}")
        return json.load(file)


def _package(cache: Path, name: str) -> Path:
    pins = json.loads((HERE / "package.json").read_text("utf-8"))
    version, integrity = pins["dependencies"][name], pins["integrity"][name]
    path = cache / f"{name.removeprefix('@').replace('/', '-')}-{version}.tgz"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", "--silent", f"{name}@{version}"]
        try:
            subprocess.run(command, cwd=cache, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  # npm
        except (OSError, subprocess.CalledProcessError) as error:
            raise MaterialError(f"could not fetch {name}: is npm there, and online?") from error
    digest = base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
    if integrity != f"sha512-{digest}":
        raise MaterialError(f"{path} is not the pinned {name}@{version}: delete it and try again")
    return path
