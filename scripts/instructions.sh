#!/usr/bin/env bash
# Instruction counts of benches/instructions.rs against benches/instructions.txt: steady where times are not. Fails
# if one differs by more than TOLERANCE percent, up or down: a gain is committed too. Counts belong to a compiler
# and a kind of machine; on others they are shown, not compared. Needs valgrind (installed from Debian if missing,
# with root; without, skipped) and gungraun's runner of exactly the crate's version (built under target/).
#
#   scripts/instructions.sh             compare
#   scripts/instructions.sh --update    write the baseline anew
set -euo pipefail
cd "$(dirname "$0")/.."
TOLERANCE=1
baseline=benches/instructions.txt
# Counts are of the profile in Cargo.toml and of a processor that every machine has.
unset CARGO_PROFILE_RELEASE_CODEGEN_UNITS CARGO_PROFILE_RELEASE_INCREMENTAL CARGO_PROFILE_RELEASE_DEBUG RUSTFLAGS
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")

if ! command -v valgrind > /dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
            valgrind libc6-dbg; } > /dev/null 2>&1 || true
    fi
    if ! command -v valgrind > /dev/null; then
        echo "SKIPPED: instruction counts take valgrind, which is not here and cannot be installed" >&2
        exit 0
    fi
fi

version=$(sed -n 's/^gungraun = "=\(.*\)"/\1/p' Cargo.toml)
tools=$target/tools
if [ "$("$tools/bin/gungraun-runner" --version 2> /dev/null | grep -o '[0-9.]*$')" != "$version" ]; then
    # It only starts valgrind and reads what it wrote, so it need not be fast, only soon there.
    CARGO_PROFILE_DEV_DEBUG=0 CARGO_TARGET_DIR=$tools/build cargo install --debug --quiet --locked \
        --root "$tools" gungraun-runner --version "=$version"
fi

here="rustc $(rustc -vV | sed -n 's/^commit-hash: //p') $(rustc -vV | sed -n 's/^host: //p')"
found=$(mktemp)
rm -rf "$target/gungraun"
trap 'rm -f "$found"' EXIT
GUNGRAUN_RUNNER=$tools/bin/gungraun-runner GUNGRAUN_HOME=$target/gungraun CARGO_TARGET_DIR=$target \
    cargo bench --quiet --bench instructions -- --output-format=json > "$found"

python3 - "$found" "$baseline" "$here" "$TOLERANCE" "${1:-}" << 'EOF'
import json
import sys

found, baseline, here, tolerance, mode = sys.argv[1:]
counts, decoder, text = {}, json.JSONDecoder(), open(found).read()
at = 0
while text[at:].strip():
    at += len(text[at:]) - len(text[at:].lstrip())
    summary, at = decoder.raw_decode(text, at)
    name = summary["function_name"] + (f" {summary['id']}" if summary.get("id") else "")
    callgrind = next(p for p in summary["profiles"] if p["tool"].lower() == "callgrind")
    counts[name] = int(callgrind["data"]["total"]["metrics"]["Ir"]["values"]["new"])
if not counts:
    sys.exit("no instruction counts were found")
if mode == "--update":
    with open(baseline, "w") as out:
        out.write(f"{here}\n")
        out.writelines(f"{name}: {count}\n" for name, count in counts.items())
    print(f"{baseline} written: {len(counts)} counts")
    sys.exit()
lines = open(baseline).read().splitlines()
known = {name: int(count) for name, count in (line.rsplit(": ", 1) for line in lines[1:])}
comparable = lines[0] == here
wrong = []
print(f"{'instructions':24}{'baseline':>15}{'here':>15}{'%':>8}")
for name in {**known, **counts}:
    old, new = known.get(name), counts.get(name)
    percent = (new / old - 1) * 100 if old and new else None
    shown = f"{percent:+.2f}" if percent is not None else "missing"
    print(f"{name:24}{old or '-':>15}{new or '-':>15}{shown:>8}")
    if percent is None or abs(percent) > float(tolerance):
        wrong.append(name)
if not comparable:
    print(f"NOT COMPARED: the baseline is of {lines[0]}; here is {here}", file=sys.stderr)
elif wrong:
    sys.exit(f"off by more than {tolerance} %: {', '.join(wrong)}; if that is meant: scripts/instructions.sh --update")
EOF
