#!/usr/bin/env bash
# ONNX Runtime's shared library in .parts/onnxruntime/libonnxruntime.so.
# Usage: get-onnxruntime.sh [fast]. With fast: the library of the fast form, which comes with OpenVINO, in
# .parts/onnxruntime-fast/libonnxruntime.so.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

folder=$PARTS/onnxruntime
fast_folder=$PARTS/onnxruntime-fast

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

get_fast_onnxruntime() {
    local wheel capi=onnxruntime/capi library=libonnxruntime.so.$ORT_FAST_VERSION
    if is_current onnxruntime-fast "$ORT_FAST_VERSION" && [ -f "$fast_folder/libonnxruntime.so" ]; then return; fi
    [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || die "the fast form is for Linux on x86-64: leave \`--embedder\` at exact"
    # Refused before anything is fetched; the server looks again by itself.
    grep -qE '^flags.* (avx512_bf16|amx_bf16)( |$)' /proc/cpuinfo ||
        die "the fast form needs a processor with AVX512-BF16 or AMX, which this one is not: leave \`--embedder\` at exact"
    need unzip unzip
    step "fetching ONNX Runtime $ORT_FAST_VERSION with OpenVINO (84 MB)"
    wheel=$(fetch_wheel "$ORT_FAST_WHEEL" "$ORT_FAST_VERSION" "$ORT_FAST_WHEEL_SHA256_X86_64" \
        --implementation cp --python-version 311 --abi cp311 --platform manylinux_2_28_x86_64)
    rm -rf "$fast_folder.part"
    mkdir -p "$fast_folder.part"
    # Half of the wheel: what a processor takes, without Python, graphics cards and second copies.
    unzip -q -o -j "$wheel" "$capi/$library" "$capi/libonnxruntime_providers_openvino.so" \
        "$capi/libonnxruntime_providers_shared.so" "$capi/libopenvino.so.2541" "$capi/libopenvino_intel_cpu_plugin.so" \
        "$capi/libopenvino_onnx_frontend.so.2541" "$capi/libtbb.so.12" onnxruntime/LICENSE \
        onnxruntime/ThirdPartyNotices.txt -d "$fast_folder.part"
    ln -s "$library" "$fast_folder.part/libonnxruntime.so"
    rm -rf "$fast_folder" "$(dirname "$wheel")"
    mv "$fast_folder.part" "$fast_folder"
    mark onnxruntime-fast "$ORT_FAST_VERSION"
    note "libonnxruntime.so in ${fast_folder#"$ROOT"/}"
}

# A library named by the user is theirs to keep; nothing is fetched then.
[ -z "${AGENT_MEMORY_ORT_LIB:-}" ] || exit 0
case ${1:-exact} in
    exact) with_lock onnxruntime get_onnxruntime ;;
    fast) with_lock onnxruntime-fast get_fast_onnxruntime ;;
    *) die "get-onnxruntime.sh knows no form \`$1\`: it is exact or fast" ;;
esac
