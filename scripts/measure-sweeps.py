#!/usr/bin/env python3
"""Measures what sweeps cost: prints the lines that stand in docs/cluster.md. On a machine with nothing else to do.

    scripts/measure-sweeps.py [PROGRAM] [--large POINTS [--synthetic] [--latin] [--options N] [--replications N] [--into DIR]]

With --large only a sweep of so many points of an hour, one replication each, is planned, run, merged and reported on. With --synthetic only its first
point is simulated: the records of the others are those of the first, their values moved along the axes and by chance, so that a million points
take seconds. With --latin its points are a Latin hypercube of three axes instead of steps of one; with --options N, N options are compared.
"""

import argparse
import hashlib
import json
import os
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile
import time

root = pathlib.Path(__file__).resolve().parent.parent
ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ask.add_argument("program", nargs="?", default=root / "target/release/poolwise")
ask.add_argument("--large", type=int, metavar="POINTS")
ask.add_argument("--synthetic", action="store_true")
ask.add_argument("--latin", action="store_true")
ask.add_argument("--options", type=int, default=1, metavar="N")
ask.add_argument("--replications", type=int, default=1, metavar="N")
ask.add_argument("--into", metavar="DIR", help="keep the folder of the sweep here")
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


def latin(folder, points, options, replications):
    """A sweep of a Latin hypercube of three axes, over copies of one scenario."""
    folder = pathlib.Path(folder)
    names = [folder / f"option{k}.toml" for k in range(options)]
    for k, name in enumerate(names):
        name.write_text(f'extends = "{mm1}"\nname = "option{k}"\ntitle = "Option {k}"\n')
    text = f"""
scenarios = {json.dumps([str(name) for name in names])}
replications = {replications}
[design.latin_hypercube]
points = {points}
[set]
run.horizon = "1 h"
run.warm_up = "0 h"
[axis.rate]
path = "class.customer.rate"
unit = "per hour"
from = 20
to = 40
[axis.time]
path = "stage.service.service.time.exponential"
unit = "s"
from = 10
to = 60
[axis.seed]
path = "run.seed"
whole = true
from = 1
to = 1000000
"""
    path = folder / "large.toml"
    path.write_text(text)
    return path


def synthesize(out, points):
    """Records of all points, made from those of the first, as one shard."""
    plan = json.loads((out / "plan.json").read_text())
    name = hashlib.sha256((out / "plan.json").read_bytes()).hexdigest()
    [shard] = (out / "shards").glob("*.shard")
    head, _, body = shard.read_bytes().partition(b"\n")
    assert name in head.decode()
    measures = len(plan["measures"])
    form = struct.Struct("<IHIQ" + "Bdd" * measures)
    length = form.size + 8
    first = sorted(form.unpack(body[at : at + form.size]) for at in range(0, len(body), length))
    chance = random.Random(1)
    with open(shard, "ab") as file:
        for point in range(1, points):
            for record in first:
                _, scenario, replication, requests, *values = record
                moved = 1 + point / points + 0.1 * scenario + chance.gauss(0, 0.2)
                values[1::3] = [x * moved for x in values[1::3]]
                payload = form.pack(point, scenario, replication, requests, *values)
                file.write(payload + hashlib.sha256(payload).digest()[:8])


def large(points, folder):
    """Seconds and greatest memory of each step of a sweep of so many points, and what is in its folder."""
    out = pathlib.Path(folder) / "large"
    if asked.latin or asked.options > 1:
        path = latin(folder, points, asked.options, asked.replications)
    else:
        path = sweep(folder, "large", points, "1 h", asked.replications)
    some = ["--points", "0"] if asked.synthetic else []
    steps = {"plan": [], "run": some, "merge": ["--no-csv"], "report": ["--no-replications"]}
    for step, more in steps.items():
        wall, memory, _ = run("sweep", step, path, "--out", out, "--yes", *more)
        print(f"- {points:,} points, {step}: {wall:.0f} s and {memory:.0f} MiB", flush=True)
        if step == "run" and asked.synthetic:
            synthesize(out, points)
    for file in sorted(out.iterdir()):
        if file.is_file():
            print(f"  {file.name}: {file.stat().st_size:,} bytes")


if asked.large:
    if asked.into:
        pathlib.Path(asked.into).mkdir(parents=True, exist_ok=True)
        large(asked.large, asked.into)
    else:
        with tempfile.TemporaryDirectory() as into:
            large(asked.large, into)
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
