//! The workloads in desque: a state, and one event type for each thing that happens. An event cannot be taken
//! back, so the end of a patience looks whether its request still waits.

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

/// A centre: officers, and the requests that wait, by number and arrival, in the order of both.
#[derive(Default)]
struct Centre {
    level: usize,
    busy: usize,
    queue: VecDeque<(u64, f64)>,
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

/// A request reaches its centre.
#[derive(Debug)]
struct Arrival(usize);
impl Event<World, Time> for Arrival {
    fn execute(&mut self, sim: &mut Sim) -> Result {
        let (now, c) = (sim.current_time().0, self.0);
        let world = sim.state_mut();
        world.requests += 1;
        let number = world.requests;
        let (next, patience) = if world.network {
            (world.draws.next_arrival_at(c, now), Some(world.draws.patience()))
        } else {
            (now + world.draws.exponential(HOUR / 43.2), None)
        };
        world.centres[c].queue.push_back((number, now));
        serve(sim, c)?;
        let waits = sim.state().centres[c].queue.back().is_some_and(|last| last.0 == number);
        if let (true, Some(patience)) = (waits, patience) {
            sim.schedule(GivesUp(c, number), Time(now + patience))?;
        }
        sim.schedule(Self(c), Time(next))
    }
}

/// Free officers of a centre take up who waits.
fn serve(sim: &mut Sim, c: usize) -> Result {
    let now = sim.current_time().0;
    loop {
        let world = sim.state_mut();
        let centre = &mut world.centres[c];
        if centre.busy >= centre.level {
            return Ok(());
        }
        let Some((_, arrived)) = centre.queue.pop_front() else { return Ok(()) };
        centre.busy += 1;
        centre.sums.serve(now, now - arrived);
        let time = if world.network { world.draws.service() } else { world.draws.exponential(600.0) };
        sim.schedule(Departure(c), Time(now + time))?;
    }
}

/// A service ends.
#[derive(Debug)]
struct Departure(usize);
impl Event<World, Time> for Departure {
    fn execute(&mut self, sim: &mut Sim) -> Result {
        sim.state_mut().centres[self.0].busy -= 1;
        serve(sim, self.0)
    }
}

/// A patience ends.
#[derive(Debug)]
struct GivesUp(usize, u64);
impl Event<World, Time> for GivesUp {
    fn execute(&mut self, sim: &mut Sim) -> Result {
        let now = sim.current_time().0;
        let centre = &mut sim.state_mut().centres[self.0];
        if let Ok(at) = centre.queue.binary_search_by_key(&self.1, |waiting| waiting.0) {
            centre.queue.remove(at);
            centre.sums.leave(now);
        }
        Ok(())
    }
}

/// Levels change with the hour.
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
    let centres = (0..n).map(|_| Centre { level: 8, ..Centre::default() }).collect();
    let world = World { draws: Draws::new(1), centres, requests: 0, network };
    let mut sim = Simulation::new(world, Time(0.0));
    if network {
        sim.schedule(Levels, Time(0.0)).unwrap();
    }
    for c in 0..n {
        let draws = &mut sim.state_mut().draws;
        let first = if network { draws.next_arrival_at(c, 0.0) } else { draws.exponential(HOUR / 43.2) };
        sim.schedule(Arrival(c), Time(first)).unwrap();
    }
    sim.run().unwrap();
    sim
}

fn main() {
    let before = cpu();
    let sim = run(true);
    let spent = cpu() - before;
    let sums: Vec<Sums> = sim.state().centres.iter().map(|c| c.sums.clone()).collect();
    print_network("desque", sim.state().requests, spent, &sums);
    let before = cpu();
    let sim = run(false);
    print_mm8("desque", sim.state().requests, cpu() - before, &sim.state().centres[0].sums);
}
