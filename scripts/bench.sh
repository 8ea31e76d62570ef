#!/usr/bin/env bash
# Measurements, printed as one table and written to target/bench.json: what the executable does over HTTP and in Redis, then (in
# the long form) what the page does in a browser.
# Usage: bench.sh [--short] [--against COMMIT] [--only SECTION]... [--rounds N]
#   --short            under three minutes, without the page
#   --against COMMIT   builds that commit too, measures both in turn, and prints both with ratios
#   --only SECTION     start, embedding, operations, turns, clients or scale; without the page
set -euo pipefail
source "$(dirname "$0")/lib.sh"

short= against=
flags=()
while [ $# -gt 0 ]; do
    case $1 in
    --short) short=1 flags+=("$1") ;;
    --against) against=${2:?--against needs a commit} && shift ;;
    --only) short=1 flags+=("$1" "${2:?--only needs a section}") && shift ;;
    --rounds) flags+=("$1" "${2:?--rounds needs a number}") && shift ;;
    *) die "unknown flag \`$1\`: bench.sh [--short] [--against COMMIT] [--only SECTION] [--rounds N]" ;;
    esac
    shift
done

# What decides which model and which runtime the executable of a tree gets.
parts_of() { (cd "$1/scripts" && cat versions.sh get-model.sh get-onnxruntime.sh server-env.sh build_onnx.py | sha256sum); }

# The executable of another commit, in a tree and a target folder of its own, which are kept for the next time.
build_other() {
    local commit tree parts=$PARTS
    commit=$(git rev-parse --verify --quiet "$against^{commit}") ||
        die "there is no commit \`$against\` here: name another one, or fetch it (\`git fetch --unshallow\`)"
    tree=$ROOT/target/against/${commit:0:12}
    if [ ! -e "$tree/scripts" ]; then
        rm -rf "$tree"
        git worktree prune
        git worktree add --quiet --detach "$tree" "$commit"
    fi
    [ -e "$tree/scripts/server-env.sh" ] || die "\`$against\` is too old: it has no scripts/server-env.sh"
    # Its own parts only where it needs others.
    [ "$(parts_of "$tree")" = "$(parts_of "$ROOT")" ] || parts=$tree/.parts
    step "building $against beside this one"
    (
        unset CARGO_TARGET_DIR
        export AGENT_MEMORY_PARTS=$parts
        "$tree/scripts/get-parts.sh"
        "$tree/scripts/build-server.sh"
    )
    flags+=(--against-root "$tree" --against-parts "$parts" --against-exe "$tree/target/release/agent-memory")
    flags+=(--against-label "${commit:0:7}")
}

"$ROOT/scripts/get-rust.sh"
"$ROOT/scripts/get-parts.sh"
cd "$ROOT"
[ -z "$against" ] || build_other
"$ROOT/scripts/build-server.sh"
step "building what measures, then measuring; the table comes at the end"
cargo bench --quiet --package agent-memory-server --bench measure -- --root "$ROOT" --parts "$PARTS" "${flags[@]}"
[ -z "$short" ] || exit 0
"$ROOT/scripts/build-front.sh"
"$ROOT/scripts/get-browser.sh"
step "measuring the page"
cd "$ROOT/end2end"
npx playwright test --config measure.config.ts
step "what the comparison makes of labelled pairs (docs/QUALITY.md): those that it was made with, then those that were kept back"
cd "$ROOT"
cargo test --quiet --package agent-memory --test comparison -- --nocapture --test-threads 1 --include-ignored pairs no_text |
    grep '^|' | tee "$ROOT/target/quality.txt"
