#!/usr/bin/env bash
# wasm-opt in .parts/tools/node_modules/.bin. It makes the front end a little smaller; nothing
# depends on it, so a machine that cannot have it gets a note and no error.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

tools=$PARTS/tools
package=binaryen@$BINARYEN_VERSION
archive=$PARTS/downloads/binaryen-$BINARYEN_VERSION.tgz

get_wasm_opt() {
    local part=$PARTS/downloads/wasm-opt.part
    if is_current wasm-opt "$package" && [ -x "$tools/node_modules/.bin/wasm-opt" ]; then return; fi
    rm -rf "$part"
    mkdir -p "$tools" "$part"
    step "fetching wasm-opt (binaryen $BINARYEN_VERSION, 23 MB)"
    # A chain, because a failure here is an answer and `set -e` is off while one is awaited.
    npm pack --silent --pack-destination "$part" "$package" >/dev/null &&
        mv "$part"/*.tgz "$archive" &&
        verify "$archive" "$BINARYEN_SHA256" &&
        npm install --silent --no-audit --no-fund --ignore-scripts --no-save --prefix "$tools" "$archive" >/dev/null &&
        rm -rf "$archive" "$part" &&
        mark wasm-opt "$package"
}

if ! { "$ROOT/scripts/get-node.sh" && with_lock wasm-opt get_wasm_opt; }; then
    note "no wasm-opt: the front end is built without it, a little larger"
fi
