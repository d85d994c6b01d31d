#!/usr/bin/env bash
# The engine that pages carry: builds crates/web for WebAssembly and keeps it, compressed, with its checksum in
# crates/report/assets/, so that `cargo build` needs no second toolchain.
#
#   scripts/page-engine.sh          build it and put it in the place of the kept one
#   scripts/page-engine.sh --check  build it and compare it with the kept one, byte by byte
#
# The bytes are those of one compiler: rustup's at the version in engine.json is the one that counts. Elsewhere the check says
# it was skipped. wasm-opt is not used: with binaryen 132 (-Oz) the module is a sixth smaller, but compressed a twentieth larger.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
assets=crates/report/assets
unset CARGO_BUILD_TARGET RUSTFLAGS

. scripts/needs.sh

timeout 300 rustup target add wasm32-unknown-unknown > /dev/null 2>&1 \
    || skip "rustup cannot have the target wasm32-unknown-unknown, and other compilers make other bytes"
compiler=$(rustc --version)
if [ "${1:-}" = --check ] && ! grep -qF "\"$compiler\"" $assets/engine.json; then
    skip "the kept engine is of another compiler than $compiler"
fi
command -v node > /dev/null || skip "the engine is packed by Node.js, which is not here"

if [ "${1:-}" != --check ] && ! command -v xz > /dev/null; then
    install xz-utils \
        || { echo "the engine is packed by xz, which is not here" >&2; exit 1; }
fi

# Paths of this machine are not to be in it. Nor is the table of time zones: a page has those that its scenarios name.
RUSTFLAGS="--remap-path-prefix=$HOME=/home --remap-path-prefix=$PWD=/poolwise" \
    cargo build --quiet --locked --profile wasm -p poolwise-web --no-default-features --target wasm32-unknown-unknown --target-dir "$target/wasm"
node scripts/page-engine.mjs "$target/wasm/wasm32-unknown-unknown/wasm/poolwise_web.wasm" "$assets" "$compiler" "${1:-}"
