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

# Its lock file wants a newer Rust than the workspace; the distribution's serves where ours is older.
rustc --version | grep -qE '^rustc 1\.(9[6-9]|[1-9][0-9]{2})' || [ ! -x /usr/bin/cargo ] || export PATH=/usr/bin:$PATH
with_lock cargo-leptos get_cargo_leptos
