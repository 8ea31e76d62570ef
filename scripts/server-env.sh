# Where the server is and where it finds its parts. Sourced after lib.sh; what the caller has set stands.
# shellcheck shell=bash disable=SC2034
export AGENT_MEMORY_MODEL_DIR=${AGENT_MEMORY_MODEL_DIR:-$PARTS/model}
if [ "${AGENT_MEMORY_EMBEDDER:-exact}" = fast ]; then
    export AGENT_MEMORY_ORT_LIB=${AGENT_MEMORY_ORT_LIB:-$PARTS/onnxruntime-fast/libonnxruntime.so}
else
    export AGENT_MEMORY_ORT_LIB=${AGENT_MEMORY_ORT_LIB:-$PARTS/onnxruntime/libonnxruntime.so}
fi
# glibc gives large pieces of memory back at once then: 30 MB of what loading the model takes for a moment.
export MALLOC_MMAP_THRESHOLD_=${MALLOC_MMAP_THRESHOLD_:-262144}
export LEPTOS_SITE_ROOT=${LEPTOS_SITE_ROOT:-$ROOT/target/site}
server=${AGENT_MEMORY_SERVER:-${CARGO_TARGET_DIR:-$ROOT/target}/release/agent-memory}
