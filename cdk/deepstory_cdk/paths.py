"""Where things lie in the repository."""

from __future__ import annotations

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
FUNCTIONS = REPOSITORY / "functions"
API = FUNCTIONS / "api"
MODEL = REPOSITORY / "model"
BUILD = REPOSITORY / ".build"
WEB_DIST = REPOSITORY / "web" / "dist"
WEB_HOSTING = REPOSITORY / "web" / "hosting.json"
