"""The environment of each child: what it needs, and nothing of the caller's AWS settings."""

from __future__ import annotations

from collections.abc import Mapping

from local.settings import REGION, REPOSITORY

VENV = REPOSITORY / ".venv" / "bin"
_KEPT_FOR_FUNCTIONS = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
# A variable that keeps Python from writing bytecode would make every start slow.
_DROPPED = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")
_LOCAL = "127.0.0.1,localhost"


def tools(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what installers and the CDK get: the caller's settings but for AWS and Python."""
    kept = {
        name: value
        for name, value in environment.items()
        if not name.startswith("AWS_") and name not in _DROPPED
    }
    known = kept.get("NO_PROXY") or kept.get("no_proxy")
    return kept | {
        "PATH": f"{VENV}:{kept.get('PATH', '')}",
        "NO_PROXY": f"{known},{_LOCAL}" if known else _LOCAL,
        "CDK_DISABLE_CLI_TELEMETRY": "1",
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
    }


def aws(endpoint_url: str) -> dict[str, str]:
    """Return what makes any AWS client talk to the embedded cloud."""
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",  # the embedded cloud knows no other
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }


def function(environment: Mapping[str, str], deployed: Mapping[str, str]) -> dict[str, str]:
    """Return what a process that stands in for a Lambda gets: its deployed variables and UTC."""
    kept = {name: environment[name] for name in _KEPT_FOR_FUNCTIONS if name in environment}
    return kept | {"TZ": "UTC", "PYTHONUNBUFFERED": "1"} | dict(deployed)
