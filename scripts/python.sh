#!/usr/bin/env bash
# The Python package as its users get it: a wheel, an sdist and a clean checkout, each installed in a fresh environment; tests, types,
# stubs against the module, notebooks. Installs what it needs under target/; skipped, and says so, where Python's packages
# cannot be reached. POOLWISE is the built command line, for the test that both give the same bytes. POOLWISE_PROFILE=dev builds sooner what runs slower.
#
#   scripts/python.sh          all of it
#   scripts/python.sh --fast   the wheel and its tests alone
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
export CARGO_TARGET_DIR=$target POOLWISE=${POOLWISE:-$target/release/poolwise}
work=$target/python-package
tools=$work/tools
profile=${POOLWISE_PROFILE:-release}
# For what pip builds from other folders, where the longest crates are built again each time: whether they build is asked there, not how fast they run.
export MATURIN_PEP517_ARGS="--profile $profile"
for crate in arrivals backtest engine fit intake python report rosters scenario staffing study sweep tables; do
    MATURIN_PEP517_ARGS+=" --config profile.$profile.package.poolwise-$crate.opt-level=0"
done
mkdir -p "$work"

pip_install() {
    "$1/bin/python" -m pip install --quiet --disable-pip-version-check --timeout 30 "${@:2}" < /dev/null
}

if ! command -v python3 > /dev/null || ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))'; then
    echo "SKIPPED: the Python package takes Python 3.10 or later, which is not here" >&2
    exit 0
fi
if ! cmp -s scripts/python-package.txt "$tools/installed.txt"; then
    rm -rf "$tools"
    python3 -m venv "$tools"
    if ! pip_install "$tools" -r scripts/python-package.txt; then
        echo "SKIPPED: maturin and the tools of the tests cannot be installed" >&2
        exit 0
    fi
    cp scripts/python-package.txt "$tools/installed.txt"
fi

# What users get, without the tools: only this and what `pip` brings.
fresh() {
    rm -rf "$work/$1"
    python3 -m venv "$work/$1"
    pip_install "$work/$1" "${@:2}"
    (cd "$work" && "$work/$1/bin/python" -c "
import poolwise as pw
s = pw.load('$root/scenarios/textbook/mm8.toml', set={'run.horizon': '2 weeks', 'run.replications': 2})
assert 0.8 < pw.run(s).summary['utilization'].estimate < 1, 'a wrong answer'
print('$1:', pw.__version__, 'runs')")
}

rm -rf "$work/dist"
(cd crates/python && "$tools/bin/maturin" build --quiet --profile "$profile" --locked --out "$work/dist")
wheel=$(echo "$work"/dist/*.whl)
fresh wheel "$wheel"
pip_install "$tools" --force-reinstall --no-deps "$wheel"
"$tools/bin/python" -m pytest -q -p no:cacheprovider crates/python/tests
if [ "${1:-}" = --fast ]; then exit; fi

(cd crates/python && "$tools/bin/mypy" --cache-dir "$work/mypy" python/poolwise tests/typed.py)
(cd "$work" && MYPY_CACHE_DIR=$work/mypy "$tools/bin/stubtest" poolwise._core)
"$tools/bin/python" -m pytest -q -p no:cacheprovider crates/python/notebooks
# What pip builds lies where nothing of this folder can be seen: an sdist, and a clean checkout from its root; with the
# dependencies that are built already.
"$tools/bin/maturin" sdist --manifest-path crates/python/Cargo.toml --out "$work/dist"
fresh sdist "$(echo "$work"/dist/*.tar.gz)"
rm -rf "$work/clone"
if git clone --quiet --no-hardlinks . "$work/clone" 2> /dev/null; then
    fresh checkout "$work/clone"
    rm -rf "$work/clone"
else
    fresh checkout "$root"
fi
