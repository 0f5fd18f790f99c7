#!/usr/bin/env bash
# Opens the window with a sample book; without a display, says how to see it
# and serves the same window to a browser on this machine.
set -euo pipefail
bin=$1
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  exec "$bin/tongce" --sample
fi
echo "There is no display here, so the window is served to a browser on this machine."
echo "Open the address below; from another machine, tunnel first:  ssh -L PORT:127.0.0.1:PORT this-machine"
exec "$bin/tongce" --sample --serve "127.0.0.1:${PORT:-0}"
