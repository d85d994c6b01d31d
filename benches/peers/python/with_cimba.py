"""The workloads in Cimba through its Python package: compiled processes, one for each request of `network` (its
patience is a timer), one for each officer of `mm8`."""

import sys

import cimba as cb
from cimba import random

from common import (CENTRES, MM8, PATIENCE, RATES, SERVICE, SHARES, WARM_UP, Sums, cpu, level, show_mm8, show_network)

MU, SIGMA = SERVICE
CUSTOMERS, MEAN_SERVICE = MM8
TIRED = 7


class Centre(cb.Model):
    officers: cb.Resource
    rates: cb.Array[float]
    levels: cb.Array[int]
    requests: cb.Output[int]
    served: cb.Output[int]
    left: cb.Output[int]
    waited: cb.Output[float]

    @cb.on_start
    def begin(self):
        self.waited = 0.0

    @cb.process
    def arrivals(self):
        now = 0.0
        while True:
            hour = int(now)
            now += random.exponential(1.0 / self.rates[hour % 168])
            if now >= hour + 1:
                now = float(hour + 1)
                continue
            cb.hold(now - cb.now())
            self.requests += 1
            cb.spawn(Request, centre=self)

    @cb.process(priority=1)
    def shifts(self):
        hour = 0
        while True:
            self.officers.set_capacity(self.levels[hour % 168])
            hour += 1
            cb.hold(hour - cb.now())


class Request(cb.Model):
    centre: cb.Ref[Centre]

    @cb.process
    def live(self):
        arrived = cb.now()
        me = cb.this_process()
        me.timer_set(random.exponential(PATIENCE), TIRED)
        if self.centre.officers.acquire() == TIRED:
            if cb.now() >= WARM_UP:
                self.centre.left += 1
        else:
            me.timers_clear()
            if cb.now() >= WARM_UP:
                self.centre.served += 1
                self.centre.waited += cb.now() - arrived
            cb.hold(random.lognormal(MU, SIGMA))
            self.centre.officers.release()
        cb.release(self)


class Network(cb.Model):
    centres: list[Centre]


class Eight(cb.Model):
    queue: cb.Store[float]
    requests: cb.Output[int]
    served: cb.Output[int]
    delayed: cb.Output[int]
    waited: cb.Output[float]

    @cb.on_start
    def begin(self):
        self.waited = 0.0

    @cb.process
    def customers(self):
        while True:
            cb.hold(random.exponential(1.0 / CUSTOMERS))
            self.requests += 1
            self.queue.put(cb.now())

    @cb.process(copies=8)
    def officer(self):
        while True:
            arrived = self.queue.get()
            if cb.now() >= WARM_UP:
                self.served += 1
                self.waited += cb.now() - arrived
                if cb.now() > arrived:
                    self.delayed += 1
            cb.hold(random.exponential(MEAN_SERVICE))


def run(model, weeks):
    """Results and processor time; the first, short run compiles."""
    for hours in (24.0, WARM_UP + weeks * 168):
        before = cpu()
        window = cb.Window(warmup=0.0, duration=hours)
        results = cb.Experiment(model, replications=1, window=window, seed=1).run(workers=1)
    return results, cpu() - before


def value(results, model, name):
    return getattr(results[model], name)[0][0].item()


def sums(results, model, names):
    it = Sums()
    for name in names:
        setattr(it, name, value(results, model, name))
    return it


for workload, weeks in zip(("network", "mm8"), map(int, sys.argv[1:])):
    if workload == "network":
        model = Network()
        model.centres = []
        for c in range(CENTRES):
            centre = Centre()
            centre.rates = cb.Array([SHARES[c] * rate for rate in RATES])
            centre.levels = cb.Array([level(c, hour) for hour in range(168)])
            model.centres = model.centres + [centre]
        results, seconds = run(model, weeks)
        found = [sums(results, c, ("served", "left", "waited")) for c in model.centres]
        show_network("Cimba (Python)", sum(int(value(results, c, "requests")) for c in model.centres), seconds, found)
    else:
        model = Eight()
        results, seconds = run(model, weeks)
        found = sums(results, model, ("served", "delayed", "waited"))
        show_mm8("Cimba (Python)", int(value(results, model, "requests")), seconds, found)
