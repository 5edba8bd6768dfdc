"""Write the OpenAPI document, made from the routes and schemas, to a file."""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: python -m local.openapi FILE", file=sys.stderr)
        return 2
    sys.path[:0] = [str(ROOT / "functions"), str(ROOT / "functions" / "api")]
    from chalicelib.application import declared_endpoints
    from chalicelib.openapi import document

    text = json.dumps(document(declared_endpoints()), indent=2, ensure_ascii=False)
    Path(sys.argv[1]).write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
