#!/usr/bin/env bash
# Looks for Chromium, with which the web app is tested, and installs it where that needs no question:
# the build that has no window, which takes less CPU for the same.
set -euo pipefail

if [[ -n ${CHROMIUM:-} ]]; then
    command -v "$CHROMIUM" >/dev/null && exit 0
    echo "✗ There is no browser at CHROMIUM=$CHROMIUM." >&2
    exit 1
fi
command -v chromium-headless-shell chromium >/dev/null && exit 0
if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
    echo "✗ Chromium is missing; the web app's tests need it. Install it (on Debian: apt-get install chromium-headless-shell), or name it: CHROMIUM=/path/to/chromium" >&2
    exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "  … Chromium"
if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium-headless-shell; } >"$log" 2>&1; then
    tail -n 25 "$log" >&2
    echo "✗ Installing Chromium failed; the lines above say why. Check the network and run this again." >&2
    exit 1
fi
echo "  ✓ Chromium ($SECONDS s)"
