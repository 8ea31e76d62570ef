#!/usr/bin/env bash
# cargo-leptos, for `make watch` alone: the installed one, or one built into .parts/tools/bin.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

get_cargo_leptos() {
    if have cargo-leptos || [ -x "$PARTS/tools/bin/cargo-leptos" ]; then return; fi
    step "building cargo-leptos $CARGO_LEPTOS_VERSION (about four minutes, once)"
    # Quick to build rather than quick to run; and it never downloads tools by itself.
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
        cargo install cargo-leptos --version "$CARGO_LEPTOS_VERSION" --locked --force \
        --no-default-features --features no_downloads \
        --root "$PARTS/tools" --target-dir "$PARTS/tools/build-cargo-leptos" >&2 ||
        die "could not build cargo-leptos: see the message above, then repeat"
    rm -rf "$PARTS/tools/build-cargo-leptos"
}

# Its lock file wants Rust 1.96; where ours is older, the distribution's may serve.
is_new_enough() { "$1" --version 2>/dev/null | grep -qE '^rustc 1\.(9[6-9]|[1-9][0-9]{2})'; }
if ! is_new_enough rustc; then
    [ -x /usr/bin/cargo ] || with_lock apt apt_install rustc-web cargo-web || true
    is_new_enough /usr/bin/rustc || die "cargo-leptos $CARGO_LEPTOS_VERSION needs Rust 1.96 or newer: update it (with rustup: \`rustup update\`) and repeat"
    export PATH=/usr/bin:$PATH
fi
with_lock cargo-leptos get_cargo_leptos
