"""One clear line for each thing that make cannot install by itself."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "local" / "setup" / "prerequisites.sh"
NEEDED = ("bash", "env", "df", "awk", "head", "uname")


@pytest.fixture
def machine(tmp_path):
    """A machine with nothing but the shell's usual tools; tests add to it."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in NEEDED:
        (tools / name).symlink_to(shutil.which(name))
    return tools


def add(machine: Path, name: str, script: str) -> None:
    path = machine / name
    path.unlink(missing_ok=True)  # it may be a link to the real one
    path.write_text(f"#!{shutil.which('bash')}\n{script}\n")
    path.chmod(0o755)


def look(machine: Path) -> tuple[int, list[str]]:
    done = subprocess.run(
        [SCRIPT, "python3"],
        env={"PATH": str(machine)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""
    return done.returncode, done.stderr.splitlines()


def test_complete_machine_is_silent(machine):
    add(machine, "python3", "exit 0")
    add(machine, "node", "echo v20.19.0")
    add(machine, "npm", "exit 0")
    add(machine, "df", "printf 'head\\n/dev/x 9 9 99999999 9 /\\n'")
    assert look(machine) == (0, [])


def test_everything_missing_is_a_line_each(machine):
    status, lines = look(machine)
    assert status == 1
    assert [line.split(" is missing")[0] for line in lines[:2]] == ["✗ Python 3.11", "✗ Node.js"]


@pytest.mark.parametrize("version", ["v20.18.1", "v18.20.4", "v8.0.0", "strange", ""])
def test_old_or_strange_node_is_refused(machine, version):
    add(machine, "python3", "exit 0")
    add(machine, "node", f"echo {version}")
    add(machine, "npm", "exit 0")
    status, lines = look(machine)
    assert status == 1
    assert "too old" in lines[0]
    assert "Node.js 20.19" in lines[0]


@pytest.mark.parametrize("version", ["3.8.1", "3.13.0"])
def test_another_python_is_refused(machine, version):
    told = f'if [[ $1 == --version ]]; then echo "Python {version}"; else exit 1; fi'
    add(machine, "python3", told)
    add(machine, "node", "echo v22.1.0")
    add(machine, "npm", "exit 0")
    status, lines = look(machine)
    assert status == 1
    assert lines[0].startswith(f"✗ Python {version} does not fit")


def test_full_disk_is_refused_before_the_first_installation(machine, tmp_path):
    for name in ("python3", "npm"):
        add(machine, name, "exit 0")
    add(machine, "node", "echo v20.0.0")
    add(machine, "df", "printf 'head\\n/dev/x 9 9 10240 9 /\\n'")
    done = subprocess.run(
        [SCRIPT, "python3"],
        env={"PATH": str(machine)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Only 10 MiB are free" in done.stderr
