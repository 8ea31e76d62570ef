#!/usr/bin/env bash
# cargo, rustc and a C linker. An installed Rust that is new enough is used; otherwise Debian's.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

need cc gcc libc6-dev
need cargo rustc-web cargo-web rustfmt-web rust-web-clippy
minor=$(rustc --version | sed -n 's/^rustc 1\.\([0-9]*\).*/\1/p')
[ "${minor:-0}" -ge "$RUST_MINOR" ] ||
    die "$(rustc --version) is too old: update to 1.$RUST_MINOR or newer (with rustup: \`rustup update\`) and repeat"
