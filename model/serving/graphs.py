import hashlib
import importlib.metadata
import json
import logging
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from model.serving.settings import Settings

FORMAT = 2  # to be raised with every change of what exporting.py writes
DENOISER, DECODER = "denoiser.xml", "decoder.xml"
KEPT = 4
LONGEST_EXPORT_SECONDS = 900
ROOT = Path(__file__).resolve().parents[2]

log = logging.getLogger("model.runtime")


def load_openvino() -> Any:
    """OpenVINO, without the package by which some of its tools report to their makers."""
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]  # how an import is refused
    import openvino

    return openvino


def find_or_export(settings: Settings) -> Path:
    """The folder with the graphs of these weights. Exporting them takes a process some seconds."""
    cache = Path(settings.cache_dir).expanduser()
    folder = cache / _key(settings)
    if not folder.is_dir():
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryDirectory(prefix="new-", dir=cache) as name:
            finished = Path(name) / "graphs"
            _export(settings, finished)
            try:
                finished.rename(folder)
            except OSError:  # another server was faster: its graphs are the same
                if not folder.is_dir():
                    raise
        _forget_oldest(cache)
    folder.touch()
    return folder


def forget(folder: Path) -> None:
    """Let the next start export anew."""
    shutil.rmtree(folder, ignore_errors=True)


def _key(settings: Settings) -> str:
    """What the graphs depend on: the weights' bytes and everything that turns them into graphs."""
    found = hashlib.sha256()
    versions = [importlib.metadata.version(name) for name in ("openvino", "torch", "diffusers")]
    found.update(json.dumps([FORMAT, settings.variant, versions]).encode())
    for part in ("unet", "vae"):
        for file in sorted((settings.model_dir / part).iterdir()):
            found.update(f"{part}/{file.name} {file.stat().st_size}".encode())
            with file.open("rb") as content:
                found.update(hashlib.file_digest(content, "sha256").digest())
    return found.hexdigest()[:32]


def _export(settings: Settings, folder: Path) -> None:
    """In a process of its own: tracing holds Python for seconds, and may take it down."""
    log.info("exporting")
    arguments = [str(settings.model_dir.resolve()), str(folder), settings.variant]
    with subprocess.Popen(  # noqa: S603 - this Python, and paths of the settings
        [sys.executable, "-m", "model.serving.exporting", *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,  # its end tells the process that the server is gone
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            code = process.wait(LONGEST_EXPORT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    if code:
        raise RuntimeError(f"the export ended with code {code}")


def _forget_oldest(cache: Path) -> None:
    folders = [file.parent for file in cache.glob(f"*/{DENOISER}")]
    for folder in sorted(folders, key=lambda each: each.stat().st_mtime)[:-KEPT]:
        forget(folder)
