#!/usr/bin/env bash
# ONNX Runtime's shared library in .parts/onnxruntime/libonnxruntime.so.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

folder=$PARTS/onnxruntime

get_onnxruntime() {
    local machine sum wheel library=libonnxruntime.so.$ORT_VERSION
    if is_current onnxruntime "$ORT_VERSION" && [ -f "$folder/libonnxruntime.so" ]; then return; fi
    machine=$(uname -s)-$(uname -m)
    case $machine in
        Linux-x86_64) sum=$ORT_WHEEL_SHA256_X86_64 ;;
        Linux-aarch64) sum=$ORT_WHEEL_SHA256_AARCH64 ;;
        *) die "no ONNX Runtime is pinned for $machine: install version $ORT_VERSION and set AGENT_MEMORY_ORT_LIB to its library" ;;
    esac
    need unzip unzip
    step "fetching ONNX Runtime $ORT_VERSION (24 MB)"
    # The library is the same in the wheels of all Python versions; naming one makes the sum fixed.
    wheel=$(fetch_wheel onnxruntime "$ORT_VERSION" "$sum" --implementation cp --python-version 311 \
        --abi cp311 --platform "manylinux_2_28_${machine#Linux-}")
    rm -rf "$folder.part"
    mkdir -p "$folder.part"
    unzip -q -o -j "$wheel" "onnxruntime/capi/$library" onnxruntime/LICENSE -d "$folder.part"
    ln -s "$library" "$folder.part/libonnxruntime.so"
    rm -rf "$folder" "$(dirname "$wheel")"
    mv "$folder.part" "$folder"
    mark onnxruntime "$ORT_VERSION"
    note "libonnxruntime.so in ${folder#"$ROOT"/}"
}

# A library named by the user is theirs to keep; nothing is fetched then.
[ -n "${AGENT_MEMORY_ORT_LIB:-}" ] || with_lock onnxruntime get_onnxruntime
