#!/usr/bin/env bash
# wasm-bindgen's command line tool in .parts/tools/bin, in exactly the version of the crate.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

tool=$PARTS/tools/bin/wasm-bindgen

has_right_version() { [ "$("$1" --version 2>/dev/null)" = "wasm-bindgen $WASM_BINDGEN_VERSION" ]; }

get_wasm_bindgen() {
    local installed
    if has_right_version "$tool"; then return; fi
    mkdir -p "$PARTS/tools/bin"
    installed=$(command -v wasm-bindgen || true)
    if [ -n "$installed" ] && has_right_version "$installed"; then
        ln -sf "$installed" "$tool"
        return
    fi
    step "building wasm-bindgen $WASM_BINDGEN_VERSION (about a minute)"
    # Unoptimised: the tool works for a second or two, so a quick build wins. Not --locked: the
    # lock file that it is published with names a withdrawn package. Without its features, which
    # only fetch browsers for its test runner. The build folder stays until the build has
    # succeeded, so an interrupted one continues.
    CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off \
        CARGO_PROFILE_RELEASE_DEBUG=0 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
        cargo install wasm-bindgen-cli --version "$WASM_BINDGEN_VERSION" --bin wasm-bindgen --no-default-features --force \
        --root "$PARTS/tools" --target-dir "$PARTS/tools/build-wasm-bindgen" >&2 ||
        die "could not build wasm-bindgen: see the message above, then repeat"
    has_right_version "$tool" || die "$tool is not wasm-bindgen $WASM_BINDGEN_VERSION: remove it and repeat"
    rm -rf "$PARTS/tools/build-wasm-bindgen"
}

"$ROOT/scripts/get-rust.sh"
with_lock wasm-bindgen get_wasm_bindgen
