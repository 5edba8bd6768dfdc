#!/usr/bin/env bash
# Looks for what the project cannot install by itself; each thing that is missing is one line.
set -euo pipefail

python=${1:-python3.11}
failed=0

complain() {
    echo "✗ $1" >&2
    failed=1
}

# The Lambdas' packages are built for exactly this Python, and run on it here too.
if ! command -v "$python" >/dev/null; then
    complain "Python 3.11 is missing. Install it, or name it: make run PYTHON=/path/to/python3.11"
elif ! "$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
    complain "$("$python" --version 2>&1 | head -n 1) does not fit: Python 3.11 is needed. Install it, or name it: make run PYTHON=/path/to/python3.11"
elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    complain "Python's venv module is missing. Install it (on Debian and Ubuntu: apt-get install python3.11-venv)."
fi

if ! command -v node >/dev/null; then
    complain "Node.js is missing. Install Node.js 20.19 or newer from https://nodejs.org (the web app and the AWS CDK need it)."
else
    node_version=$(node --version 2>/dev/null || true)
    if ! [[ $node_version =~ ^v([0-9]+)\.([0-9]+) ]] ||
        ((BASH_REMATCH[1] * 1000 + BASH_REMATCH[2] < 20019)); then
        complain "Node.js ${node_version:-of unknown version} is too old. Install Node.js 20.19 or newer from https://nodejs.org."
    elif ! command -v npm >/dev/null; then
        complain "npm is missing. Install it with Node.js (on Debian and Ubuntu: apt-get install npm)."
    fi
fi

if [[ "$(uname -s)-$(uname -m)" != Linux-x86_64 ]]; then
    echo "! The Lambdas are built for Linux on x86-64; elsewhere the service starts but draws nothing." >&2
fi

# Environments and node modules take about 2.5 GiB the first time and nothing afterwards.
if [[ ! -e .venv-model/.installed ]]; then
    free_mib=$(($(df -Pk . | awk 'NR == 2 {print $4}') / 1024))
    if ((free_mib < 3072)); then
        complain "Only $free_mib MiB are free on this disk and the first installation needs 3072. Free some space and run this again."
    fi
fi

exit "$failed"
