"""Build model/Dockerfile without a Docker engine and run its server as SageMaker would.

    python -m local.image [--base debian|host] [--build-arg NAME=VALUE ...]

Needs root on Linux. Everything is written to memory (about 2.5 GB) in a mount namespace of its own
and vanishes with it. The image that FROM names is stood in for, see local/image/filesystem.py.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from local.image import dockerfile, filesystem
from local.image.building import Building
from local.image.contract import Container, leave_network
from local.image.dockerfile import Stage
from local.image.errors import ImageError
from local.image.filesystem import RootFileSystem

REPOSITORY = Path(__file__).resolve().parents[2]
OWN_PORT = 18080
# Seconds alone; on a machine with ten times its work still less than the server has for draining.
LONG_DRAWING = 24
_INSIDE = "DEEPSTORY_IMAGE_CHECK"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m local.image")
    parser.add_argument("--base", choices=("debian", "host"), default="debian")
    parser.add_argument("--build-arg", action="append", default=[], metavar="NAME=VALUE")
    options = parser.parse_args(arguments)
    build_args = dict(one.split("=", 1) for one in options.build_arg)
    try:
        if os.getuid() != 0:
            raise ImageError("only root can build a root file system")
        base = Path("/")
        if options.base == "debian":
            base = filesystem.debian(REPOSITORY / ".build" / "image-base")
        if _INSIDE not in os.environ:
            return _in_own_namespace(arguments)
        with tempfile.TemporaryDirectory() as folder:
            filesystem.run("mount", "-t", "tmpfs", "-o", "size=8g", "tmpfs", folder)
            try:
                check(Path(folder), base, build_args)
            finally:
                filesystem.run("umount", "--lazy", folder)
    except ImageError as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    return 0


def check(folder: Path, base: Path, build_args: dict[str, str]) -> None:
    """Build the image below a folder and hold it to the contract; raises at the first breach."""
    recipe = dockerfile.stages(REPOSITORY / "model" / "Dockerfile", build_args)
    building = Building(
        REPOSITORY / "model",
        build_args,
        lambda name: RootFileSystem(folder / name, base),
        lambda step: print(f"  {step}", flush=True),
    )
    for stage in recipe:
        root, environment = building.build(stage)
    weights = folder / "weights"
    weights.mkdir()
    leave_network()
    for port in (None, OWN_PORT):
        hold_to_contract(root, environment, recipe[-1], weights, port)


def hold_to_contract(
    root: RootFileSystem, environment: dict[str, str], image: Stage, weights: Path, port: int | None
) -> None:
    """Start the image once and see that it does all that SageMaker expects."""
    container = Container(root, environment, dockerfile.command(image.last("CMD")), weights, port)
    try:
        pings = container.pings_until_ready()
        if pings != [503, 200]:
            raise ImageError(f"/ping answered {pings}, not 503 and then 200")
        user, capabilities = container.user()
        if user == 0 or capabilities:
            raise ImageError(f"the server runs as {user} with capabilities {capabilities:x}")
        health = image.last("HEALTHCHECK").partition("CMD ")[2]
        container.health_check(dockerfile.command(health))
        size = len(container.draw(steps=4))
        done = container.steps()
        with ThreadPoolExecutor(1) as pool:
            last = pool.submit(container.draw, steps=LONG_DRAWING)
            while container.steps() <= done and not last.done():
                time.sleep(0.02)
            status = container.stop()
            last.result()
        if status != 0:
            raise ImageError(f"SIGTERM ended it with {status}: {container.output()}")
    finally:
        container.kill()
    print(
        f"✓ port {port or 8080}: ping {pings[0]} -> {pings[1]}, user {user} without capabilities, "
        f"a picture of {size} bytes without a network, the last drawn after SIGTERM -> {status}",
        flush=True,
    )


def _in_own_namespace(arguments: list[str]) -> int:
    # With a process namespace of its own nothing can be left running, whatever happens.
    command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    return subprocess.run(  # noqa: S603 - this module again
        [*command, sys.executable, "-m", "local.image", *arguments],
        env=os.environ | {_INSIDE: "yes"},
        cwd=REPOSITORY,
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
