#!/usr/bin/env bash
# Everything that needs no running parts: formatting, lints for native and for WebAssembly, the
# documentation, and the proof that the front end holds no server code.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
source "$ROOT/scripts/native.sh"

target=${CARGO_TARGET_DIR:-$ROOT/target}
front=(--package agent-memory-app --no-default-features --features hydrate --target wasm32-unknown-unknown)

check_format() {
    step "checking the format"
    cargo fmt --version >/dev/null 2>&1 || with_lock apt apt_install rustfmt-web || true
    cargo fmt --all --check
}

check_native() {
    step "clippy, native"
    cargo clippy --version >/dev/null 2>&1 || with_lock apt apt_install rust-web-clippy || true
    cargo clippy "${native[@]}" --all-targets -- -D warnings
}

# In the front end's own folder and profile: build scripts and macros are shared with its build.
check_front() {
    local verb=clippy
    "$ROOT/scripts/wasm-cargo.sh" clippy --version >/dev/null 2>&1 || verb=check
    step "$verb, WebAssembly"
    if [ $verb = clippy ]; then
        "$ROOT/scripts/wasm-cargo.sh" clippy "${front[@]}" --profile wasm-release --target-dir "$target/front" --lib -- -D warnings
    else
        RUSTFLAGS="-D warnings" "$ROOT/scripts/wasm-cargo.sh" check "${front[@]}" --profile wasm-release --target-dir "$target/front-check" --lib
    fi
}

check_docs() {
    step "documentation"
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --lib "${native[@]}"
}

check_front_is_free_of_server_code() {
    local found
    step "the front end's dependencies"
    found=$("$ROOT/scripts/wasm-cargo.sh" tree "${front[@]}" --edges normal --prefix none |
        cut -d' ' -f1 | sort -u | grep -xE 'tokio|redis|ort|ort-sys|tokenizers|hf-hub|axum|hyper' || true)
    [ -z "$found" ] || die "the WebAssembly build depends on $(echo "$found" | paste -sd ' '): put it behind a feature of the native build"
    note "no tokio, redis or ort among them"
}

"$ROOT/scripts/get-rust.sh"
cd "$ROOT"
check_format
check_native
"$ROOT/scripts/get-wasm-target.sh"
check_front
check_docs
check_front_is_free_of_server_code
