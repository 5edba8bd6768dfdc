#!/usr/bin/env bash
# node.sh DIRECTORY DESCRIPTION: installs exactly what DIRECTORY/package-lock.json names.
set -euo pipefail

directory=$1 description=$2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
started=$SECONDS

echo "  … $description"
if ! npm ci --prefix "$directory" --ignore-scripts --no-audit --no-fund --loglevel error >"$log" 2>&1; then
    tail -n 25 "$log" >&2
    echo "✗ Installing the $description failed; the lines above say why. Check the network and run this again." >&2
    exit 1
fi
echo "  ✓ $description ($((SECONDS - started)) s)"
