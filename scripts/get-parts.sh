#!/usr/bin/env bash
# What the server needs at run time: Redis, ONNX Runtime, the model.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

"$ROOT/scripts/get-redis.sh"
"$ROOT/scripts/get-onnxruntime.sh" "${AGENT_MEMORY_EMBEDDER:-exact}"
"$ROOT/scripts/get-model.sh"
