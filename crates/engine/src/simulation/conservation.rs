//! The end of a run: what is still under way is booked, and the books are checked.
//!
//! A simulation that loses a request or an hour must say so itself. Every run checks that arrivals
//! equal exits plus those in the system, by class; that the time officers were busy equals the service
//! given; and that the time requests spent in each queue equals the integral of its length (Little's
//! law, exact for the run's own integrals).

use super::Failure;
use super::integral::Count;
use super::outcome::Outcome;
use super::request::{NONE, Phase};
use super::sim::Sim;
use super::trace::TraceKind;

/// Relative error that sums of rounded numbers may show.
const TOLERANCE: f64 = 1e-7;

impl Sim<'_> {
    /// Ends the run.
    pub(super) fn close(mut self) -> Result<Outcome, Failure> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let end = self.end;
        self.obs.out.triggers = self.close_triggers();
        let inside: Vec<u32> = self.requests.iter().map(|(s, _)| s).collect();
        let mut waiting = vec![0.0; self.stations.len()];
        let mut given = vec![0.0; self.stations.len()];
        let mut in_hand = vec![0.0; self.stations.len()];
        let classes = self.model.classes.len();
        let mut in_system: Vec<u64> = (0..classes).map(|c| self.obs.conservation(c).beyond).collect();
        for s in inside {
            let r = &self.requests[s];
            if !r.copy && !r.is_branch() {
                in_system[r.class as usize] += 1;
            }
            match r.phase {
                Phase::Underway => {
                    if r.is_branch() && r.branches == NONE {
                        self.obs.trace_row(r, r.stage.into(), None, f64::NAN, f64::NAN, TraceKind::UnderWay);
                    }
                }
                Phase::Waiting => {
                    waiting[r.station as usize] += end - r.enqueued;
                    if !r.copy {
                        let (stage, centre) = (r.stage as usize, Some(r.centre as usize));
                        self.obs.trace_row(r, stage, centre, f64::NAN, f64::NAN, TraceKind::Waiting);
                    }
                }
                Phase::InService => {
                    let officers = f64::from(self.service(r).officers);
                    let alone = !self.is_in_batch(s);
                    if !r.copy && !r.orphan {
                        let (stage, centre) = (r.stage as usize, Some(r.centre as usize));
                        self.obs.trace_row(r, stage, centre, r.started, f64::NAN, TraceKind::InService);
                    }
                    if alone && self.stations[r.station as usize].concurrent {
                        let since = r.started.max(self.model.run.warm_up);
                        in_hand[r.station as usize] += (end - since).max(0.0);
                    } else if alone {
                        for (station, n) in self.officers_by_station(r) {
                            given[station as usize] += f64::from(n) * (end - r.started);
                        }
                    }
                    let inside = officers * (end - r.started.max(self.model.run.warm_up)).max(0.0);
                    if r.rework && alone {
                        self.obs.rework(r, inside);
                    }
                    if r.orphan && !r.after_work {
                        self.obs.duplicate(r, inside + r.spent);
                    }
                }
            }
        }
        self.time_in_hand(|station, time| given[station as usize] += time);
        for (station, time) in self.stations.iter_mut().zip(in_hand) {
            station.in_hand += time;
        }
        for (c, centre) in self.centres.iter().enumerate() {
            self.obs.close(c, &mut self.stations[centre.stations.clone()], end);
        }
        self.balance(&in_system)?;
        self.obs.finish(&self.stations);
        for (c, flow) in self.obs.out.centres.iter().enumerate() {
            for (slot, station) in (1..).zip(self.net.stations(c)) {
                let place = || {
                    let role = &self.model.roles[flow.roles[slot - 1]];
                    format!("{} / {role}", self.model.centres[c].name)
                };
                let queued = flow.waits[slot].queued + waiting[station];
                agree("time in queue", flow.integrals.whole_run(slot, Count::Queue), queued, end, place)?;
                let work = flow.waits[slot].given + given[station];
                agree("time at work", flow.integrals.whole_run(slot, Count::Busy), work, end, place)?;
            }
        }
        self.events.retire();
        Ok(self.obs.out)
    }

    /// Arrivals and returns equal exits and those in the system, by class.
    fn balance(&self, in_system: &[u64]) -> Result<(), Failure> {
        for (c, class) in self.model.classes.iter().enumerate() {
            let counts = self.obs.conservation(c);
            let came = counts.booked + counts.returned;
            let went = counts.left + in_system[c];
            if came != went {
                return Err(Failure::Unbalanced {
                    what: format!("requests of class {}", class.name),
                    expected: came as f64,
                    found: went as f64,
                });
            }
        }
        Ok(())
    }
}

fn agree(
    what: &str,
    expected: f64,
    found: f64,
    scale: f64,
    place: impl Fn() -> String,
) -> Result<(), Failure> {
    let error = (expected - found).abs();
    if error <= TOLERANCE * (expected.abs() + scale) {
        Ok(())
    } else {
        Err(Failure::Unbalanced { what: format!("{what} at {}", place()), expected, found })
    }
}
