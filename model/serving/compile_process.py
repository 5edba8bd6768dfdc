import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from model.serving.buckets import Bucket

LONGEST_SECONDS = 3600  # for one bucket
ROOT = Path(__file__).resolve().parents[2]

log = logging.getLogger("model.compiled")


def compile_in_process(
    missing: list[Bucket], model: Path, out: Path, settings: dict[str, str]
) -> Iterator[tuple[Bucket, str]]:
    """Yield each bucket when it is compiled, or with an error.

    In a process of its own, of low priority: compiling holds Python for minutes, takes memory and
    may take the process down. If it does, another begins with the bucket after.
    """
    left = list(missing)
    while left:
        for bucket, error in _run(left, model, out, settings):
            left.remove(bucket)
            yield bucket, error
        if left:  # it ended without a word of the next
            yield left.pop(0), "the process that compiled it ended"


def _run(
    left: list[Bucket], model: Path, out: Path, settings: dict[str, str]
) -> Iterator[tuple[Bucket, str]]:
    environment = {name: one for name, one in os.environ.items() if not name.startswith("MODEL_")}
    known = {f"MODEL_{name.upper()}": value for name, value in settings.items()}
    names = ",".join(bucket.name for bucket in left)
    command = [sys.executable, "-m", "model.serving.compiling", "--tied"]
    command += ["--model", str(model.resolve()), "--out", str(out), "--only", names]
    with subprocess.Popen(  # noqa: S603 - this Python, and paths of the settings
        command,
        cwd=ROOT,
        env=environment | known,
        stdin=subprocess.PIPE,  # its end tells the process that the server is gone
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout  # noqa: S101 - asked for above
        alarm = _alarm(process)
        for line in process.stdout:
            alarm.cancel()
            alarm = _alarm(process)
            if line.startswith("{"):
                said = json.loads(line)
                yield Bucket.of(said["bucket"]), said.get("error", "")
        alarm.cancel()


def _alarm(process: "subprocess.Popen[str]") -> threading.Timer:
    alarm = threading.Timer(LONGEST_SECONDS, process.kill)
    alarm.daemon = True
    alarm.start()
    return alarm
