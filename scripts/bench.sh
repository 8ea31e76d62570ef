#!/usr/bin/env bash
# Measurements, printed as tables. Usage: bench.sh [cargo bench arguments]
set -euo pipefail
source "$(dirname "$0")/lib.sh"

"$ROOT/scripts/get-rust.sh"
"$ROOT/scripts/get-parts.sh"
step "measuring the library"
cd "$ROOT"
cargo bench --package agent-memory --all-features "$@"
"$ROOT/scripts/build-front.sh"
"$ROOT/scripts/build-server.sh"
"$ROOT/scripts/get-browser.sh"
step "measuring the page"
cd "$ROOT/end2end"
npx playwright test --config measure.config.ts
