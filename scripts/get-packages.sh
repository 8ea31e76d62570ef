#!/usr/bin/env bash
# The commands that the other scripts need, in one go and before anything runs in the background
# (sudo may ask for a password here). Each script still asks for what it needs by itself.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

missing=()
have python3 || missing+=(python3)
python3 -m pip --version >/dev/null 2>&1 || missing+=(python3-pip)
have unzip || missing+=(unzip)
have cc || missing+=(gcc libc6-dev)
have cargo || missing+=(rustc-web cargo-web rustfmt-web rust-web-clippy)
# Where a package cannot be had this way, the script that needs it says so in its own words.
[ ${#missing[@]} = 0 ] || with_lock apt apt_install "${missing[@]}" || true
