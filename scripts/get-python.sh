#!/usr/bin/env bash
# The Python programs of the tests, in a virtual environment in .parts/python: see requirements.txt.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

folder=$PARTS/python
requirements=$ROOT/scripts/requirements.txt

get_python() {
    local wanted
    wanted=$(sha256 "$requirements")
    if is_current python "$wanted" && "$folder/bin/python" -c 'import redis, schemathesis' 2>/dev/null; then return; fi
    need python3 python3
    step "fetching the Python programs of the tests"
    rm -rf "$folder"
    python3 -m venv "$folder" 2>/dev/null || {
        rm -rf "$folder"
        with_lock apt apt_install python3-venv && python3 -m venv "$folder"
    } || die "python3 has no venv: install it (Debian: python3-venv) and repeat"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary=:all: \
        --requirement "$requirements" >&2 ||
        die "could not fetch the Python programs with pip: check the network and repeat"
    mark python "$wanted"
}

with_lock python get_python
