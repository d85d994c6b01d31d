//! From shards to the one order of tidy files: by point, scenario, replication.
//!
//! Records stay in their files; only their places are held, eight bytes each, and for each case some twenty bytes of what is done
//! and how many there are, so that a merge of any size needs little memory.

use super::error::SweepError;
use super::list::Ranges;
use super::plan::SweepPlan;
use super::record::Record;
use super::status::{Due, Progress};
use super::store::{self, Picker};
use poolwise_scenario::sweep::Replications;
use std::ops::Range;
use std::path::{Path, PathBuf};

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
    let mut pickers = files.iter().map(|p| Picker::open(p, &form)).collect::<Result<Vec<_>, _>>()?;
    let mut progress = Progress::new(plan);
    // Where the number of replications is fixed, so is where each one's place stands; else that is known when all are counted.
    let fixed = match plan.replications {
        Replications::Fixed(n) => Some(Places::even(plan.cases().len(), n)),
        Replications::Until(_) => None,
    };
    let placed = fixed.is_some();
    let mut places = fixed.unwrap_or_default();
    let mut wrong = Ok(());
    for (file, path) in files.iter().enumerate() {
        store::read(path, &form, &mut |at, record| {
            progress.note(plan, &record);
            if placed && wrong.is_ok() {
                wrong = places.take(plan, file, at, &record, &mut pickers, &files);
            }
        })?;
    }
    let counts = finished(plan, &mut progress, partly)?;
    if !placed {
        places = Places::of_counts(&counts);
        for (file, path) in files.iter().enumerate() {
            store::read(path, &form, &mut |at, record| {
                if wrong.is_ok() {
                    wrong = places.take(plan, file, at, &record, &mut pickers, &files);
                }
            })?;
        }
    }
    wrong?;
    let merged = Merged { replications: progress.replications, requests: progress.requests };
    drop(progress);
    for point in 0..plan.points.len() {
        for scenario in 0..plan.scenarios() {
            let case = plan.case_of(point, scenario);
            for place in places.of(case).iter().take(counts[case] as usize).filter(|p| **p != NOWHERE) {
                let (file, at) = unpacked(*place);
                sink.replication(point, scenario, &pickers[file].pick(at)?)?;
            }
        }
    }
    Ok(merged)
}

/// How many replications of each case count; none of one that is not finished, if that is allowed.
fn finished(plan: &SweepPlan, progress: &mut Progress, partly: bool) -> Result<Vec<u32>, SweepError> {
    let mut counts = Vec::with_capacity(plan.cases().len());
    let mut gaps = Vec::new();
    for case in 0..plan.cases().len() {
        match progress.due(case) {
            Due::Nothing(n) => counts.push(n),
            Due::Replications(_) => {
                gaps.push(plan.cases()[case].point as usize);
                counts.push(0);
            }
        }
        progress.forget(case);
    }
    if gaps.is_empty() || partly {
        return Ok(counts);
    }
    let points = Ranges::of(gaps);
    Err(SweepError::Gaps { missing: points.len(), of: plan.points.len(), points: points.to_string() })
}

/// Where the records of all replications are: eight bytes for each, the number of its file and the byte in it.
#[derive(Debug, Default)]
struct Places {
    /// How many each case has, where that is the same of all; else where the places of each case begin, and where those of the last end.
    each: usize,
    starts: Vec<u64>,
    at: Vec<u64>,
}

/// No record was found.
const NOWHERE: u64 = u64::MAX;
/// Bits of the byte; the others are of the file.
const BYTE_BITS: u32 = 44;

fn unpacked(place: u64) -> (usize, u64) {
    ((place >> BYTE_BITS) as usize, place & ((1 << BYTE_BITS) - 1))
}

impl Places {
    /// Room for so many replications of each case.
    fn even(cases: usize, each: u32) -> Self {
        let each = each as usize;
        Self { each, starts: Vec::new(), at: vec![NOWHERE; cases * each] }
    }

    /// Room for these numbers of replications.
    fn of_counts(counts: &[u32]) -> Self {
        let mut starts = Vec::with_capacity(counts.len() + 1);
        let mut end = 0;
        starts.push(0);
        for count in counts {
            end += u64::from(*count);
            starts.push(end);
        }
        Self { each: 0, starts, at: vec![NOWHERE; end as usize] }
    }

    /// Where those of a case are.
    fn range(&self, case: usize) -> Range<usize> {
        match self.starts.get(case..case + 2) {
            Some(ends) => ends[0] as usize..ends[1] as usize,
            None => case * self.each..(case + 1) * self.each,
        }
    }

    /// Those of a case, by replication.
    fn of(&self, case: usize) -> &[u64] {
        &self.at[self.range(case)]
    }

    /// Takes in where a record is. Where there are several records of a replication, they must be the same.
    fn take(
        &mut self,
        plan: &SweepPlan,
        file: usize,
        at: u64,
        record: &Record,
        pickers: &mut [Picker],
        files: &[PathBuf],
    ) -> Result<(), SweepError> {
        if at >> BYTE_BITS != 0 || file >> (64 - BYTE_BITS) != 0 {
            let why = "it is larger, or there are more shards, than can be merged".to_owned();
            return Err(SweepError::Damaged { path: files[file].clone(), why });
        }
        let Some(case) = plan.case_at(record.point, record.scenario) else { return Ok(()) };
        let range = self.range(case);
        // What goes beyond a precision is not asked for.
        let Some(place) = self.at[range].get_mut(record.replication as usize) else { return Ok(()) };
        if *place == NOWHERE {
            *place = (file as u64) << BYTE_BITS | at;
            return Ok(());
        }
        let (other, there) = unpacked(*place);
        if same(&pickers[other].pick(there)?, record) {
            return Ok(());
        }
        Err(SweepError::Disagree {
            what: format!(
                "two records of point {}, {}, replication {} ({} and {})",
                record.point,
                plan.manifest.scenarios[usize::from(record.scenario)].name,
                record.replication,
                files[other].display(),
                files[file].display()
            ),
        })
    }
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
