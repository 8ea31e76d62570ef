#!/usr/bin/env bash
# Every test there is: the checks, unit tests and tests against a private Redis, then the journeys
# in a real browser. Usage: test.sh [playwright arguments]
set -euo pipefail
source "$(dirname "$0")/lib.sh"
source "$ROOT/scripts/native.sh"

"$ROOT/scripts/get-packages.sh"
"$ROOT/scripts/get-parts.sh"
"$ROOT/scripts/check.sh"
step "unit tests, library tests, server tests"
cd "$ROOT"
cargo test "${native[@]}"
"$ROOT/scripts/build-front.sh"
"$ROOT/scripts/build-server.sh"
"$ROOT/scripts/check-api.sh"
"$ROOT/scripts/get-browser.sh"
step "browser tests"
cd "$ROOT/end2end"
npx playwright test "$@"
step "all tests passed"
