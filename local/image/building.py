"""Carries out the instructions of a Dockerfile on root file systems, as a Docker engine would."""

import fnmatch
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from local.image import dockerfile
from local.image.dockerfile import Instruction, Stage
from local.image.errors import ImageError
from local.image.filesystem import RootFileSystem, run

# How this machine reaches a package index: the builder's matter, and in no image.
_BUILDER = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")


class Building:
    """Builds the stages one after the other; ``say`` is told each step."""

    def __init__(
        self,
        context: Path,
        build_args: Mapping[str, str],
        new_root: Callable[[str], RootFileSystem],
        say: Callable[[str], None],
    ) -> None:
        self._context = context
        self._build_args = build_args
        self._new_root = new_root
        self._say = say
        self._done: dict[str, RootFileSystem] = {}
        self._kept = kept(context / ".dockerignore")

    def build(self, stage: Stage) -> tuple[RootFileSystem, dict[str, str]]:
        """Return the root file system of a stage and the environment that its image has."""
        root = self._new_root(stage.name or "image")
        self._done[stage.name] = root
        environment, arguments = {"PATH": root.search_path}, dict[str, str]()
        for one in stage.instructions:
            self._say(f"{one.name} {' '.join(one.rest.split())[:90]}")
            known = arguments | environment
            if one.name == "ARG":
                arguments |= dockerfile.argument(one.rest, self._build_args, known)
            elif one.name == "ENV":
                environment |= dockerfile.pairs(one.rest, known)
            elif one.name == "RUN":
                self._run(root, one, known)
            elif one.name == "COPY":
                self._copy(root, dockerfile.expand(one.rest, known))
            elif one.name in ("USER", "WORKDIR"):
                raise ImageError(f"{one.name} is not carried out here yet")
        return root, environment

    def _run(self, root: RootFileSystem, one: Instruction, known: Mapping[str, str]) -> None:
        passed = {
            name: value
            for name, value in os.environ.items()
            if name in _BUILDER or name.startswith("PIP_")
        }
        done = subprocess.run(  # noqa: S603 - what a Dockerfile of this repository says
            ["chroot", str(root.path), "/bin/sh", "-c", one.rest],  # noqa: S607  # found by its name, as in a shell
            env={**passed, **known},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ImageError(f"RUN {one.rest[:200]} failed:\n{done.stdout[-3000:]}")

    def _copy(self, root: RootFileSystem, rest: str) -> None:
        words = rest.split()
        source_root = self._context
        stage = words[0].removeprefix("--from=") if words[0].startswith("--") else None
        if stage is not None:
            if stage not in self._done:
                raise ImageError(f"COPY from the stage {stage!r}, which is none before it")
            source_root = self._done[stage].path
        source, target = words[-2:]
        origin, goal = source_root / source.lstrip("/"), root.path / target.lstrip("/")
        goal.parent.mkdir(parents=True, exist_ok=True)
        if stage is not None:
            run("cp", "-a", origin, goal)
            return
        files = [origin] if origin.is_file() else sorted(origin.rglob("*"))
        files = [file for file in files if file.is_file() and self._is_sent(file)]
        if not files:
            raise ImageError(f"COPY {source}: nothing of that name is sent to the builder")
        for file in files:
            place = goal if file == origin else goal / file.relative_to(origin)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, place)

    def _is_sent(self, file: Path) -> bool:
        return is_sent(str(file.relative_to(self._context)), self._kept)


def is_sent(name: str, kept: list[str]) -> bool:
    """Return whether .dockerignore lets a file of the context through to the builder."""
    return any(fnmatch.fnmatch(name, one) or name.startswith(f"{one}/") for one in kept)


def kept(ignore: Path) -> list[str]:
    """Return what a .dockerignore lets in, which must first have shut everything out."""
    lines = ignore.read_text("utf-8").split()
    if lines[0] != "*" or not all(line.startswith("!") for line in lines[1:]):
        raise ImageError(".dockerignore must shut everything out (*) and then name what it lets in")
    return [line.removeprefix("!") for line in lines[1:]]
