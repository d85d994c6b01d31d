#!/usr/bin/env bash
# The tests of rosters with HiGHS in place of microlp: the same programmes, the same known answers. Needs CMake, a
# C++ compiler and libclang (Debian: cmake g++ libclang-dev), and some minutes to build; no part of `.ci/run`.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR=never
if ! command -v cmake > /dev/null; then
    echo "test-highs: cmake is missing; on Debian: apt-get install cmake g++ libclang-dev" >&2
    exit 1
fi
cargo test --release -p poolwise-rosters --features highs
cargo test --release --features highs --test rosters
