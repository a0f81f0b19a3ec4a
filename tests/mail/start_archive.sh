#!/usr/bin/env bash
# start_archive.sh FOLDER_OF_MBOXES WORKDIR
# Serves the mails of a folder with a real public-inbox-httpd on loopback and prints its URL. Three inboxes:
#   threads   every *.mbox but the first, with a search index
#   other     the first *.mbox, with a search index
#   plain     the first *.mbox without any index: it has mails (raw) and no threads (t.mbox.gz)
# A second call with the same WORKDIR prints the URL of the server that still runs. stop_archive.sh WORKDIR ends it.
# Nothing outside WORKDIR is written and nothing is fetched. Needs: apt-get install public-inbox.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mails=$(cd "$1" && pwd)
mkdir -p "$2"
work=$(cd "$2" && pwd)

if [ -s "$work/url" ] && [ -s "$work/pid" ] && kill -0 "$(cat "$work/pid")" 2>/dev/null; then
  cat "$work/url"
  exit 0
fi

export HOME="$work/home" PI_CONFIG="$work/config" GIT_CONFIG_NOSYSTEM=1
mkdir -p "$HOME"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
url="http://127.0.0.1:$port"

fill() { # NAME, then mboxes
  local name=$1
  shift
  perl "$here/fill_archive.pl" "$work/$name" "$@"
}

if [ ! -e "$work/filled" ]; then
  boxes=("$mails"/*.mbox)
  rm -rf "$work/threads" "$work/other" "$work/plain" "$PI_CONFIG"
  for name in threads other plain; do
    public-inbox-init "$name" "$work/$name" "$url/$name" "$name@example.org" >"$work/log" 2>&1
  done
  fill threads "${boxes[@]:1}"
  fill other "${boxes[0]}"
  fill plain "${boxes[0]}"
  public-inbox-index "$work/threads" >>"$work/log" 2>&1
  public-inbox-index "$work/other" >>"$work/log" 2>&1
  rm -rf "$work/plain/public-inbox"
  touch "$work/filled"
fi

# The server names itself in redirects, and the port of an earlier run is gone.
for name in threads other plain; do
  git config -f "$PI_CONFIG" "publicinbox.$name.url" "$url/$name"
done
setsid public-inbox-httpd -l "127.0.0.1:$port" -W0 >"$work/httpd.out" 2>"$work/httpd.err" </dev/null &
echo $! >"$work/pid"
for _ in $(seq 100); do
  if python3 -c "import socket; socket.create_connection(('127.0.0.1', $port), 1)" 2>/dev/null; then
    echo "$url" >"$work/url"
    cat "$work/url"
    exit 0
  fi
  kill -0 "$(cat "$work/pid")" 2>/dev/null || break
  sleep 0.1
done
echo "public-inbox-httpd does not start:" >&2
cat "$work/httpd.err" >&2
exit 1
