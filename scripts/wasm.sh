#!/usr/bin/env bash
# The same bytes on every machine: builds crates/web for WebAssembly, runs the scenarios of tests/golden.json in it under
# Node.js, and compares every byte with what the command writes, and with the hashes in that file. Installs what is
# missing: the target by rustup, or else Debian's own compiler for it, and Node.js (with root; skipped without).
#
#   scripts/wasm.sh [PROGRAM]           compare (default program: target/release/poolwise)
#   WASM_BY=debian scripts/wasm.sh      take Debian's compiler even where rustup is there
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
program=${1:-$target/release/poolwise}
unset CARGO_BUILD_TARGET RUSTFLAGS

. scripts/needs.sh

command -v node > /dev/null || install nodejs || skip "WebAssembly takes Node.js, which is not here and cannot be installed"

# Folders apart from those of native builds, so that neither makes the other build anew.
if [ "${WASM_BY:-rustup}" = rustup ] && timeout 300 rustup target add wasm32-unknown-unknown > /dev/null 2>&1; then
    folder=$target/wasm
    # Flags as in page-engine.sh, so that both take the same libraries.
    RUSTFLAGS="--remap-path-prefix=$HOME=/home --remap-path-prefix=$PWD=/poolwise" cargo build --quiet --profile wasm -p poolwise-web --target wasm32-unknown-unknown --target-dir "$folder"
else
    { [ -x /usr/bin/wasm-ld ] && [ -x /usr/bin/cargo ] && dpkg -s rustc-web rust-web-src > /dev/null 2>&1; } \
        || install rustc-web cargo-web rust-web-src lld \
        || skip "no compiler for wasm32-unknown-unknown, neither by rustup nor by Debian's packages"
    folder=$target/wasm-debian
    # Debian's compiler has the target without its standard library, which is built from source with it.
    RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 RUSTFLAGS="-C linker=/usr/bin/wasm-ld" /usr/bin/cargo build --quiet \
        --profile wasm -p poolwise-web --target wasm32-unknown-unknown --target-dir "$folder" \
        -Z build-std=std,panic_abort
fi
node scripts/wasm-compare.mjs "$folder/wasm32-unknown-unknown/wasm/poolwise_web.wasm" "$program"
