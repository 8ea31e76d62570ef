#!/usr/bin/env bash
# Everything from a fresh clone to the running server. Usage: run.sh [server flags]
set -euo pipefail
source "$(dirname "$0")/lib.sh"
source "$ROOT/scripts/redis-lib.sh"

# The form of the embedder decides which library is fetched, so the flag counts here too.
case " $* " in
    *" --embedder fast "* | *" --embedder=fast "*) export AGENT_MEMORY_EMBEDDER=fast ;;
    *" --embedder exact "* | *" --embedder=exact "*) export AGENT_MEMORY_EMBEDDER=exact ;;
esac
"$ROOT/scripts/get-packages.sh"
# The parts come while the front end is built.
"$ROOT/scripts/get-parts.sh" </dev/null &
parts=$!
trap 'kill "$parts" 2>/dev/null || true' EXIT
"$ROOT/scripts/build-front.sh"
wait "$parts" || die "not all parts could be fetched: see the message above, then repeat (what is there is kept)"
"$ROOT/scripts/build-server.sh"

source "$ROOT/scripts/server-env.sh"
server_pid=
# shellcheck disable=SC2329 # the trap below calls it
stop_server() {
    [ -n "$server_pid" ] || exit 130
    kill -TERM "$server_pid" 2>/dev/null || true
}
# Each in its own process group: Ctrl-C reaches this script alone, which then ends the server first
# and its Redis after it.
set -m
trap stop_redis EXIT
trap stop_server INT TERM HUP
choose_redis "$@"
step "starting the server (Ctrl-C stops it)"
"$server" "$@" &
server_pid=$!
status=0
# A trapped signal ends `wait` early; the server may still need a moment.
while kill -0 "$server_pid" 2>/dev/null; do
    wait "$server_pid" && status=0 || status=$?
done
exit "$status"
