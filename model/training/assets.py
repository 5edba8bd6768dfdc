"""Openly licensed drawings (Fluent Emoji flat, Noto Emoji) and names (Unicode CLDR), from npm."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.training.config import DrawingSet, Recipe

HERE = Path(__file__).parent
DRAWINGS: dict[DrawingSet, str] = {
    "fluent": "@iconify-json/fluent-emoji-flat",
    "noto": "@iconify-json/noto",
}
NAMES = "cldr-annotations-full"
LANGUAGES = ("en", "ko")
CANVAS = 32


class MaterialError(RuntimeError):
    """The drawings or names could not be fetched, or are not the pinned ones."""


@dataclass(frozen=True)
class Concept:
    """One thing the model can draw; `names` holds every word for it, the usual one first.

    `body` is its drawing on a canvas of 32 x 32, and `others` are drawings of it by other hands.
    `counter` is the Korean word that counts such things. `article` is the English one where the
    first letter does not tell it, and empty for what has none.
    """

    body: str
    names: dict[str, tuple[str, ...]]
    in_air: bool
    counter: str = "개"
    article: str | None = None
    others: tuple[str, ...] = ()

    @property
    def drawings(self) -> tuple[str, ...]:
        return (self.body, *self.others)


def load_concepts(cache: Path, recipe: Recipe) -> tuple[Concept, ...]:
    """Read the recipe's list of concepts; names that it leaves out come from CLDR.

    Icons are named as in the recipe's first set; other sets are searched for the same character.
    """
    sets = [_read_icons(cache, which) for which in recipe.drawings]
    characters = {icon: code for code, (icon, _) in sets[0].items()}
    names_package = fetch(cache, NAMES)
    cldr = {language: cldr_names(names_package, language) for language in LANGUAGES}
    concepts = []
    for entry in json.loads((HERE / recipe.concepts).read_text("utf-8")):
        code = characters[entry["icon"]]
        character = "".join(chr(int(part, 16)) for part in code.split("-"))
        first, *others = [icons[code][1] for icons in sets if code in icons]
        concepts.append(
            Concept(
                first,
                {lang: tuple(entry.get(lang) or [cldr[lang][character]]) for lang in LANGUAGES},
                entry.get("air", False),
                entry.get("counter", "개"),
                entry.get("article"),
                tuple(others),
            )
        )
    return tuple(concepts)


def fetch_materials(cache: Path, recipe: Recipe) -> list[Path]:
    """The packages that the recipe needs, fetched unless they are in the cache."""
    return [fetch(cache, name) for name in (*map(DRAWINGS.__getitem__, recipe.drawings), NAMES)]


def fetch(cache: Path, name: str) -> Path:
    """The pinned package as npm packs it; only the first time needs a network."""
    pins = json.loads((HERE / "package.json").read_text("utf-8"))
    version, integrity = pins["dependencies"][name], pins["integrity"][name]
    path = cache / f"{name.removeprefix('@').replace('/', '-')}-{version}.tgz"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", "--silent", f"{name}@{version}"]
        try:
            subprocess.run(command, cwd=cache, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  # npm
        except (OSError, subprocess.CalledProcessError) as error:
            raise MaterialError(
                f"could not fetch {name}: is npm there, and online? "
                f"Where it is not, copy {path.name} into {cache}"
            ) from error
    digest = base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
    if integrity != f"sha512-{digest}":
        raise MaterialError(f"{path} is not the pinned {name}@{version}: delete it and try again")
    return path


def _read_icons(cache: Path, which: DrawingSet) -> dict[str, tuple[str, str]]:
    """Name and drawing of every character that the set has, on a canvas of 32 x 32."""
    package = fetch(cache, DRAWINGS[which])
    document = read_json(package, "icons.json")
    scale = CANVAS / document["width"]
    icons = {}
    for code, icon in read_json(package, "chars.json").items():
        if icon in document["icons"]:
            body = with_own_ids(document["icons"][icon]["body"], f"{which}-{icon}-")
            if scale != 1:
                body = f'<g transform="scale({scale:g})">{body}</g>'
            icons[code] = (icon, body)
    return icons


def with_own_ids(body: str, prefix: str) -> str:
    """A drawing whose gradients and clips are not taken for those of another in one picture."""
    return re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{prefix}", body)


def cldr_names(package: Path, language: str) -> dict[str, str]:
    document = read_json(package, f"annotations/{language}/annotations.json")
    annotations = document["annotations"]["annotations"]
    return {char: entry["tts"][0] for char, entry in annotations.items() if "tts" in entry}


def read_json(package: Path, member: str) -> Any:
    with tarfile.open(package) as archive:
        file = archive.extractfile(f"package/{member}")
        if file is None:
            raise MaterialError(f"{package.name} has no {member}")
        return json.load(file)
