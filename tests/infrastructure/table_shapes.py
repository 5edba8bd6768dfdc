"""The tables' shapes: what a deployment cannot change without a migration.

``cdk/tables.json`` holds those of the last release. ``python -m infrastructure.table_shapes`` (with
``PYTHONPATH=cdk:tests``) writes it anew, once docs/migrations.md was followed.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from infrastructure import synthesis

RELEASED = synthesis.ROOT / "cdk" / "tables.json"
GUIDE = "see docs/migrations.md, then write cdk/tables.json anew (it says how)"

Shapes = dict[str, dict[str, Any]]


def shapes(resources: dict[str, dict[str, Any]]) -> Shapes:
    """Return each table's key, indexes, stream and expiry, by its name in ``data.py``."""
    return {_plain(name): _shape(properties) for name, properties in sorted(resources.items())}


def dangers(before: Shapes, now: Shapes) -> list[str]:
    """Return what a deployment of ``now`` over ``before`` would lose, or could not do."""
    found = [f"table {name} would go, with all it holds" for name in before.keys() - now.keys()]
    for name in sorted(before.keys() & now.keys()):
        old, new = before[name], now[name]
        if old["key"] != new["key"]:
            found.append(f"table {name} would be replaced by an empty one: its key changes")
        for part in ("stream", "expires_at"):
            if old[part] and old[part] != new[part]:
                found.append(f"table {name} would lose its {part}")
        found += _index_dangers(name, old["indexes"], new["indexes"])
    return found


def _index_dangers(table: str, old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    found = [f"index {table}.{name} would go" for name in sorted(old.keys() - new.keys())]
    found += [
        f"index {table}.{name} would be made anew under its name: give it another one"
        for name in sorted(old.keys() & new.keys())
        if old[name] != new[name]
    ]
    if len(changed := old.keys() ^ new.keys()) > 1:
        found.append(
            f"table {table} has {len(changed)} changes of indexes; CloudFormation takes one at a "
            "time: deploy one after the other"
        )
    return found


def _shape(properties: dict[str, Any]) -> dict[str, Any]:
    types = {
        each["AttributeName"]: each["AttributeType"] for each in properties["AttributeDefinitions"]
    }
    return {
        "key": _key(properties["KeySchema"], types),
        "indexes": {
            index["IndexName"]: {
                "key": _key(index["KeySchema"], types),
                "projection": [
                    index["Projection"]["ProjectionType"],
                    *index["Projection"].get("NonKeyAttributes", []),
                ],
            }
            for index in properties.get("GlobalSecondaryIndexes", [])
        },
        "stream": properties.get("StreamSpecification", {}).get("StreamViewType"),
        "expires_at": properties.get("TimeToLiveSpecification", {}).get("AttributeName"),
    }


def _key(schema: list[dict[str, str]], types: dict[str, str]) -> list[str]:
    return [
        f"{part['AttributeName']} {types[part['AttributeName']]} {part['KeyType']}"
        for part in schema
    ]


def _plain(logical_id: str) -> str:
    """Return ``secret_entries`` of ``DataSecretEntries1A2B3C4D``."""
    words = re.findall(r"[A-Z][a-z]+", logical_id.removeprefix("Data")[:-8])
    return "_".join(word.lower() for word in words)


def main() -> None:
    with TemporaryDirectory() as folder:
        template = synthesis.synthesize("local", Path(folder) / "out")
        present = shapes(template.of_type("AWS::DynamoDB::Table"))
    RELEASED.write_text(json.dumps(present, indent=2) + "\n")


if __name__ == "__main__":
    main()
