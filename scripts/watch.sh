#!/usr/bin/env bash
# Builds, serves, and repeats both on every change (cargo-leptos). Usage: watch.sh [server flags]
set -euo pipefail
source "$(dirname "$0")/lib.sh"
source "$ROOT/scripts/redis-lib.sh"

"$ROOT/scripts/get-parts.sh"
"$ROOT/scripts/get-wasm-target.sh"
"$ROOT/scripts/get-wasm-bindgen.sh"
"$ROOT/scripts/get-wasm-opt.sh"
"$ROOT/scripts/get-cargo-leptos.sh"

source "$ROOT/scripts/server-env.sh"
export PATH=$PARTS/tools/bin:$PARTS/tools/node_modules/.bin:$PATH
# As in wasm-cargo.sh: without a ready-made target, the distribution's Rust builds its library.
if [ ! -d "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib" ]; then
    export PATH=/usr/bin:$PATH RUSTC_BOOTSTRAP=1 CARGO_UNSTABLE_BUILD_STD=std,panic_abort
fi
leptos_pid=
set -m
trap stop_redis EXIT
trap '[ -z "$leptos_pid" ] || kill -TERM -- "-$leptos_pid" 2>/dev/null || true' INT TERM HUP
choose_redis "$@"
cd "$ROOT"
step "watching (Ctrl-C stops it)"
cargo leptos watch -- "$@" &
leptos_pid=$!
while kill -0 "$leptos_pid" 2>/dev/null; do wait "$leptos_pid" || true; done
