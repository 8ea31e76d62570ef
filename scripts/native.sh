# The cargo arguments that name all native code. Sourced by test.sh and check.sh.
# One call with one set of features, so that each dependency is built once; never `hydrate`, which
# together with `ssr` would make event handlers vanish.
# shellcheck shell=bash disable=SC2034,SC2054
native=(
    --package agent-memory --package agent-memory-app --package agent-memory-server
    --features agent-memory/redis,agent-memory/onnx,agent-memory/hub,agent-memory-app/ssr
)
