#!/usr/bin/env bash
# The server's executable, target/release/agent-memory.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

"$ROOT/scripts/get-rust.sh"
step "building the server (the first time takes some minutes)"
cd "$ROOT"
cargo build --release --package agent-memory-server
