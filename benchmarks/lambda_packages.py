"""``make benchmark-packages``: sizes and cold imports of what is uploaded for the Lambdas.

Handlers are imported from the built zips, unpacked as Lambda does it, by a fresh interpreter that
sees nothing else and may write no bytecode: what it does not find compiled, it compiles each time.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from aws_cdk import App, Stack

from benchmarks import machine
from deepstory_cdk.packaging import layers, sources
from deepstory_cdk.packaging.chalice_app import ChaliceApp
from deepstory_cdk.paths import API, BUILD

RESULTS = Path(__file__).parent / "results" / "lambda-packages.md"
ROUNDS = 9
# Lambda's own boto3 is not used: the layer's comes first.
_PROGRAM = """
import sys, time
sys.path[:0] = {path!r}
started = time.perf_counter()
import {module}
took = time.perf_counter() - started
files = [str(getattr(each, "__file__", "")) for each in list(sys.modules.values())]
assert not any("site-packages" in each for each in files)
print(took * 1e3, len(sys.modules))
"""


@dataclass(frozen=True)
class Package:
    """One zip that is uploaded."""

    name: str
    zip: Path

    @property
    def unzipped(self) -> int:
        with zipfile.ZipFile(self.zip) as given:
            return sum(each.file_size for each in given.infolist())


@dataclass(frozen=True)
class ColdImport:
    """Milliseconds of a handler's import, and how many modules it has then."""

    module: str
    median: float
    best: float
    modules: int


def packages() -> dict[str, Package]:
    """Build what is not built yet, as a deployment does."""
    return {
        "api": Package("API", api_archive()),
        "functions": Package("all other Lambdas", sources.functions_archive().path),
        "runtime": Package("layer: third-party code", layers.runtime_layer().path),
        "imaging": Package("layer: Pillow", layers.imaging_layer().path),
    }


def api_archive() -> Path:
    """Have Chalice package the API, and return its zip with bytecode."""
    with TemporaryDirectory() as scratch:
        stack = Stack(App(outdir=scratch), "Packages")
        ChaliceApp(stack, "App", project=API, stage_config={})
    (found,) = BUILD.glob("api-*.zip")
    return found


def handlers(package: Path) -> Iterator[str]:
    """Yield the modules of a package that have a handler."""
    with zipfile.ZipFile(package) as given:
        for name in sorted(given.namelist()):
            if name.endswith(".py") and b"\ndef handler(" in given.read(name):
                yield name.removesuffix(".py").replace("/", ".")


def measure(built: dict[str, Package]) -> list[ColdImport]:
    """Import every handler in rounds, in turn."""
    with TemporaryDirectory() as scratch:
        folders = {name: Path(scratch) / name for name in built}
        for name, folder in folders.items():
            with zipfile.ZipFile(built[name].zip) as given:
                given.extractall(folder)
        layer = [str(folders[name] / "python") for name in ("runtime", "imaging")]
        paths = {"app": [str(folders["api"]), *layer]}
        paths |= {
            module: [str(folders["functions"]), *layer]
            for module in handlers(built["functions"].zip)
        }
        rounds = [
            {module: _import_once(module, path) for module, path in paths.items()}
            for _ in range(ROUNDS)
        ]
    return [
        ColdImport(
            module,
            statistics.median(each[module][0] for each in rounds),
            min(each[module][0] for each in rounds),
            rounds[0][module][1],
        )
        for module in paths
    ]


def _import_once(module: str, path: list[str]) -> tuple[float, int]:
    done = subprocess.run(
        [sys.executable, "-S", "-I", "-B", "-c", _PROGRAM.format(module=module, path=path)],
        env={"AWS_DEFAULT_REGION": "us-east-1"},
        capture_output=True,
        text=True,
        check=True,
    )
    milliseconds, modules = done.stdout.split()
    return float(milliseconds), int(modules)


def main() -> None:
    today = datetime.now(UTC).date()
    built = packages()
    lines = [f"# Packages of the Lambdas\n\nMeasured on {today} by `make benchmark-packages`.\n"]
    lines += machine.describe(("chalice", "msgspec", "pynamodb", "boto3", "aws-lambda-powertools"))
    lines.append("\n| package | zip, KiB | unzipped, KiB |\n|---|---|---|")
    lines += [
        f"| {each.name} | {each.zip.stat().st_size / 1024:,.0f} | {each.unzipped / 1024:,.0f} |"
        for each in built.values()
    ]
    lines.append(
        f"\nCold import of each handler from these, bytecode as shipped: a fresh interpreter, "
        f"{ROUNDS} rounds\nin turn, milliseconds. Lambda's own start of the process comes before.\n"
        "\n| handler's module | median | fastest | modules |\n|---|---|---|---|"
    )
    lines += [
        f"| {each.module} | {each.median:.0f} | {each.best:.0f} | {each.modules} |"
        for each in sorted(measure(built), key=lambda each: -each.median)
    ]
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"written to {RESULTS}")


if __name__ == "__main__":
    main()
