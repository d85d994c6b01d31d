"""What the Python peers share: the numbers of the two systems, and the line they print. Times in hours."""

import json
import math
import random
import time

CENTRES = 21
WARM_UP = 168.0


def shape(hour):
    day = 1 + 0.6 * math.sin(math.tau * (hour % 24 - 9) / 24)
    return day * 0.55 if hour >= 120 else day


MEAN_SHAPE = sum(map(shape, range(168))) / 168
# Arrivals an hour by hour of the week.
RATES = [1_500_000 / 8760 * shape(hour) / MEAN_SHAPE for hour in range(168)]
SHARES = [0.3] + [0.035] * 20
# Lognormal service, mean 20 min, CV 1: mean and deviation of its logarithm.
SERVICE = (math.log(1 / 3) - math.log(2) / 2, math.sqrt(math.log(2)))
PATIENCE = 24.0
# M/M/8: customers an hour, mean service.
MM8 = (43.2, 1 / 6)


def level(centre, hour):
    """Officers of a centre in an hour of the week."""
    day, hour = divmod(hour % 168, 24)
    if centre == 0:
        return 30 if hour < 8 else 40
    return 8 if day < 5 and 6 <= hour < 22 else 2


def next_arrival(centre, now):
    """The next arrival at a centre after `now`; the rate holds for an hour."""
    while True:
        hour = int(now)
        now += random.expovariate(SHARES[centre] * RATES[hour % 168])
        if now < hour + 1:
            return now
        now = float(hour + 1)


class Sums:
    def __init__(self):
        self.served = self.delayed = self.left = 0
        self.waited = 0.0

    def serve(self, now, waited):
        if now >= WARM_UP:
            self.served += 1
            self.delayed += waited > 1e-12
            self.waited += waited

    def leave(self, now):
        self.left += now >= WARM_UP


def show(peer, workload, requests, seconds, answers):
    line = {"peer": peer, "workload": workload, "requests": requests, "seconds": seconds, "answers": answers}
    print(json.dumps(line), flush=True)


def show_network(peer, requests, seconds, centres):
    served = [c.served for c in centres]
    left = sum(c.left for c in centres)
    show(peer, "network", requests, seconds, {
        "left": left / (left + sum(served)),
        "local": sum(c.waited for c in centres[1:]) / sum(served[1:]),
        "big": centres[0].waited / served[0],
    })


def show_mm8(peer, requests, seconds, sums):
    show(peer, "mm8", requests, seconds, {
        "p_wait": sums.delayed / sums.served,
        "wait": sums.waited / sums.served / MM8[1],
    })


def cpu():
    return time.process_time()
