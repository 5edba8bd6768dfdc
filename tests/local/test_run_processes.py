"""Children of the orchestrator end with it, and when told to."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local import processes

ROOT = Path(__file__).parents[2]
SECONDS = 20.0

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

OBEDIENT = """
import signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
print("on", flush=True)
signal.sigwait([signal.SIGTERM])
sys.exit(3)
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("on", flush=True)
time.sleep(60)
"""
STUBBORN_FAMILY = f"""
import subprocess, sys
subprocess.Popen([sys.executable, "-c", {STUBBORN!r}])
{STUBBORN}
"""


def wait_until(condition) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def start(code: str, tmp_path: Path) -> subprocess.Popen:
    return processes.start(
        [sys.executable, "-c", code],
        environment=os.environ,
        directory=ROOT,
        log=tmp_path / "log",
    )


def test_child_of_a_killed_parent_ends(tmp_path):
    code = f"""
import os, sys, time
from pathlib import Path
from local import processes
child = processes.start([sys.executable, "-c", "import time; time.sleep(60)"],
    environment=os.environ, directory=Path("."), log=Path({str(tmp_path / "log")!r}))
print(child.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        child = int(parent.stdout.readline())
        assert alive(child)
        parent.kill()
    wait_until(lambda: not alive(child))


def test_obedient_child_ends_with_its_own_status(tmp_path):
    code = (
        "import signal, sys; print('on', flush=True); signal.sigwait([signal.SIGTERM]); sys.exit(3)"
    )
    code = f"import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM]); {code}"
    child = start(code, tmp_path)
    wait_until(lambda: "on" in (tmp_path / "log").read_text())
    assert processes.stop(child, seconds=SECONDS)
    assert child.returncode == 3


def test_stubborn_child_and_its_children_are_killed(tmp_path):
    child = start(STUBBORN_FAMILY, tmp_path)
    wait_until(lambda: (tmp_path / "log").read_text().count("on") == 2)
    group = [
        int(path.name) for path in Path("/proc").glob("[0-9]*") if _group_of(path) == child.pid
    ]
    assert len(group) == 2
    assert not processes.stop(child, seconds=0.1)
    assert child.returncode == -signal.SIGKILL
    wait_until(lambda: not any(alive(pid) for pid in group))


def test_children_of_a_child_that_ended_by_itself_are_killed(tmp_path):
    code = f"""
import subprocess, sys, time
from pathlib import Path
subprocess.Popen([sys.executable, "-c", {STUBBORN!r}])
while "on" not in Path({str(tmp_path / "log")!r}).read_text():
    time.sleep(0.02)
sys.exit(4)
"""
    child = start(code, tmp_path)
    wait_until(lambda: processes.ended(child))
    group = [
        int(path.name) for path in Path("/proc").glob("[0-9]*") if _group_of(path) == child.pid
    ]
    assert child.returncode is None
    assert processes.stop(child, seconds=SECONDS)
    assert child.returncode == 4
    wait_until(lambda: not any(alive(pid) for pid in group))


def test_id_of_a_collected_child_is_not_signalled(tmp_path):
    code = f"""
import subprocess, sys, time
from pathlib import Path
print(subprocess.Popen([sys.executable, "-c", {STUBBORN!r}]).pid, flush=True)
while "on" not in Path({str(tmp_path / "log")!r}).read_text():
    time.sleep(0.02)
"""
    child = start(code, tmp_path)
    child.wait(SECONDS)
    assert processes.stop(child, seconds=SECONDS)
    left = int((tmp_path / "log").read_text().split()[0])
    assert alive(left)
    os.kill(left, signal.SIGKILL)


def _group_of(path: Path) -> int | None:
    try:
        return os.getpgid(int(path.name))
    except ProcessLookupError:
        return None


def test_stopping_what_has_ended_is_harmless(tmp_path):
    child = start("", tmp_path)
    child.wait()
    assert processes.stop(child, seconds=0.1)
