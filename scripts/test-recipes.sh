#!/usr/bin/env bash
# Runs the recipes of the pages on sweeps: GNU parallel from docs/cluster.md; pandas, polars and DuckDB from
# docs/sweeps.md. Installs what is missing: parallel from Debian (with root), the Python packages into a
# virtual environment under target/. PROGRAM is the built binary.
#
#   scripts/test-recipes.sh [PROGRAM]
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
program=$(realpath "${1:-target/release/poolwise}")
venv=$root/target/python

if ! command -v parallel > /dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    timeout 120 apt-get update -qq < /dev/null > /dev/null
    timeout 180 apt-get install -y -qq --no-install-recommends parallel < /dev/null > /dev/null
fi
if ! cmp -s scripts/python-requirements.txt "$venv/installed.txt"; then
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --timeout 30 \
        -r scripts/python-requirements.txt < /dev/null
    cp scripts/python-requirements.txt "$venv/installed.txt"
fi

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp scenarios/textbook/mm8.toml "$dir"
# The page's first example.
awk '/^```toml$/ { on = 1; next } /^```$/ && on { exit } on' docs/sweeps.md > "$dir/sweep.toml"
mkdir "$dir/bin"
ln -s "$program" "$dir/bin/poolwise"
cd "$dir"
export PATH=$dir/bin:$PATH PARALLEL_HOME=$dir
"$venv/bin/python" "$root/scripts/doc-blocks.py" "$root/docs/cluster.md" parallel bash -euo pipefail
for library in pandas polars duckdb; do
    "$venv/bin/python" "$root/scripts/doc-blocks.py" "$root/docs/sweeps.md" $library "$venv/bin/python" -
done
