#!/usr/bin/env bash
# The Redis of .parts with Search and JSON loaded. Usage: redis-server.sh [redis-server arguments]
set -euo pipefail
redis=${AGENT_MEMORY_PARTS:-$(cd "$(dirname "$0")/.." && pwd)/.parts}/redis
if [ ! -x "$redis/bin/redis-server" ]; then
    echo "error: no Redis in $redis: run \`make setup\` first" >&2
    exit 1
fi
# The older OpenSSL lies beside Redis only where the system has none; nothing else sees it.
[ -d "$redis/ssl" ] && export LD_LIBRARY_PATH=$redis/ssl${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
case ${1:-} in --version | -v | --help | -h) exec "$redis/bin/redis-server" "$@" ;; esac
exec "$redis/bin/redis-server" "$@" \
    --loadmodule "$redis/lib/redisearch.so" --loadmodule "$redis/lib/rejson.so"
