#!/usr/bin/env bash
# Installs what a fresh Debian machine with Go and Node lacks: packages of the
# system, as root; otherwise the command to type is printed.
#   setup.sh                      what building and running takes
#   setup.sh VERSION DIRECTORY    and what the tests take, with golangci-lint
set -euo pipefail
golangci=${1:-} tools=${2:-}
cd "$(dirname "$0")/../.."

packages=(gcc libc6-dev pkg-config libgtk-3-dev libwebkit2gtk-4.1-dev fonts-noto-cjk)
[ -z "$golangci" ] || packages+=(chromium xvfb xauth openbox xdotool x11-utils imagemagick
  dbus dbus-x11 gnome-keyring libsecret-tools)

if command -v dpkg-query >/dev/null; then
  missing=()
  for p in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'install ok installed' || missing+=("$p")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" = 0 ]; then
      echo "setup: installing ${missing[*]}"
      export DEBIAN_FRONTEND=noninteractive
      apt-get update -q >/dev/null
      apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
    else
      echo "These packages are missing. Install them once, then repeat the command:"
      echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}"
      exit 1
    fi
  fi
fi

for tool in go node npm; do
  command -v "$tool" >/dev/null || { echo "Tongce is built with Go 1.26 and Node 20 or newer; '$tool' was not found."; exit 1; }
done

[ -n "$golangci" ] || exit 0
if [ "$("$tools/golangci-lint" version --short 2>/dev/null || true)" != "${golangci#v}" ]; then
  echo "setup: building golangci-lint $golangci"
  mkdir -p "$tools"
  (cd / && GOBIN="$tools" GOFLAGS=-mod=mod go install "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$golangci")
fi
