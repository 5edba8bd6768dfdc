#!/usr/bin/env bash
# venv.sh DIRECTORY DESCRIPTION PIP-ARGUMENTS...
# Creates the virtual environment when it is absent or broken and installs into it. Quiet unless it
# fails. TORCH names a PyTorch requirement to take from PyTorch's CPU index where no GPU is seen:
# the default build drags in gigabytes of CUDA.
set -euo pipefail

directory=$1 description=$2
shift 2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
started=$SECONDS

echo "  … $description"
if ! "$directory/bin/python" -c '' 2>/dev/null; then
    "${PYTHON:-python3}" -m venv --clear "$directory" >"$log" 2>&1 || {
        cat "$log" >&2
        echo "✗ $directory could not be created; the lines above say why." >&2
        exit 1
    }
fi

# Bytecode is written at the first import of each module; compiling everything took a third of the
# installation.
pip=("$directory/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check --no-input)
if [[ -n ${TORCH:-} && $(uname -s) == Linux ]] && ! command -v nvidia-smi >/dev/null; then
    # Not reaching that index is no failure: the general install below takes the default build.
    "${pip[@]}" --no-deps --retries 0 --timeout 15 \
        --index-url https://download.pytorch.org/whl/cpu "$TORCH" >"$log" 2>&1 || true
fi
if ! "${pip[@]}" "$@" >"$log" 2>&1; then
    tail -n 25 "$log" >&2
    echo "✗ Installing the $description failed; the lines above say why. Check the network and run this again." >&2
    exit 1
fi
touch "$directory"
echo "  ✓ $description ($((SECONDS - started)) s)"
