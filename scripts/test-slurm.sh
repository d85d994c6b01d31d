#!/usr/bin/env bash
# Proof on a real Slurm of two nodes: a sweep of 200 points, one node killed half way, what is missing
# submitted again, and the merged files equal to those of one machine, byte for byte. Needs root; about a
# minute. PROGRAM is the built binary.
#
#   scripts/test-slurm.sh [PROGRAM]
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "${1:-target/release/poolwise}")
sweep=$PWD/tests/cluster/two-hundred.toml
shards=20

if [ "$(id -u)" != 0 ]; then
    echo "SKIPPED: a cluster takes root to start" >&2
    exit 0
fi

dir=$(mktemp -d)
chmod 755 "$dir"
out=$dir/cluster
finish() {
    code=$?
    if [ "$code" != 0 ]; then
        echo "--- the queue and the nodes" >&2
        timeout 5 squeue >&2 || true
        timeout 5 sinfo -N >&2 || true
        for log in "$dir"/slurm/*.log "$out"/slurm/*.log; do
            echo "--- $log" >&2
            tail -5 "$log" >&2 || true
        done
    fi
    scripts/slurm-two-nodes.sh stop "$dir/slurm" || true
    rm -rf "$dir"
    exit "$code"
}
trap finish EXIT

say() { echo "slurm, ${SECONDS} s: $*"; }
fail() { echo "slurm: FAILED: $*" >&2; exit 1; }
status() { "$program" sweep status "$sweep" --out "$out" --quiet "$@"; }

# Waits, at most 200 seconds, until a command succeeds.
wait_until() {
    for _ in $(seq 1000); do
        if "$@"; then return; fi
        sleep 0.2
    done
    fail "waited too long for: $*"
}
queue_empty() { [ -z "$(timeout 5 squeue -h 2> /dev/null || echo '?')" ]; }
half_done() { [ "$(ls "$out"/shards/*.shard 2> /dev/null | wc -l)" -ge 9 ]; }

# A shard that has only just begun is not finished when its node dies: so the node is killed as soon as a program
# runs there that did not a moment before.
shard_just_begun() {
    local seen=$running
    running=$(scripts/slurm-two-nodes.sh running "$dir/slurm" n2 "$(basename "$program")" | sort)
    [ -n "$(comm -13 <(echo "$seen") <(echo "$running"))" ]
}

say "starting two nodes"
scripts/slurm-two-nodes.sh start "$dir/slurm"
export SLURM_CONF=$dir/slurm/slurm.conf

say "200 points in $shards shards"
"$program" sweep submit "$sweep" --slurm --shards $shards --out "$out" -- --no-requeue
wait_until half_done
running=$(scripts/slurm-two-nodes.sh running "$dir/slurm" n2 "$(basename "$program")" | sort)
wait_until shard_just_begun
scripts/slurm-two-nodes.sh kill-node "$dir/slurm" n2
say "killed a node; $(status | head -1)"
wait_until queue_empty

code=0
status > "$dir/status" || code=$?
[ "$code" = 3 ] || fail "something should be missing (exit code 3), but the exit code is $code"
missing=$(status --array --shards $shards || true)
say "missing after the crash: shards $missing"
grep -q "points are not finished" "$out"/slurm/merge_*.log || fail "the merge job should have refused the gaps"
[ ! -e "$out/results.parquet" ] || fail "there should be no results yet"

scripts/slurm-two-nodes.sh start-node "$dir/slurm" n2
again=$("$program" sweep submit "$sweep" --slurm --shards $shards --out "$out")
say "$again"
grep -q "shards ($missing)" <<< "$again" || fail "only what is missing should be submitted again"
wait_until queue_empty
status > /dev/null || fail "all should be finished"
[ -e "$out/results.parquet" ] || fail "the merge job should have written results"

say "the same sweep on one machine"
"$program" sweep "$sweep" --out "$dir/local" --quiet > /dev/null
for file in plan.json points.csv results.csv results.parquet; do
    cmp "$dir/local/$file" "$out/$file" || fail "$file differs"
done
nodes=$(sed -n 's/.*NodeList=\(n[12]\)[^0-9].*/\1/p' "$dir"/slurm/slurmctld.log | sort -u | tr '\n' ' ')
for node in n1 n2; do
    grep -q "NodeList=$node" "$dir/slurm/slurmctld.log" || fail "$node should have had work"
done
say "equal byte for byte; nodes that worked: $nodes"
