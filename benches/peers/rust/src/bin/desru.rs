//! The workloads in desru: closures that schedule closures, and a state that they share.

use desru::{Event, EventScheduler};
use peers::{CENTRES, END, HOUR, Draws, Sums, cpu, level, print_mm8, print_network};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

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

type Shared = Rc<RefCell<World>>;

fn at(scheduler: &mut EventScheduler, time: f64, mut what: impl FnMut(&mut EventScheduler) + 'static) {
    let action = move |s: &mut EventScheduler| {
        what(s);
        None
    };
    scheduler.schedule(Event::new(time, Some(Box::new(action)), None));
}

impl World {
    fn service(&mut self) -> f64 {
        if self.network { self.draws.service() } else { self.draws.exponential(600.0) }
    }
}

fn arrival(s: &mut EventScheduler, world: &Shared) {
    let now = s.current_time;
    let (next, begins) = {
        let mut w = world.borrow_mut();
        w.requests += 1;
        let (next, c, gives_up) = if w.network {
            (w.draws.next_arrival(now), w.draws.centre(), now + w.draws.patience())
        } else {
            (now + w.draws.exponential(HOUR / 43.2), 0, f64::INFINITY)
        };
        let centre = &mut w.centres[c];
        if centre.busy < centre.level {
            centre.busy += 1;
            centre.sums.serve(now, 0.0);
            (next, Some((c, now + w.service())))
        } else {
            centre.queue.push_back((now, gives_up));
            (next, None)
        }
    };
    if let Some((c, end)) = begins {
        let w = Rc::clone(world);
        at(s, end, move |s| departure(s, &w, c));
    }
    let w = Rc::clone(world);
    at(s, next, move |s| arrival(s, &w));
}

fn serve(s: &mut EventScheduler, world: &Shared, c: usize) {
    let now = s.current_time;
    loop {
        let end = {
            let mut w = world.borrow_mut();
            let centre = &mut w.centres[c];
            if centre.busy >= centre.level {
                return;
            }
            let Some((arrived, gives_up)) = centre.queue.pop_front() else { return };
            if gives_up < now {
                centre.sums.leave(now);
                continue;
            }
            centre.busy += 1;
            centre.sums.serve(now, now - arrived);
            now + w.service()
        };
        let w = Rc::clone(world);
        at(s, end, move |s| departure(s, &w, c));
    }
}

fn departure(s: &mut EventScheduler, world: &Shared, c: usize) {
    world.borrow_mut().centres[c].busy -= 1;
    serve(s, world, c);
}

fn levels(s: &mut EventScheduler, world: &Shared) {
    let now = s.current_time;
    for c in 0..CENTRES {
        world.borrow_mut().centres[c].level = level(c, now);
        serve(s, world, c);
    }
    let w = Rc::clone(world);
    at(s, now + HOUR, move |s| levels(s, &w));
}

fn run(network: bool) -> World {
    let n = if network { CENTRES } else { 1 };
    let mut draws = Draws::new(1);
    let first = if network { draws.next_arrival(0.0) } else { draws.exponential(HOUR / 43.2) };
    let centres = (0..n).map(|_| Centre { level: 8, ..Centre::default() }).collect();
    let world = Rc::new(RefCell::new(World { draws, centres, requests: 0, network }));
    let mut s = EventScheduler::new();
    if network {
        let w = Rc::clone(&world);
        at(&mut s, 0.0, move |s| levels(s, &w));
    }
    let w = Rc::clone(&world);
    at(&mut s, first, move |s| arrival(s, &w));
    // No log of events: it would hold all of them in memory.
    s.run(Box::new(|s: &EventScheduler| s.current_time >= END), Some(Box::new(|_, _| false)));
    drop(s);
    Rc::into_inner(world).expect("nothing else is left").into_inner()
}

fn main() {
    let before = cpu();
    let world = run(true);
    let spent = cpu() - before;
    let sums: Vec<Sums> = world.centres.iter().map(|c| c.sums.clone()).collect();
    print_network("desru", world.requests, spent, &sums);
    let before = cpu();
    let world = run(false);
    print_mm8("desru", world.requests, cpu() - before, &world.centres[0].sums);
}
