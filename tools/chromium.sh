#!/bin/sh
# Makes sure the browser tests have a browser: the system's Chromium, best in its build without a window.
# An argument names the only build that will do: `chromium` for counting what people's browsers ask for.
set -eu
builds=${1:-chromium-headless-shell chromium}
for name in $builds; do
    if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "A browser is needed on the PATH, one of: $builds. Install it with your system's packages (on Debian: apt-get install ${builds%% *})." >&2
    exit 1
fi
echo "Installing ${builds%% *}"
log=$(mktemp)
get() { DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$1"; }
get_one() { # Older distributions have the whole browser alone.
    for name in $builds; do
        if get "$name"; then return 0; fi
    done
    return 1
}
if ! (apt-get update -q && get_one) >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "No browser could be installed; what apt-get said is above." >&2
    exit 1
fi
rm -f "$log"
