"""Looks through a diffusers folder: what may be published, and the checksum of each file."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.operations.errors import UnsafeFolderError
from model.serving import artefacts

SERVED = (".safetensors", ".json", ".txt", ".model")
# Papers and pictures beside the weights; they stay where they are.
LEFT = re.compile(
    r"(readme|license|notice|attribution|use_policy)[^/]*|.*\.(md|png|jpe?g|webp)|\..+"
)
ARTEFACT = re.compile(rf"{artefacts.FOLDER}/[0-9a-f]{{32}}/[a-z]+-\d+x\d+x\d+{artefacts.SUFFIX}")
LIBRARIES = ("diffusers", "transformers")
MANIFEST = "manifest.json"
SETTINGS = "deepstory.json"
_HEADER_LIMIT = 100_000_000


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """One file as it will lie below the model's prefix; ``source`` is its content or its place."""

    path: str
    size: int
    sha256: str
    source: Path | bytes


@dataclass(frozen=True, slots=True)
class Manifest:
    """All files of a model, and the revision that follows from them."""

    files: tuple[PublishedFile, ...]

    @property
    def revision(self) -> str:
        lines = "".join(f"{one.sha256} {one.path}\n" for one in self.files)
        return hashlib.sha256(lines.encode()).hexdigest()[:16]

    @property
    def size(self) -> int:
        return sum(one.size for one in self.files)

    def document(self) -> bytes:
        """Return what is put beside the files."""
        rows = [{"path": one.path, "size": one.size, "sha256": one.sha256} for one in self.files]
        return json.dumps({"revision": self.revision, "files": rows}, indent=1).encode()


def read_folder(folder: Path, settings: bytes | None, *, compiled: bool = False) -> Manifest:
    """Check a folder and return its manifest; given settings replace those in it.

    Compiled networks are code: they are let through when the caller says that they are their own.

    Raises
    ------
    UnsafeFolderError : something in it is not safetensors, text or configuration.
    """
    if not (folder / "model_index.json").is_file():
        raise UnsafeFolderError(f"{folder} is no diffusers folder: it has no model_index.json")
    files = []
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        if LEFT.fullmatch(path.name.lower()) or name == MANIFEST:
            continue
        _check_file(path, name, compiled)
        if name != SETTINGS or settings is None:
            files.append(PublishedFile(name, path.stat().st_size, _sha256(path), path))
    _check_components(folder)
    if settings is not None:
        digest = hashlib.sha256(settings).hexdigest()
        files.append(PublishedFile(SETTINGS, len(settings), digest, settings))
    return Manifest(tuple(sorted(files, key=lambda one: one.path)))


def check_safetensors(path: Path, name: str) -> None:
    """Refuse a file that is cut off or is no safetensors, without reading its tensors."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= min(_HEADER_LIMIT, size - 8):
            raise UnsafeFolderError(f"{name} is no safetensors file")
        try:
            header = json.loads(file.read(length))
            tensors = [tensor for key, tensor in header.items() if key != "__metadata__"]
            end = max((tensor["data_offsets"][1] for tensor in tensors), default=0)
        except (AttributeError, KeyError, TypeError, ValueError, IndexError):
            raise UnsafeFolderError(f"{name} is no safetensors file") from None
    if 8 + length + end != size:
        raise UnsafeFolderError(f"{name} is cut off or damaged")


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(
            part.startswith(".") for part in path.relative_to(folder).parts
        ):
            yield path


def _check_file(path: Path, name: str, compiled: bool) -> None:
    if ARTEFACT.fullmatch(name):
        if not compiled:
            raise UnsafeFolderError(
                f"{name} is machine code: if you compiled it yourself, say so with --compiled"
            )
        if not artefacts.check(path):
            raise UnsafeFolderError(f"{name} is damaged, or no compiled network")
    elif path.suffix not in SERVED:
        raise UnsafeFolderError(
            f"{name} is neither safetensors nor text: pickles and code are never served"
        )
    if path.suffix == ".safetensors":
        check_safetensors(path, name)
    if path.suffix == ".json":
        _check_configuration(path, name)


def _check_configuration(path: Path, name: str) -> None:
    """Refuse configuration that names code beside the weights."""
    try:
        content = json.loads(path.read_bytes())
    except ValueError:
        raise UnsafeFolderError(f"{name} is no JSON") from None
    if isinstance(content, dict) and ({"auto_map", "custom_pipelines"} & content.keys()):
        raise UnsafeFolderError(f"{name} asks for code from beside the weights")


def _check_components(folder: Path) -> None:
    index: dict[str, Any] = json.loads((folder / "model_index.json").read_bytes())
    if not isinstance(index.get("_class_name"), str):
        raise UnsafeFolderError("model_index.json names no pipeline of diffusers")
    for component, origin in index.items():
        if component.startswith("_") or not isinstance(origin, list) or origin[0] is None:
            continue
        part = folder / component
        if origin[0] not in (*LIBRARIES, "stable_diffusion"):
            raise UnsafeFolderError(f"{component} comes from {origin[0]!r}, not from a library")
        if not part.is_dir():
            raise UnsafeFolderError(f"model_index.json names {component}, which is not there")
        _check_weights(part, component)


def _check_weights(part: Path, component: str) -> None:
    """Refuse a part whose weights are missing, or lack shards that its index names."""
    if component.startswith(("scheduler", "tokenizer", "feature_extractor")):
        return
    if not list(part.glob("*.safetensors")):
        raise UnsafeFolderError(f"{component} has no weights in safetensors")
    for index in part.glob("*.safetensors.index*.json"):
        named = set(json.loads(index.read_bytes())["weight_map"].values())
        if missing := sorted(one for one in named if not (part / one).is_file()):
            raise UnsafeFolderError(f"{component} lacks {missing[0]}, which its index names")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
