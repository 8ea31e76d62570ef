#!/usr/bin/env bash
# Fetches and builds all parts and tools, and nothing of the project itself.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

"$ROOT/scripts/get-packages.sh"
"$ROOT/scripts/get-parts.sh"
"$ROOT/scripts/get-wasm-target.sh"
"$ROOT/scripts/get-wasm-opt.sh"
"$ROOT/scripts/get-wasm-bindgen.sh"
step "all parts are in ${PARTS#"$ROOT"/}"
