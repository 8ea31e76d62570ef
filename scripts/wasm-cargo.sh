#!/usr/bin/env bash
# cargo for the front end. Usage: wasm-cargo.sh build --target wasm32-unknown-unknown ...
# With a ready-made WebAssembly target this is plain cargo. Without one, the distribution's Rust
# and the library source that belongs to it build the target's standard library first (25 s, once
# per profile); RUSTC_BOOTSTRAP permits that on a stable compiler, for this one command.
set -euo pipefail
if [ -d "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib" ]; then
    exec cargo "$@"
fi
export PATH=/usr/bin:$PATH RUSTC_BOOTSTRAP=1 CARGO_UNSTABLE_BUILD_STD=std,panic_abort
exec cargo "$@"
