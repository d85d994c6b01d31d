//! From shards to the one order of tidy files: by point, scenario, replication.
//!
//! Records stay in their files; only their places are held (24 bytes each), so that a merge of any size
//! needs little memory.

use super::error::SweepError;
use super::list::Ranges;
use super::plan::SweepPlan;
use super::record::Record;
use super::status::{Due, Progress};
use super::store::{self, Picker};
use std::path::Path;

/// Takes results in their final order.
pub trait Sink {
    /// One replication of a scenario at a point. The record's own point is the first that has its case.
    ///
    /// # Errors
    /// If it cannot be written.
    fn replication(&mut self, point: usize, scenario: usize, record: &Record) -> Result<(), SweepError>;
}

/// What was merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merged {
    /// Replications simulated; those that several points share count once.
    pub replications: u64,
    /// Requests simulated in them.
    pub requests: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct CasePlace {
    case: u32,
    replication: u32,
    file: u32,
    at: u64,
}

/// Hands all replications to the sink in their order.
///
/// # Errors
/// If something is missing, records of one replication disagree, a shard belongs to another sweep, or a file
/// cannot be read.
pub fn merge(plan: &SweepPlan, folder: &Path, sink: &mut dyn Sink) -> Result<Merged, SweepError> {
    hand_over(plan, folder, sink, false)
}

/// The same of what is finished: scenarios whose replications are missing at a point are left out there.
///
/// # Errors
/// As [`merge`], but for what is missing.
pub(crate) fn merge_finished(
    plan: &SweepPlan,
    folder: &Path,
    sink: &mut dyn Sink,
) -> Result<Merged, SweepError> {
    hand_over(plan, folder, sink, true)
}

fn hand_over(
    plan: &SweepPlan,
    folder: &Path,
    sink: &mut dyn Sink,
    partly: bool,
) -> Result<Merged, SweepError> {
    let form = plan.form();
    let files = store::files(folder)?;
    let mut progress = Progress::new(plan);
    let mut places = Vec::new();
    for (file, path) in files.iter().enumerate() {
        store::read(path, &form, &mut |at, record| {
            progress.note(plan, &record);
            if let Some(case) = plan.case_at(record.point, record.scenario) {
                let (case, file) = (case as u32, file as u32);
                places.push(CasePlace { case, replication: record.replication, file, at });
            }
        })?;
    }
    let mut counts = Vec::with_capacity(plan.cases.len());
    let mut gaps = Vec::new();
    for case in 0..plan.cases.len() {
        match progress.due(case) {
            Due::Nothing(n) => counts.push(n),
            Due::Replications(_) => {
                gaps.push(plan.cases[case].point as usize);
                counts.push(0);
            }
        }
        progress.forget(case);
    }
    if !gaps.is_empty() && !partly {
        let points = Ranges::of(gaps);
        return Err(SweepError::Gaps {
            missing: points.len(),
            of: plan.points.len(),
            points: points.to_string(),
        });
    }
    places.sort_unstable();
    let mut pickers = files.iter().map(|p| Picker::open(p, &form)).collect::<Result<Vec<_>, _>>()?;
    let places = unanimous(plan, places, &mut pickers, &files)?;
    // Where each case's replications begin.
    let mut starts = vec![0; plan.cases.len() + 1];
    places.iter().for_each(|p| starts[p.case as usize + 1] += 1);
    for i in 0..plan.cases.len() {
        starts[i + 1] += starts[i];
    }
    for point in 0..plan.points.len() {
        for scenario in 0..plan.scenarios() {
            let case = plan.case_of(point, scenario);
            for place in &places[starts[case]..starts[case + 1]] {
                if place.replication < counts[case] {
                    let record = pickers[place.file as usize].pick(place.at)?;
                    sink.replication(point, scenario, &record)?;
                }
            }
        }
    }
    Ok(Merged { replications: progress.replications, requests: progress.requests })
}

/// One place for each replication. Where there are several records of one, they must be the same.
fn unanimous(
    plan: &SweepPlan,
    places: Vec<CasePlace>,
    pickers: &mut [Picker],
    files: &[std::path::PathBuf],
) -> Result<Vec<CasePlace>, SweepError> {
    let mut out: Vec<CasePlace> = Vec::with_capacity(places.len());
    for place in places {
        match out.last() {
            Some(last) if (last.case, last.replication) == (place.case, place.replication) => {
                let a = pickers[last.file as usize].pick(last.at)?;
                let b = pickers[place.file as usize].pick(place.at)?;
                if !same(&a, &b) {
                    let case = plan.cases[place.case as usize];
                    return Err(SweepError::Disagree {
                        what: format!(
                            "two records of point {}, {}, replication {} ({} and {})",
                            case.point,
                            plan.manifest.scenarios[usize::from(case.scenario)].name,
                            place.replication,
                            files[last.file as usize].display(),
                            files[place.file as usize].display()
                        ),
                    });
                }
            }
            _ => out.push(place),
        }
    }
    Ok(out)
}

/// Bit by bit: an undefined number equals itself.
fn same(a: &Record, b: &Record) -> bool {
    use poolwise_study::measures::Value;
    let bits = |v: &Option<Value>| match *v {
        None => (0, 0, 0),
        Some(Value::Known(x)) => (1, x.to_bits(), 0),
        Some(Value::Plain(x)) => (2, x.to_bits(), 0),
        Some(Value::Ratio(n, d)) => (3, n.to_bits(), d.to_bits()),
    };
    a.requests == b.requests && a.values.iter().map(bits).eq(b.values.iter().map(bits))
}
