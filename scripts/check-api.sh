#!/usr/bin/env bash
# Calls every endpoint of the versioned API with generated requests, right and wrong ones, for two minutes at most: no
# answer may be a failure of the server, and all have to look as the OpenAPI document says.
# Usage: check-api.sh [URL of a running server that may be filled with nonsense]
set -euo pipefail
source "$(dirname "$0")/lib.sh"
source "$ROOT/scripts/redis-lib.sh"

url=${1:-}
server=
folder=$(mktemp -d)
stop_all() {
    [ -z "$server" ] || kill -TERM "$server" 2>/dev/null || true
    [ -z "$server" ] || wait "$server" 2>/dev/null || true
    rm -rf "$folder"
}
trap stop_all EXIT

is_ready() { curl -sf "$url/readyz" >/dev/null; }

"$ROOT/scripts/get-python.sh"
need curl curl
if [ -z "$url" ]; then
    port=$(free_port)
    url=http://127.0.0.1:$port
    PORT=$port "$ROOT/scripts/serve-for-tests.sh" --log error &
    server=$!
    until is_ready; do
        kill -0 "$server" 2>/dev/null || die "the server for the generated requests did not start"
        sleep 0.2
    done
fi

step "the OpenAPI document"
curl -sf "$url/api/openapi.json" >"$folder/openapi.json"
"$PARTS/python/bin/openapi-spec-validator" "$folder/openapi.json" >&2

step "generated requests"
# An endless stream and bodies of JSON Lines are beyond the generator: server/tests/api has them.
cd "$folder"
"$PARTS/python/bin/schemathesis" run "$url/api/openapi.json" --no-color \
    --exclude-operation-id follow_events --exclude-operation-id import_memories --exclude-operation-id import_judgements \
    --phases examples,coverage,fuzzing --max-examples 25 --max-time 120 --request-timeout 10 \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,unsupported_method,allow_header_conformance \
    --suppress-health-check all --continue-on-failure --warnings off >"$folder/report.txt" 2>&1 || {
    cat "$folder/report.txt" >&2
    die "the API answered generated requests wrongly: see above"
}
grep -E 'generated|Tested' "$folder/report.txt" >&2 || true
