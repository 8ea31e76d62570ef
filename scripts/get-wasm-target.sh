#!/usr/bin/env bash
# Rust's WebAssembly target: the one in place, rustup's, or the distribution's Rust with the source
# of its standard library (see wasm-cargo.sh).
set -euo pipefail
source "$(dirname "$0")/lib.sh"

target_is_there() { [ -d "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib" ]; }

# The distribution's Rust is new enough and brings library source and linker.
distribution_has_source() {
    local minor
    minor=$(/usr/bin/rustc --version 2>/dev/null | sed -n 's/^rustc 1\.\([0-9]*\).*/\1/p')
    [ "${minor:-0}" -ge "$RUST_MINOR" ] && [ -x /usr/bin/cargo ] && [ -x /usr/bin/rust-lld ] &&
        [ -f /usr/lib/rustlib/src/rust/library/std/Cargo.toml ]
}

get_wasm_target() {
    if target_is_there || distribution_has_source; then return; fi
    if have rustup; then
        step "adding the WebAssembly target (rustup)"
        if rustup target add wasm32-unknown-unknown >&2 && target_is_there; then return; fi
        note "rustup could not fetch it; trying the distribution's packages"
    fi
    # clippy comes along so that \`make check\` can look at the front end too.
    apt_install rustc-web cargo-web rust-web-src rust-web-llvm lld-22 rust-web-clippy || true
    distribution_has_source ||
        die "Rust has no WebAssembly target: run \`rustup target add wasm32-unknown-unknown\` and repeat"
}

"$ROOT/scripts/get-rust.sh"
with_lock wasm-target get_wasm_target
