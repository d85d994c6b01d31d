"""The workloads in Ciw. Its schedules send a whole new crew at each change, and who is busy finishes on top of it:
a little more capacity than by count, so a little less waiting."""

import math
import sys

import ciw

from common import (CENTRES, MM8, PATIENCE, SERVICE, WARM_UP, Sums, cpu, level, next_arrival, show_mm8,
                    show_network)


class Arrivals(ciw.dists.Distribution):
    """Gaps of a Poisson process with a rate by hour of the week."""

    def __init__(self, centre):
        self.centre = centre

    def sample(self, t=None, ind=None):
        return next_arrival(self.centre, t) - t


def schedule(centre):
    """The levels of a week, each until the hour at which it changes."""
    numbers, ends = [], []
    for hour in range(168):
        if hour and level(centre, hour) == numbers[-1]:
            ends[-1] = hour + 1
        else:
            numbers.append(level(centre, hour))
            ends.append(hour + 1)
    return ciw.Schedule(numbers_of_servers=numbers, shift_end_dates=ends, preemption=False)


def network():
    return ciw.create_network(
        arrival_distributions=[Arrivals(c) for c in range(CENTRES)],
        service_distributions=[ciw.dists.Lognormal(*SERVICE)] * CENTRES,
        reneging_time_distributions=[ciw.dists.Exponential(1 / PATIENCE)] * CENTRES,
        number_of_servers=[schedule(c) for c in range(CENTRES)],
        routing=[[0.0] * CENTRES] * CENTRES,
    )


def mm8():
    return ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(MM8[0])],
        service_distributions=[ciw.dists.Exponential(1 / MM8[1])],
        number_of_servers=[8],
    )


def run(system, weeks):
    """Requests, processor time, and each node's sums."""
    before = cpu()
    ciw.seed(1)
    simulation = ciw.Simulation(system)
    simulation.simulate_until_max_time(WARM_UP + weeks * 168)
    sums = [Sums() for _ in range(system.number_of_nodes)]
    records = simulation.get_all_records(only=["service", "renege"])
    for record in records:
        centre = sums[record.node - 1]
        if record.record_type == "renege":
            centre.leave(record.exit_date)
        else:
            centre.serve(record.service_start_date, record.waiting_time)
    assert all(math.isfinite(s.waited) for s in sums)
    return len(records), cpu() - before, sums


for workload, weeks in zip(("network", "mm8"), map(int, sys.argv[1:])):
    if workload == "network":
        show_network("Ciw", *run(network(), weeks))
    else:
        requests, seconds, sums = run(mm8(), weeks)
        show_mm8("Ciw", requests, seconds, sums[0])
