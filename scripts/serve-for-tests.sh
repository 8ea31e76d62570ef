#!/usr/bin/env bash
# The server for the browser tests: on $PORT, with an empty private Redis in a temporary folder.
# Writes the Redis port into the file $REDIS_PORT_FILE, if that is set. Ends all when it is ended.
# Usage: PORT=8190 serve-for-tests.sh [server flags]
set -euo pipefail
source "$(dirname "$0")/lib.sh"
source "$ROOT/scripts/redis-lib.sh"

# With AGENT_MEMORY_SERVER set to an executable, nothing is built: LEPTOS_SITE_ROOT then names the front end to serve.
if [ -z "${AGENT_MEMORY_SERVER:-}" ]; then
    "$ROOT/scripts/get-parts.sh"
    "$ROOT/scripts/build-front.sh"
    "$ROOT/scripts/build-server.sh"
fi

source "$ROOT/scripts/server-env.sh"
folder=$(mktemp -d)
server_pid=
# No process groups of their own here: a test runner that kills this group gets everything.
stop_all() {
    end_process "$server_pid"
    stop_redis
    rm -rf "$folder"
}
trap stop_all EXIT
trap 'exit 143' INT TERM HUP

port=$(free_port)
start_redis "$port" "$folder" --appendonly no
[ -z "${REDIS_PORT_FILE:-}" ] || echo "$port" >"$REDIS_PORT_FILE"
unset AGENT_MEMORY_REDIS_URL
export AGENT_MEMORY_REDIS_HOST=127.0.0.1 AGENT_MEMORY_REDIS_PORT=$port
export AGENT_MEMORY_HOST=127.0.0.1 AGENT_MEMORY_PORT=${PORT:?set PORT to the port for the server}
"$server" "$@" &
server_pid=$!
wait "$server_pid"
