//! The workloads in desque, tuned: one merged stream of arrivals, and patience is looked at when an officer is free
//! instead of with an event of its own.

use desque::serial::{Event, Simulation};
use desque::{Result, SimState, SimTime};
use peers::{CENTRES, END, HOUR, Draws, Sums, cpu, level, print_mm8, print_network};
use std::cmp::Ordering;
use std::collections::VecDeque;

#[derive(Copy, Clone, Debug, PartialEq, PartialOrd)]
struct Time(f64);
impl Eq for Time {}
impl Ord for Time {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}
impl SimTime for Time {}

/// A centre: officers, and those who wait with the instants of arrival and of the end of patience.
#[derive(Default)]
struct Centre {
    level: usize,
    busy: usize,
    queue: VecDeque<(f64, f64)>,
    sums: Sums,
}

struct World {
    draws: Draws,
    centres: Vec<Centre>,
    requests: u64,
    network: bool,
}

impl SimState<Time> for World {
    fn is_complete(&self, now: &Time) -> bool {
        now.0 >= END
    }
}

type Sim = Simulation<World, Time>;

impl World {
    fn service(&mut self) -> f64 {
        if self.network { self.draws.service() } else { self.draws.exponential(600.0) }
    }
}

#[derive(Debug)]
struct Arrival;
impl Event<World, Time> for Arrival {
    fn execute(&mut self, sim: &mut Sim) -> Result {
        let now = sim.current_time().0;
        let world = sim.state_mut();
        world.requests += 1;
        let (next, c, gives_up) = if world.network {
            let next = world.draws.next_arrival(now);
            (next, world.draws.centre(), now + world.draws.patience())
        } else {
            (now + world.draws.exponential(HOUR / 43.2), 0, f64::INFINITY)
        };
        let centre = &mut world.centres[c];
        if centre.busy < centre.level {
            centre.busy += 1;
            centre.sums.serve(now, 0.0);
            let end = now + world.service();
            sim.schedule(Departure(c), Time(end))?;
        } else {
            centre.queue.push_back((now, gives_up));
        }
        sim.schedule(Self, Time(next))
    }
}

/// Officers of a centre take up who waits and has patience left.
fn serve(sim: &mut Sim, c: usize) -> Result {
    let now = sim.current_time().0;
    loop {
        let world = sim.state_mut();
        let centre = &mut world.centres[c];
        if centre.busy >= centre.level {
            return Ok(());
        }
        let Some((arrived, gives_up)) = centre.queue.pop_front() else { return Ok(()) };
        if gives_up < now {
            centre.sums.leave(now);
            continue;
        }
        centre.busy += 1;
        centre.sums.serve(now, now - arrived);
        let end = now + world.service();
        sim.schedule(Departure(c), Time(end))?;
    }
}

#[derive(Debug)]
struct Departure(usize);
impl Event<World, Time> for Departure {
    fn execute(&mut self, sim: &mut Sim) -> Result {
        sim.state_mut().centres[self.0].busy -= 1;
        serve(sim, self.0)
    }
}

#[derive(Debug)]
struct Levels;
impl Event<World, Time> for Levels {
    fn execute(&mut self, sim: &mut Sim) -> Result {
        let now = sim.current_time().0;
        for c in 0..CENTRES {
            sim.state_mut().centres[c].level = level(c, now);
            serve(sim, c)?;
        }
        sim.schedule(Self, Time(now + HOUR))
    }
}

fn run(network: bool) -> Sim {
    let n = if network { CENTRES } else { 1 };
    let mut world = World {
        draws: Draws::new(1),
        centres: (0..n).map(|_| Centre { level: 8, ..Centre::default() }).collect(),
        requests: 0,
        network,
    };
    let first = if network { world.draws.next_arrival(0.0) } else { world.draws.exponential(HOUR / 43.2) };
    let mut sim = Simulation::new(world, Time(0.0));
    if network {
        sim.schedule(Levels, Time(0.0)).unwrap();
    }
    sim.schedule(Arrival, Time(first)).unwrap();
    sim.run().unwrap();
    sim
}

fn main() {
    let before = cpu();
    let sim = run(true);
    let spent = cpu() - before;
    let sums: Vec<Sums> = sim.state().centres.iter().map(|c| c.sums.clone()).collect();
    print_network("desque, tuned", sim.state().requests, spent, &sums);
    let before = cpu();
    let sim = run(false);
    print_mm8("desque, tuned", sim.state().requests, cpu() - before, &sim.state().centres[0].sums);
}
