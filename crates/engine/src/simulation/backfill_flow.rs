//! How often the requests of a stationary past came to each stage: the flow that returns from before the run follow.
//!
//! Branches alone give the visits of a class where nobody is lost. Of those who would come to a stage some are lost before,
//! at their deadlines: how many is found by walking paths with the draws that requests have, no waiting anywhere and centres
//! of speed 1. Only the share that is lost has chance in it, so that its error is small where few are lost: with a share q
//! about `sqrt(q / (20,000 x visits))`. What waiting does beyond that is not known before a run.

use super::network::{Draw, Network, StageAction, expected_visits};
use super::path::{book, choose, hold_ends};
use super::request::Request;
use super::unhindered::through_branches;
use crate::model::Model;
use crate::model::limits::numbered;
use crate::random::mix;
use crate::time::WEEK;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

/// Paths walked for a class.
const WALKS: u64 = 20_000;
/// Stages after which a path counts as ended.
const FARTHEST: u32 = 100_000;
/// Classes whose visits are kept; beyond that all are forgotten.
const KEPT: usize = 256;

/// By class and workflow as text.
type Memory = HashMap<String, Arc<OnceLock<Vec<f64>>>>;

/// Visits that have been worked out: they are the same in every replication, and take as long as some thousand requests.
static KNOWN: LazyLock<Mutex<Memory>> = LazyLock::new(Mutex::default);

/// Visits of a new request of a class to each stage in the long run: to delays as they are entered, to services as they are
/// finished.
pub(super) fn past_visits(model: &Model, net: &Network, class: usize) -> Vec<f64> {
    let of = &model.classes[class];
    if of.deadline.is_none() {
        return expected_visits(model, class);
    }
    let text = format!("{class} {} {:?} {:?} {:?}", of.start, of.deadline, model.stages, model.holidays);
    let cell = {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT && !known.contains_key(&text) {
            known.clear();
        }
        Arc::clone(known.entry(text).or_default())
    };
    cell.get_or_init(|| walk_all(model, net, class)).clone()
}

/// Walks paths, and takes from the visits of each stage the share that is lost before.
fn walk_all(model: &Model, net: &Network, class: usize) -> Vec<f64> {
    let mut visits = expected_visits(model, class);
    let mut seen = vec![SeenVisits::default(); model.stages.len()];
    for number in 0..WALKS {
        // The same paths in every run, with days of the week all alike.
        let seed = mix(number);
        let arrival = WEEK * (number as f64 + 0.5) / WALKS as f64;
        walk(model, net, Request::new(seed, (class, 0, 0), arrival, model.classes[class].start), &mut seen);
    }
    for (visits, seen) in visits.iter_mut().zip(&seen) {
        if seen.all > 0 {
            *visits *= f64::from(seen.in_time) / f64::from(seen.all);
        }
    }
    visits
}

/// Visits to a stage on paths that no deadline ends, and those of them that no deadline would have prevented.
#[derive(Debug, Clone, Copy, Default)]
struct SeenVisits {
    all: u32,
    in_time: u32,
}

impl SeenVisits {
    fn count(&mut self, lost: bool) {
        self.all += 1;
        self.in_time += u32::from(!lost);
    }
}

/// Follows one request to its exit, on past its deadlines.
fn walk(model: &Model, net: &Network, mut r: Request, seen: &mut [SeenVisits]) {
    let terms = net.deadline_terms(r.class);
    let mut lost = false;
    let mut t = r.arrival;
    book(net, &mut r);
    for _ in 0..FARTHEST {
        let (stage, step) = (r.stage, net.step(r.stage));
        let mut visit = |lost: bool| seen[usize::from(stage)].count(lost);
        match step.kind {
            StageAction::Exit => return,
            StageAction::Fork => {
                visit(lost);
                let mut met = f64::INFINITY;
                let deadline = r.deadline;
                let (seed, class) = (r.seed, r.class);
                let (join, on) =
                    through_branches(net, (seed, class), &mut r.visits, (stage, t), &mut |at, from, to| {
                        let service = matches!(net.step(at).kind, StageAction::Service(_));
                        let late = lost || deadline < if service { to } else { from };
                        seen[usize::from(at)].count(late);
                        if terms.met_by_start(at) {
                            met = met.min(from);
                        }
                        if terms.met_by_finish(at) {
                            met = met.min(to);
                        }
                    });
                lost |= deadline < on.min(met);
                if met <= on && met <= deadline {
                    r.deadline = f64::INFINITY;
                }
                (r.stage, t) = (numbered(join), on);
                continue;
            }
            StageAction::Join(_) => visit(lost),
            StageAction::Service(service) => {
                if terms.met_by_start(stage) && r.deadline >= t {
                    r.deadline = f64::INFINITY;
                }
                t += service.time.sample(&mut step.keyed_draw(r.seed, &r.visits, Draw::Time));
                lost |= r.deadline < t;
                visit(lost);
            }
            StageAction::Delay(delay) => {
                visit(lost);
                if delay.rebook {
                    (r.deadline, r.release) = (f64::INFINITY, f64::INFINITY);
                }
                let end = t + delay.time.sample(&mut step.keyed_draw(r.seed, &r.visits, Draw::Time));
                let limit = delay.pickup.as_ref().map_or(f64::INFINITY, |p| hold_ends(model, &r, p));
                lost |= r.deadline < end.min(limit);
                if let Some(pickup) = &delay.pickup
                    && limit < end
                {
                    r.stage = numbered(pickup.exit);
                    t = t.max(limit);
                    continue;
                }
                t = end;
            }
        }
        if terms.met_by_finish(stage) && r.deadline >= t {
            r.deadline = f64::INFINITY;
        }
        if matches!(step.kind, StageAction::Delay(delay) if delay.rebook) {
            r.arrival = t;
            r.bookings += 1;
            book(net, &mut r);
        }
        let next = choose(step, r.seed, r.class, &mut r.visits, t);
        (r.stage, t) = (numbered(next.0), next.1);
        lost |= r.deadline < t;
    }
}
