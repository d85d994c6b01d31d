//! The workloads in nexosim: a model that sends requests, and one for each centre, joined by ports.

use nexosim::model::{Context, Model, schedulable};
use nexosim::ports::{Output, QuerySource};
use nexosim::simulation::{Mailbox, QueryId, SimInit};
use nexosim::time::MonotonicTime;
use peers::{CENTRES, END, HOUR, Draws, Sums, cpu, level, print_mm8, print_network};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::time::Duration;

fn seconds(cx: &Context<impl Model>) -> f64 {
    let t = cx.time();
    t.as_secs() as f64 + f64::from(t.subsec_nanos()) * 1e-9
}

/// Sends requests with their patience.
#[derive(Serialize, Deserialize)]
pub struct Source {
    outputs: Vec<Output<f64>>,
    draws: Draws,
    requests: u64,
    network: bool,
}

#[Model]
impl Source {
    #[nexosim(init)]
    async fn init(&mut self, cx: &Context<Self>) {
        self.schedule(cx);
    }

    fn schedule(&mut self, cx: &Context<Self>) {
        let now = seconds(cx);
        let next = if self.network {
            self.draws.next_arrival(now)
        } else {
            now + self.draws.exponential(HOUR / 43.2)
        };
        let delay = Duration::from_secs_f64(next - now).max(Duration::from_nanos(1));
        cx.schedule_event(delay, schedulable!(Self::arrival), ()).unwrap();
    }

    #[nexosim(schedulable)]
    async fn arrival(&mut self, _: (), cx: &Context<Self>) {
        self.requests += 1;
        let (c, patience) = if self.network {
            (self.draws.centre(), self.draws.patience())
        } else {
            (0, f64::INFINITY)
        };
        self.outputs[c].send(patience).await;
        self.schedule(cx);
    }

    pub async fn requests(&mut self) -> u64 {
        self.requests
    }
}

/// A centre.
#[derive(Serialize, Deserialize)]
pub struct Centre {
    number: usize,
    level: usize,
    busy: usize,
    queue: VecDeque<(f64, f64)>,
    draws: Draws,
    sums: Sums,
    network: bool,
}

#[Model]
impl Centre {
    #[nexosim(init)]
    async fn init(&mut self, cx: &Context<Self>) {
        if self.network {
            self.level = level(self.number, 0.0);
            let hour = Duration::from_secs(3600);
            cx.schedule_periodic_event(hour, hour, schedulable!(Self::levels), ()).unwrap();
        }
    }

    pub async fn request(&mut self, patience: f64, cx: &Context<Self>) {
        let now = seconds(cx);
        self.queue.push_back((now, now + patience));
        self.serve(now, cx);
    }

    fn serve(&mut self, now: f64, cx: &Context<Self>) {
        while self.busy < self.level {
            let Some((arrived, gives_up)) = self.queue.pop_front() else { return };
            if gives_up < now {
                self.sums.leave(now);
                continue;
            }
            self.busy += 1;
            self.sums.serve(now, now - arrived);
            let time = if self.network { self.draws.service() } else { self.draws.exponential(600.0) };
            let delay = Duration::from_secs_f64(time).max(Duration::from_nanos(1));
            cx.schedule_event(delay, schedulable!(Self::departure), ()).unwrap();
        }
    }

    #[nexosim(schedulable)]
    async fn departure(&mut self, _: (), cx: &Context<Self>) {
        self.busy -= 1;
        self.serve(seconds(cx), cx);
    }

    #[nexosim(schedulable)]
    async fn levels(&mut self, _: (), cx: &Context<Self>) {
        let now = seconds(cx);
        self.level = level(self.number, now);
        self.serve(now, cx);
    }

    pub async fn sums(&mut self) -> Sums {
        self.sums.clone()
    }
}

/// Requests, processor time of the simulation, and each centre's sums.
fn run(network: bool) -> (u64, Duration, Vec<Sums>) {
    let n = if network { CENTRES } else { 1 };
    let mut bench = SimInit::with_num_threads(1);
    let mut source = Source { outputs: Vec::new(), draws: Draws::new(1), requests: 0, network };
    let source_box = Mailbox::new();
    let boxes: Vec<Mailbox<Centre>> = (0..n).map(|_| Mailbox::new()).collect();
    for mailbox in &boxes {
        let mut output = Output::default();
        output.connect(Centre::request, mailbox);
        source.outputs.push(output);
    }
    let requests: QueryId<(), u64> =
        QuerySource::new().connect(Source::requests, &source_box).register(&mut bench);
    let queries: Vec<QueryId<(), Sums>> = boxes
        .iter()
        .map(|mailbox| QuerySource::new().connect(Centre::sums, mailbox).register(&mut bench))
        .collect();
    bench = bench.add_model(source, source_box, "source");
    for (number, mailbox) in boxes.into_iter().enumerate() {
        let centre = Centre {
            number,
            level: 8,
            busy: 0,
            queue: VecDeque::new(),
            draws: Draws::new(number as u64 + 2),
            sums: Sums::default(),
            network,
        };
        bench = bench.add_model(centre, mailbox, "centre");
    }
    let mut simulation = bench.init(MonotonicTime::EPOCH).unwrap();
    let before = cpu();
    simulation.step_until(Duration::from_secs_f64(END)).unwrap();
    let spent = cpu() - before;
    let requests = simulation.process_query(&requests, ()).unwrap();
    let sums = queries.iter().map(|q| simulation.process_query(q, ()).unwrap()).collect();
    (requests, spent, sums)
}

fn main() {
    let (requests, spent, sums) = run(true);
    print_network("nexosim", requests, spent, &sums);
    let (requests, spent, sums) = run(false);
    print_mm8("nexosim", requests, spent, &sums[0]);
}
