"""Proposes entries for concepts-large.json: `python -m model.training.propose_concepts`.

Prints one for every icon of Fluent Emoji that Noto Emoji has too and the list has not, with CLDR's
names. They are a beginning: CLDR names an emoji, not always the thing ("tiger face"), knows no
Korean counters, and keeps symbols and look-alikes, so that a person picks, renames and counts.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from model.training.assets import DRAWINGS, HERE, LANGUAGES, NAMES, cldr_names, fetch, read_json
from model.training.config import LARGE

CATEGORIES = (
    "Animals & Nature",
    "Food & Drink",
    "Travel & Places",
    "Activities",
    "Objects",
    "People & Body",
)
# Skin tones other than the lightest, and keycaps of the hour, are the same thing again.
VARIANTS = ("-dark", "-medium", "-oclock", "-thirty")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m model.training.propose_concepts")
    parser.add_argument("--cache", type=Path, default=Path(".build/training"))
    for entry in propose(parser.parse_args().cache / "npm"):
        print(json.dumps(entry, ensure_ascii=False))


def propose(cache: Path) -> Iterator[dict[str, Any]]:
    """Entries as in concepts-large.json, none of an icon that is there already."""
    listed = {entry["icon"] for entry in json.loads((HERE / LARGE.concepts).read_text("utf-8"))}
    fluent, noto = (fetch(cache, DRAWINGS[which]) for which in LARGE.drawings)
    names = {language: cldr_names(fetch(cache, NAMES), language) for language in LANGUAGES}
    characters = {icon: code for code, icon in read_json(fluent, "chars.json").items()}
    drawn_twice = read_json(noto, "chars.json").keys()
    categories = read_json(fluent, "metadata.json")["categories"]
    for icon in (icon for category in CATEGORIES for icon in categories.get(category, ())):
        code = characters.get(icon, "")
        if icon in listed or code not in drawn_twice or any(part in icon for part in VARIANTS):
            continue
        character = "".join(chr(int(part, 16)) for part in code.split("-"))
        if all(character in known for known in names.values()):
            yield {"icon": icon, **{lang: [known[character]] for lang, known in names.items()}}


if __name__ == "__main__":
    main()
