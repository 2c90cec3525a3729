#!/bin/sh
# Makes sure the browser tests have a browser: they use the system's Chromium.
set -eu
command -v chromium >/dev/null 2>&1 && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "The browser tests need 'chromium' on the PATH: install it with your system's packages (on Debian: apt-get install chromium)." >&2
    exit 1
fi
echo "Installing chromium"
log=$(mktemp)
if ! (apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends chromium) >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "chromium could not be installed; what apt-get said is above." >&2
    exit 1
fi
rm -f "$log"
