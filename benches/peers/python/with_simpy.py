"""The workloads in SimPy: a process for each request, a resource for each centre."""

import random
import sys

import simpy

from common import (CENTRES, MM8, PATIENCE, SERVICE, WARM_UP, Sums, cpu, level, next_arrival, show_mm8,
                    show_network)


class Centre:
    def __init__(self, env):
        self.officers = simpy.Resource(env, capacity=8)
        self.sums = Sums()
        self.requests = 0


def request(env, centre):
    arrived = env.now
    with centre.officers.request() as turn:
        yield turn | env.timeout(random.expovariate(1 / PATIENCE))
        if not turn.triggered:
            centre.sums.leave(env.now)
            return
        centre.sums.serve(env.now, env.now - arrived)
        yield env.timeout(random.lognormvariate(*SERVICE))


def arrivals(env, number, centre):
    while True:
        yield env.timeout(next_arrival(number, env.now) - env.now)
        centre.requests += 1
        env.process(request(env, centre))


def levels(env, centres):
    """SimPy's resources keep their capacity; changing it takes two of their private names."""
    while True:
        for number, centre in enumerate(centres):
            centre.officers._capacity = level(number, round(env.now))
            centre.officers._trigger_put(None)
        yield env.timeout(1)


def network(weeks):
    env = simpy.Environment()
    centres = [Centre(env) for _ in range(CENTRES)]
    env.process(levels(env, centres))
    for number, centre in enumerate(centres):
        env.process(arrivals(env, number, centre))
    env.run(until=WARM_UP + weeks * 168)
    return centres


def customer(env, desk):
    arrived = env.now
    with desk.officers.request() as turn:
        yield turn
        desk.sums.serve(env.now, env.now - arrived)
        yield env.timeout(random.expovariate(1 / MM8[1]))


def customers(env, desk):
    while True:
        yield env.timeout(random.expovariate(MM8[0]))
        desk.requests += 1
        env.process(customer(env, desk))


def mm8(weeks):
    env = simpy.Environment()
    desk = Centre(env)
    env.process(customers(env, desk))
    env.run(until=WARM_UP + weeks * 168)
    return desk


random.seed(1)
for workload, weeks in zip(("network", "mm8"), map(int, sys.argv[1:])):
    before = cpu()
    if workload == "network":
        found = network(weeks)
        show_network("SimPy", sum(c.requests for c in found), cpu() - before, [c.sums for c in found])
    else:
        found = mm8(weeks)
        show_mm8("SimPy", found.requests, cpu() - before, found.sums)
