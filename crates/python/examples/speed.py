"""What a call costs, and how poolwise stands beside SimPy and Ciw on the reference workload. Measures; asserts nothing.

    python crates/python/examples/speed.py

SimPy and Ciw are used where they are installed (pip install simpy ciw).
"""

from __future__ import annotations

import csv
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import poolwise as pw
from poolwise import _core

ROOT = Path(__file__).resolve().parents[3]
NETWORK = ROOT / "scenarios" / "textbook" / "network.toml"
MM8 = ROOT / "scenarios" / "textbook" / "mm8.toml"
DAY = 24.0
ROUNDS = 12


def calls() -> None:
    """A call's own time: what is beside the simulation."""
    tiny = pw.load(MM8, set={"run.horizon": "1 h", "run.warm_up": "0 h", "run.replications": 1})
    spent = []
    for _ in range(200):
        begun = time.perf_counter()
        found = pw.run(tiny, theory=False, threads=1)
        spent.append(time.perf_counter() - begun - found.seconds)
    print(f"a call: {1e3 * statistics.median(spent):.3f} ms beside the study itself (median of 200)")


def thousand() -> None:
    """A thousand small scenarios: M/M/8 for a day, each with a rate of its own; against the engine's own time."""
    base = pw.load(MM8, set={"run.horizon": "1 day", "run.warm_up": "0 h", "run.replications": 1})
    rates = [30.0 + 13.0 * i / 1000 for i in range(1000)]
    begun = time.perf_counter()
    scenarios = [base.copy({"class.customer.rate": f"{rate} per hour"}, name=f"s{i}") for i, rate in enumerate(rates)]
    read = time.perf_counter() - begun
    engine = "the engine alone, on one thread"
    calls: dict[str, Callable[[], object]] = {
        engine: lambda: _core.engine_seconds([s._inner for s in scenarios], 1),
        "pw.run": lambda: pw.run(scenarios),
        "pw.run on one thread": lambda: pw.run(scenarios, threads=1),
        "pw.sample on one thread": lambda: pw.sample(scenarios, ["wait_mean_hours", "utilization"], threads=1),
        "a call of pw.run for each": lambda: [pw.run(s, threads=1) for s in scenarios],
    }
    spent = least(calls)
    print(f"1,000 scenarios of M/M/8 over a day, least of {ROUNDS} rounds; reading them, with a change each, took {read:.3f} s")
    for name, seconds in spent.items():
        print(f"  {name}: {seconds:.3f} s, {seconds / spent[engine]:.2f} times the engine's own time")
    found = pw.run(scenarios)
    begun = time.perf_counter()
    waits = [case["wait_mean_hours"].estimate for case in found.values()]
    print(f"  estimates of all {len(waits)}: {time.perf_counter() - begun:.3f} s more")
    base.set({"run.replications": 1000})
    many: dict[str, Callable[[], object]] = {
        engine: lambda: _core.engine_seconds([base._inner], 1000),
        "pw.run": lambda: pw.run(base, theory=False, threads=1),
    }
    spent = least(many)
    print(f"1,000 replications of one: {spent['pw.run']:.3f} s, {spent['pw.run'] / spent[engine]:.2f} times the engine's own time")


def least(calls: dict[str, Callable[[], object]]) -> dict[str, float]:
    """The least time of each over some rounds, in turn: what the allocator learns and what else the machine does falls on all alike."""
    spent = dict.fromkeys(calls, float("inf"))
    for _ in range(ROUNDS):
        for name, call in calls.items():
            begun = time.perf_counter()
            call()
            spent[name] = min(spent[name], time.perf_counter() - begun)
    return spent


def arrivals(profile: list[float], mean: float, until: float) -> list[float]:
    """Instants in hours of Poisson arrivals whose rate repeats by the hour of the week, by thinning."""
    most = max(profile)
    t, out = 0.0, []
    while True:
        t += random.expovariate(mean * most)
        if t >= until:
            return out
        if random.random() * most < profile[int(t) % len(profile)]:
            out.append(t)


def profile() -> list[float]:
    with open(NETWORK.parent / "network-profile.csv", newline="") as file:
        rates = [float(row["relative_rate"]) for row in csv.DictReader(file)]
    scale = len(rates) / sum(rates)
    return [rate * scale for rate in rates]


def central(days: int) -> tuple[list[float], float]:
    """Arrivals at the central centre of `network`, and how many there are in the mean."""
    mean = 0.3 * 1_500_000 / (52 * 7 * DAY)
    return arrivals(profile(), mean, days * DAY), mean


def simpy_central(days: int) -> int:
    """The central centre alone, in SimPy: 40 officers, lognormal services of 20 minutes, patience of 24 hours."""
    import math

    import simpy

    instants, _ = central(days)
    sigma = math.sqrt(math.log(2.0))
    mu = math.log(1 / 3) - sigma * sigma / 2
    env = simpy.Environment()
    desk = simpy.Resource(env, 40)

    def request():
        with desk.request() as turn:
            got = yield turn | env.timeout(random.expovariate(1 / 24))
            if turn in got:
                yield env.timeout(random.lognormvariate(mu, sigma))

    def source():
        before = 0.0
        for t in instants:
            yield env.timeout(t - before)
            before = t
            env.process(request())

    env.process(source())
    env.run(until=days * DAY)
    return len(instants)


def ciw_central(days: int) -> int:
    """The same in Ciw: 40 servers at a constant rate, as Ciw's own arrivals are."""
    import math

    import ciw

    sigma = math.sqrt(math.log(2.0))
    mu = math.log(1 / 3) - sigma * sigma / 2
    _, mean = central(0)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(mean)],
        service_distributions=[ciw.dists.Lognormal(mu, sigma)],
        reneging_time_distributions=[ciw.dists.Exponential(1 / 24)],
        number_of_servers=[40],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(days * DAY)
    return len(simulation.get_all_records())


def peers() -> None:
    """Requests a second: all 21 centres of `network` here, its central centre alone there."""
    one = pw.load(NETWORK, set={"run.horizon": "52 weeks", "run.warm_up": "0 h", "run.replications": 1})
    found = pw.run(one, theory=False, threads=1)
    ours = found["network"].requests / found.seconds
    print(f"network: poolwise {ours:,.0f} requests a second, on one thread")
    for name, simulate in (("SimPy", simpy_central), ("Ciw", ciw_central)):
        try:
            begun = time.perf_counter()
            requests = simulate(14)
            theirs = requests / (time.perf_counter() - begun)
        except ImportError:
            print(f"network: {name} is not installed (pip install {name.lower()})")
            continue
        print(f"network: {name} {theirs:,.0f} requests a second: poolwise is {ours / theirs:,.0f} times as fast")


if __name__ == "__main__":
    random.seed(1)
    calls()
    thousand()
    peers()
