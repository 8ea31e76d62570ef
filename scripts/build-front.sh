#!/usr/bin/env bash
# The front end, target/site: the files of public/ and pkg/agent-memory.{js,wasm}, each with
# precompressed neighbours (.br, .gz). The result is renamed into place when it is whole.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

target=${CARGO_TARGET_DIR:-$ROOT/target}
site=$ROOT/target/site
tools=$PARTS/tools
wasm=$target/front/wasm32-unknown-unknown/wasm-release/agent_memory_app.wasm

compile() {
    step "building the front end"
    # As a cdylib alone: with the rlib beside it, a tenth of the size would be code that nobody calls.
    "$ROOT/scripts/wasm-cargo.sh" rustc --profile wasm-release --target-dir "$target/front" \
        --target wasm32-unknown-unknown --package agent-memory-app --lib --crate-type cdylib \
        --no-default-features --features hydrate
}

# What the site is made from, in one sum; and whether the site in place was made from it and is
# unchanged (cargo-leptos writes its own build to the same place).
inputs() {
    {
        cat "$wasm" "$ROOT/scripts/versions.sh" "$ROOT/scripts/build-front.sh"
        ls "$tools/node_modules/.bin/wasm-opt" 2>/dev/null || true
        find "$ROOT/public" -type f -exec sha256sum {} + | sort
    } | sha256sum
}
site_is_current() {
    [ "$(cat "$site.made-from" 2>/dev/null)" = "$1" ] && (cd "$site" && sha256sum --check --status "$site.sums")
}

bundle() {
    local part=$site.part
    step "bundling the front end"
    rm -rf "$part"
    mkdir -p "$part/pkg"
    [ -d "$ROOT/public" ] && cp -R "$ROOT/public/." "$part/"
    "$tools/bin/wasm-bindgen" "$wasm" --target web --no-typescript --remove-name-section \
        --out-dir "$part/pkg" --out-name agent-memory
    # Leptos asks for this name because LEPTOS_OUTPUT_NAME is set (.cargo/config.toml).
    mv "$part/pkg/agent-memory_bg.wasm" "$part/pkg/agent-memory.wasm"
    if [ -x "$tools/node_modules/.bin/wasm-opt" ]; then
        "$tools/node_modules/.bin/wasm-opt" -Oz "$part/pkg/agent-memory.wasm" -o "$part/pkg/optimised.wasm"
        mv "$part/pkg/optimised.wasm" "$part/pkg/agent-memory.wasm"
    fi
    if have node; then node "$ROOT/scripts/precompress.mjs" "$part"; else note "no node: files are served uncompressed"; fi
    (cd "$part" && find . -type f -exec sha256sum {} +) >"$site.sums"
    rm -rf "$site"
    mv "$part" "$site"
    echo "$1" >"$site.made-from"
    (cd "$site/pkg" && wc -c agent-memory.wasm agent-memory.wasm.br 2>/dev/null) | sed '/total/d; s/^/      /' >&2
}

build_front() {
    local made_from
    compile
    made_from=$(inputs)
    site_is_current "$made_from" || bundle "$made_from"
}

"$ROOT/scripts/get-wasm-target.sh"
"$ROOT/scripts/get-wasm-bindgen.sh"
"$ROOT/scripts/get-wasm-opt.sh"
cd "$ROOT"
with_lock front build_front
