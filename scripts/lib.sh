# What the scripts share. Source it first; it defines words and does nothing.
#   step, note, die      say what happens, with the time since the start
#   have, need           look for a command, install it where that is possible
#   fetch_wheel, verify  fetch from the Python registry, check sums
#   is_current, mark     remember which version of a part is in place
#   with_lock            one process at a time
# shellcheck shell=bash

set -euo pipefail
shopt -s inherit_errexit

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PARTS=${AGENT_MEMORY_PARTS:-$ROOT/.parts}
export AGENT_MEMORY_PARTS=$PARTS
# Our own node counts where one had to be fetched (get-node.sh).
[ ! -x "$PARTS/tools/node/bin/node" ] || export PATH=$PARTS/tools/node/bin:$PATH
export STARTED_AT=${STARTED_AT:-$(date +%s)}
# shellcheck source=scripts/versions.sh
source "$ROOT/scripts/versions.sh"

elapsed() { local s=$(($(date +%s) - STARTED_AT)); printf '%d:%02d' $((s / 60)) $((s % 60)); }
step() { printf '[%s] %s\n' "$(elapsed)" "$*" >&2; }
note() { printf '       %s\n' "$*" >&2; }
die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# as_root COMMAND...: directly for root, else through sudo.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# apt_update_once: refresh the package lists at most once in six hours.
apt_update_once() {
    local seen=$PARTS/stamps/apt-lists
    mkdir -p "$PARTS/stamps"
    [ -n "$(find "$seen" -mmin -360 2>/dev/null)" ] && return
    step "refreshing the package lists"
    as_root apt-get update -qq -o DPkg::Lock::Timeout=600 >&2
    touch "$seen"
}

# apt_install PACKAGE...: quiet unless it fails; false where there is no apt or no way to be root.
apt_install() {
    have apt-get || return 1
    [ "$(id -u)" = 0 ] || have sudo || return 1
    apt_update_once
    step "installing $* (apt)"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 "$@" >"$PARTS/apt.log" 2>&1 </dev/null || {
        tail -n 5 "$PARTS/apt.log" >&2
        return 1
    }
}

# need COMMAND PACKAGE...: the command is there, or apt puts it there, or one sentence says what to do.
need() {
    local command=$1
    shift
    have "$command" || with_lock apt apt_install "$@" || true
    have "$command" || die "\`$command\` is missing: install it (Debian: $*) and repeat"
}

sha256() { if have sha256sum; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1; }

# verify FILE SUM
verify() {
    local found
    found=$(sha256 "$1")
    [ "$found" = "$2" ] && return
    rm -f "$1"
    die "$(basename "$1") has SHA-256 $found instead of $2: it was removed, repeat to fetch it again"
}

# fetch_wheel PACKAGE VERSION SUM [PIP OPTION...]: prints the path of the checked file.
fetch_wheel() {
    local package=$1 version=$2 sum=$3 folder wheel
    shift 3
    folder=$PARTS/downloads/$package-$version
    wheel=$([ ! -d "$folder" ] || find "$folder" -name '*.whl' -print -quit)
    if [ -z "$wheel" ]; then
        need python3 python3
        python3 -m pip --version >/dev/null 2>&1 || with_lock apt apt_install python3-pip ||
            die "python3 has no pip: install it (Debian: python3-pip) and repeat"
        rm -rf "$folder.part"
        mkdir -p "$folder.part"
        python3 -m pip download --disable-pip-version-check --no-deps --only-binary=:all: \
            --dest "$folder.part" "$@" "$package==$version" >&2 ||
            die "could not fetch $package $version with pip: check the network and repeat"
        rm -rf "$folder"
        mv "$folder.part" "$folder"
        wheel=$(find "$folder" -name '*.whl' -print -quit)
    fi
    verify "$wheel" "$sum"
    printf '%s\n' "$wheel"
}

# is_current PART VALUE / mark PART VALUE: which version of a part is in place.
is_current() { [ "$(cat "$PARTS/stamps/$1" 2>/dev/null)" = "$2" ]; }
mark() {
    mkdir -p "$PARTS/stamps"
    printf '%s\n' "$2" >"$PARTS/stamps/$1"
}

# with_lock NAME COMMAND...: wait until no other process holds NAME (two `make` at once are fine).
with_lock() {
    local name=$1
    shift
    mkdir -p "$PARTS/locks"
    if have flock; then
        (flock 9; "$@") 9>"$PARTS/locks/$name"
    else
        "$@"
    fi
}
