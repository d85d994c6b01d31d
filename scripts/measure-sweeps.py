#!/usr/bin/env python3
"""Measures what sweeps cost: prints the lines that stand in docs/cluster.md. On a machine with nothing else to do.

    scripts/measure-sweeps.py [PROGRAM] [--large POINTS]

With --large only a synthetic sweep of so many points of an hour, one replication each, is planned, run, merged and reported on.
"""

import argparse

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

root = pathlib.Path(__file__).resolve().parent.parent
ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ask.add_argument("program", nargs="?", default=root / "target/release/poolwise")
ask.add_argument("--large", type=int, metavar="POINTS")
asked = ask.parse_args()
program = pathlib.Path(asked.program).resolve()
mm1 = root / "scenarios/textbook/mm1.toml"


def run(*args):
    """Wall seconds, greatest resident MiB, and what it said."""
    with tempfile.TemporaryFile("w+") as said:
        begun = time.perf_counter()
        child = subprocess.Popen([program, *map(str, args)], stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - begun
        said.seek(0)
        text = said.read()
    if status != 0:
        sys.exit(f"{args}: {text}")
    return wall, usage.ru_maxrss / 1024, text


def sweep(folder, name, points, horizon, replications=1):
    text = f"""
scenarios = ["{mm1}"]
replications = {replications}
[set]
run.horizon = "{horizon}"
run.warm_up = "0 h"
[axis.rate]
path = "class.customer.rate"
unit = "per hour"
from = 20
to = 40
steps = {points}
"""
    path = pathlib.Path(folder) / f"{name}.toml"
    path.write_text(text)
    return path


def large(points):
    """Seconds and greatest memory of each step of a sweep of so many points."""
    with tempfile.TemporaryDirectory() as folder:
        path, out = sweep(folder, "large", points, "1 h"), pathlib.Path(folder) / "large"
        steps = {"plan": [], "run": [], "merge": ["--no-csv"], "report": ["--no-replications"]}
        for step, more in steps.items():
            wall, memory, _ = run("sweep", step, path, "--out", out, "--yes", *more)
            print(f"- {points:,} points, {step}: {wall:.0f} s and {memory:.0f} MiB", flush=True)


if asked.large:
    large(asked.large)
    sys.exit()

with tempfile.TemporaryDirectory() as folder:
    out = pathlib.Path(folder)

    plan = sweep(folder, "plan", 10_000, "1 week")
    wall, memory, _ = min(run("sweep", "plan", plan, "--out", out / f"p{i}") for i in range(3))
    print(f"- a plan of 10,000 points takes {wall:.2f} s and {memory:.0f} MiB")

    tenth = sweep(folder, "tenth", 60, "100 weeks")
    shares = []
    for i in range(3):
        _, _, said = run("sweep", "run", tenth, "--out", out / f"o{i}", "--threads", 1, "--verbose")
        shares.append(float(re.search(r"([\d.]+) % of the threads", said)[1]))
    print(f"- overhead with points of about 0.1 s: {100 - max(shares):.2f} % (the rest is simulation itself)")

    # The least of each: what else the machine did only ever adds.
    walls = {1: [], 2: []}
    for i in range(6):
        for threads, of in walls.items():
            wall, *_ = run("sweep", "run", tenth, "--out", out / f"t{threads}-{i}", "--threads", threads)
            of.append(wall)
    print(f"- two threads are {min(walls[1]) / min(walls[2]):.2f} times as fast as one")

    sizes = []
    for points in (100, 1_000, 10_000):
        path = sweep(folder, f"flat{points}", points, "1 day", 2)
        _, running, _ = run("sweep", "run", path, "--out", out / f"flat{points}")
        _, merging, _ = run("sweep", "merge", path, "--out", out / f"flat{points}")
        _, whole, _ = run("sweep", path, "--out", out / f"flat{points}")
        sizes.append(f"{points:,} points {running:.0f}, {merging:.0f} and {whole:.0f} MiB")
    print(f"- greatest memory while running, merging, and of all with the report: {'; '.join(sizes)}")
