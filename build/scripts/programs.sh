#!/usr/bin/env bash
# Builds the three programs. The relay must build without cgo.
set -euo pipefail
bin=$1 tags=$2
cd "$(dirname "$0")/../.."
mkdir -p "$bin"
go build -trimpath -tags "desktop,production,$tags" -ldflags '-s -w' -o "$bin/tongce" .
go build -trimpath -ldflags '-s -w' -o "$bin/tongcectl" ./app/cmd/tongcectl
CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$bin/tongce-relay" ./relay/cmd/tongce-relay
