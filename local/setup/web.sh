#!/usr/bin/env bash
# Builds the web app into web/dist/.
set -euo pipefail

log=$(mktemp)
trap 'rm -f "$log"' EXIT

echo "  … web app"
if ! npm run --silent --prefix web build >"$log" 2>&1; then
    tail -n 25 "$log" >&2
    echo "✗ Building the web app failed; the lines above say why." >&2
    exit 1
fi
echo "  ✓ web app ($SECONDS s)"
