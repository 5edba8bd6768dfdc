"""The settings of known models, and a check of anybody's before they are sent anywhere."""

import json
import tempfile
from pathlib import Path

from model.operations.errors import SettingsError
from model.operations.folder import SETTINGS
from model.serving.decoders import tiny_folder
from model.serving.settings import read_settings

FOLDER = Path(__file__).resolve().parents[1] / "settings"


def names() -> list[str]:
    """Return the models whose settings are kept here."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def read(name: str) -> bytes:
    """Return the settings of a known model, or those in a file."""
    path = FOLDER / f"{name}.json" if name in names() else Path(name)
    if not path.is_file():
        raise SettingsError(f"{name} is neither a file nor one of {', '.join(names())}")
    return path.read_bytes()


def check_folder(folder: Path, settings: bytes | None) -> None:
    """Refuse what the server would refuse at its start, by the server's own reading of it."""
    with tempfile.TemporaryDirectory() as copied:
        for name in (
            "model_index.json",
            "unet/config.json",
            "vae/config.json",
            "taesd/config.json",
            SETTINGS,
        ):
            if (folder / name).is_file():
                target = Path(copied) / name
                target.parent.mkdir(exist_ok=True)
                target.write_bytes((folder / name).read_bytes())
        if settings is not None:
            (Path(copied) / SETTINGS).write_bytes(settings)
        try:
            known = read_settings({"MODEL_DIR": copied})
            if known.decoder == "tiny":
                tiny_folder(known)
            index = json.loads((folder / "model_index.json").read_bytes())
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"the server would not start with these settings: {error}"
            ) from None
    if known.safety_checker == "required" and not (index.get("safety_checker") or [None])[0]:
        raise SettingsError("the settings demand a safety checker, and the folder has none")
