#!/usr/bin/env bash
# Measurements, printed as tables. Usage: bench.sh [cargo bench arguments]
set -euo pipefail
source "$(dirname "$0")/lib.sh"

"$ROOT/scripts/get-rust.sh"
"$ROOT/scripts/get-parts.sh"
step "measuring"
cd "$ROOT"
cargo bench --package agent-memory --all-features "$@"
