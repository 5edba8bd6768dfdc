"""Compiled networks as files: what they are named after, where they lie, and which are believed.

An artefact is machine code and a pickle, so reading one runs it. It is read from two places only:
the cache directory, which must be the server's own, and `compiled/` beside the weights, where the
operator said that it may be (MODEL_TRUST_COMPILED). docs/adr/0026 tells why.
"""

import hashlib
import json
import lzma
import os
import platform
import shutil
import stat
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

FORMAT = 1  # to be raised with every change of what compiling.py writes, or of networks.py
MAGIC = b"deepstory compiled network\n"
SUFFIX = ".artefact"
FOLDER = "compiled"
KEPT = 4


class DamagedError(Exception):
    pass


def key(unet: Any, vae: Any, tokens: int) -> str:
    """What compiled networks depend on. It is not what the weights are, but how they are laid out:
    every number of theirs is an input of the compiled code."""
    import torch

    found: list[Any] = [
        FORMAT,
        platform.python_version(),
        {name: _version(name) for name in ("torch", "diffusers", "triton")},
        _hardware(unet.device),
        torch.get_float32_matmul_precision(),
        tokens,
    ]
    for network in (unet, vae):
        public = {name: one for name, one in network.config.items() if not name.startswith("_")}
        found += [type(network).__name__, public]
    for network in (unet, vae.decoder):
        found += [
            (name, list(one.shape), list(one.stride()), str(one.dtype))
            for name, one in network.state_dict().items()
        ]
    text = json.dumps(found, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def write(file: Path, function: bytes, caches: bytes) -> None:
    """Both at once, or nothing: readers never see half a file."""
    body = lzma.compress(len(function).to_bytes(8, "little") + function + caches)
    new = file.with_suffix(f".{os.getpid()}")
    new.write_bytes(MAGIC + hashlib.sha256(body).digest() + body)
    new.replace(file)


def read(file: Path) -> tuple[bytes, bytes]:
    """The function and the caches in a file that may be run.

    Raises
    ------
    DamagedError : the file is not as it was written.
    """
    content = file.read_bytes()
    digest, body = content[len(MAGIC) : len(MAGIC) + 32], content[len(MAGIC) + 32 :]
    if not content.startswith(MAGIC) or hashlib.sha256(body).digest() != digest:
        raise DamagedError(f"{file.name} is damaged")
    plain = lzma.decompress(body)
    end = 8 + int.from_bytes(plain[:8], "little")
    return plain[8:end], plain[end:]


def check(file: Path) -> bool:
    """Whether a file is a whole artefact, without running anything in it."""
    try:
        read(file)
    except (DamagedError, lzma.LZMAError, OSError):
        return False
    return True


def own_folder(cache: Path, name: str) -> Path:
    """The folder of a key in the cache directory, made for this user alone.

    Raises
    ------
    PermissionError : somebody else could have put something there.
    """
    folder = cache / FOLDER / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for place in (folder, folder.parent, cache):
        require_own(place)
    folder.touch()
    forget_oldest(folder.parent)
    return folder


def require_own(place: Path) -> None:
    found = place.lstat()
    others = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    if found.st_uid != os.getuid() or others or stat.S_ISLNK(found.st_mode):
        raise PermissionError(f"{place} may be written by others: nothing in it is run")


def forget_oldest(cache: Path) -> None:
    folders = [folder for folder in cache.iterdir() if folder.is_dir()]
    for folder in sorted(folders, key=lambda each: each.stat().st_mtime)[:-KEPT]:
        shutil.rmtree(folder, ignore_errors=True)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _hardware(device: Any) -> list[Any]:
    import torch

    if device.type == "cuda":
        found = torch.cuda.get_device_properties(device)
        return [found.name, found.major, found.minor, torch.version.cuda]
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    flags = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    return [sys.platform, platform.machine(), flags]
