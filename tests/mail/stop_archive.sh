#!/usr/bin/env bash
# stop_archive.sh WORKDIR: ends the server that start_archive.sh started there.
set -euo pipefail
pid=$(cat "$1/pid" 2>/dev/null || true)
[ -n "$pid" ] || exit 0
kill "$pid" 2>/dev/null || true
rm -f "$1/pid" "$1/url"
