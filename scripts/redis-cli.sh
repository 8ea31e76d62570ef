#!/usr/bin/env bash
# The redis-cli of .parts. Usage: redis-cli.sh -p PORT COMMAND...
set -euo pipefail
redis=${AGENT_MEMORY_PARTS:-$(cd "$(dirname "$0")/.." && pwd)/.parts}/redis
if [ ! -x "$redis/bin/redis-cli" ]; then
    echo "error: no Redis in $redis: run \`make setup\` first" >&2
    exit 1
fi
[ -d "$redis/ssl" ] && export LD_LIBRARY_PATH=$redis/ssl${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
exec "$redis/bin/redis-cli" "$@"
