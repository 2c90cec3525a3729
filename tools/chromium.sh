#!/bin/sh
# Makes sure the browser tests have a browser: the system's Chromium, best in its build without a window.
set -eu
for name in chromium-headless-shell chromium; do
    if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "The browser tests need 'chromium-headless-shell' or 'chromium' on the PATH: install one with your system's packages (on Debian: apt-get install chromium-headless-shell)." >&2
    exit 1
fi
echo "Installing chromium"
log=$(mktemp)
get() { DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$1"; }
# Older distributions have the whole browser alone.
if ! (apt-get update -q && { get chromium-headless-shell || get chromium; }) >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "chromium could not be installed; what apt-get said is above." >&2
    exit 1
fi
rm -f "$log"
