# Where the server is and where it finds its parts. Sourced after lib.sh; what the caller has set stands.
# shellcheck shell=bash disable=SC2034
export AGENT_MEMORY_MODEL_DIR=${AGENT_MEMORY_MODEL_DIR:-$PARTS/model}
export AGENT_MEMORY_ORT_LIB=${AGENT_MEMORY_ORT_LIB:-$PARTS/onnxruntime/libonnxruntime.so}
export LEPTOS_SITE_ROOT=${LEPTOS_SITE_ROOT:-$ROOT/target/site}
server=${AGENT_MEMORY_SERVER:-${CARGO_TARGET_DIR:-$ROOT/target}/release/agent-memory}
