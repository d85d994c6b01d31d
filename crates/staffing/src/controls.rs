//! Control variates in the tests, on request: what is known of arrivals is taken out of margins.
//!
//! A margin of a replication hangs on how many requests came, and how many are expected is known exactly. Tests then look at values
//! less a slope times the arrivals beyond their expectation: the mean is the same and the variance less (Lavenberg and Welch 1981). The
//! slope comes from short replications that no test uses, so that for the tests it is a given number. Whatever it is, what
//! they look at stays unbiased and independent between replications, and Student's t stays what it is, from the first look at 4
//! replications on. A slope from a test's own replications takes ten and a degree of freedom ([`poolwise_stats::Control`]), and whether it gains
//! would be chosen by the very sample that is tested: errors of 0.63 % are then 0.67 to 0.78 % where arrivals explain little (ten normal values).
//!
//! With it goes the length of replications: a test of four has a t quantile nearly twice as large as one of many. So where weeks are
//! like each other its replications are so many times as many as they are shorter (`TestWindow`), and the first look is at ten.
//!
//! Staffings of about the same size have the same slope: what two of them differ by on the same requests is left as it is, and levels
//! stay ordered, on which the error of a search rests (see [`super::judge`]).

use super::check::TargetCheck;
use super::judge::TestRule;
use super::probe::{SHOWN, Samples, margins};
use super::service::weeks_are_alike;
use poolwise_engine::model::Model;
use poolwise_engine::time::{HOUR, WEEK};
use poolwise_planning::staffing;
use poolwise_stats::Control;
use poolwise_stats::estimate::moments;
use poolwise_study::controls::expected_per_hour;
use serde::Serialize;
use std::collections::HashMap;

/// The first replication that says how much arrivals explain: none of those that are tested, or that guide among splits.
const FIRST: u32 = 1 << 21;
/// A replication may become so many, the most that fit.
const PIECES: [u32; 3] = [4, 3, 2];
/// Each has at least so many weeks, and so many times its warm-up.
const LEAST_WEEKS: f64 = 4.0;
const LEAST_WARM_UPS: f64 = 8.0;
/// Replications at the first look where they are shorter.
const FIRST_LOOK: u32 = 10;
/// Window and warm-up of such a replication, at most: the slope is that of longer ones, and how well it is known hangs on their number.
const WINDOW: f64 = 2.0 * WEEK;
const WARM_UP: f64 = WEEK;
/// So many of them, fewer where a test is short; with fewer yet the slope costs more than it gives, and with more too: of 400 weeks that a
/// test has left and of which arrivals explain a third, each of 3 weeks, 13 leave the least to simulate.
const MOST: u32 = 16;
const FEWEST: u32 = 12;
/// They may take this share of the weeks that a test has left.
const WORTH: f64 = 0.25;
/// Sizes of staffings that have one slope differ by at most this share.
const SAME_SIZE: f64 = 0.03;

/// Into how many replications tests divide each of the scenario's: with the same weeks in all, and a warm-up of its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TestWindow {
    pieces: u32,
}

impl TestWindow {
    /// Replications as the scenario has them.
    pub(crate) const WHOLE: Self = Self { pieces: 1 };

    /// The most that fit all models: whole weeks, where one is like another.
    pub(crate) fn of(models: &[&Model]) -> Self {
        let fits = |pieces: u32, model: &Model| {
            let weeks = model.run.horizon / WEEK / f64::from(pieces);
            let least = LEAST_WEEKS.max(LEAST_WARM_UPS * model.run.warm_up / WEEK);
            // Work that comes back after months has not come back in a shorter window.
            let goes_by_dates =
                model.run.now.is_some() || !model.holidays.is_empty() || model.rework.is_some();
            weeks_are_alike(model) && !goes_by_dates && weeks >= least && weeks.fract() == 0.0
        };
        let pieces = PIECES.into_iter().find(|pieces| models.iter().all(|model| fits(*pieces, model)));
        Self { pieces: pieces.unwrap_or(1) }
    }

    /// As many weeks as this many of the scenario's replications have.
    pub(crate) fn times(self, replications: u32) -> u32 {
        replications.saturating_mul(self.pieces)
    }

    /// The test of a scenario that has so many replications.
    pub(crate) fn rule(self, replications: u32, error: f64) -> TestRule {
        match self.pieces {
            1 => TestRule::new(replications, error),
            pieces => TestRule::starting(FIRST_LOOK.min(4 * pieces), self.times(replications.max(4)), error),
        }
    }

    /// Replications behind the tables of what a staffing delivers.
    pub(crate) fn shown(self, model: &Model) -> u32 {
        if self.pieces == 1 { SHOWN.min(model.run.replications) } else { FIRST_LOOK.min(4 * self.pieces) }
    }

    /// A model of the scenario with the window of its tests.
    pub(crate) fn applied(self, model: &Model) -> Model {
        let mut short = model.clone();
        short.run.horizon /= f64::from(self.pieces);
        short
    }
}

/// What controls did in the search of an option.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ControlsFound {
    /// Requests an hour that are expected to arrive in the window of a test, where that is known exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_arrivals_per_hour: Option<f64>,
    /// Why no verdict rests on controlled margins, where none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub none: Option<String>,
    /// Targets whose margins are controlled.
    pub targets: Vec<ControlledTarget>,
    /// Staffings whose verdict rests on controlled margins.
    pub staffings: usize,
    /// Staffings that were tested.
    pub tested: usize,
    /// Replications that say how much arrivals explain; no test uses them.
    pub replications: u64,
    /// Weeks of them, warm-up included.
    pub weeks: f64,
    /// Replications of tests in place of each of the scenario's: more than one where one week is like another.
    pub pieces: u32,
    /// Weeks in the window of each of them.
    pub window_weeks: f64,
}

/// A target whose margins are controlled.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ControlledTarget {
    /// The target as on the command line.
    pub target: String,
    /// The same as sentences say it.
    #[serde(skip)]
    pub said: String,
    /// Share of the margin's variance that arrivals explain, in replications that no test uses; the mean over staffings and hours.
    pub explained: f64,
    /// Standard error of the margin in tests as a share of what it is without, the mean over staffings and hours.
    pub standard_error: f64,
}

/// What arrivals explain of a margin.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Slope {
    /// Change of the margin with each request an hour.
    per_arrival: f64,
    explained: f64,
}

/// Slopes by check and cell; none where arrivals explain too little.
type Slopes = Vec<Vec<Option<Slope>>>;

/// Slopes of staffings of about a size.
#[derive(Debug, Clone)]
struct SlopesAt {
    posts: f64,
    slopes: Slopes,
}

/// What controls are known in the search of an option.
pub(crate) struct ArrivalControls<'a> {
    /// Requests an hour in a test's window, or why that is not known.
    expected: Result<f64, String>,
    /// Hours of a test's window.
    hours: f64,
    pieces: u32,
    /// Of the scenario to be matched, those replications that say how much arrivals explain.
    reference: &'a Samples,
    known: Vec<SlopesAt>,
    /// Staffings that were tested, and whether the verdict rests on controlled margins.
    verdicts: HashMap<u64, bool>,
    /// By check: standard errors as a share of those without, and how many.
    shares: Vec<(f64, u32)>,
    /// Staffings left plain since their tests are short.
    short: usize,
    replications: u64,
    weeks: f64,
}

/// How margins of a staffing's replications are controlled.
#[derive(Clone, Copy)]
pub(crate) struct Controlling<'c> {
    slopes: &'c Slopes,
    expected: f64,
    hours: f64,
}

impl Controlling<'_> {
    /// Values of a cell without what arrivals explain of them.
    pub(crate) fn left_of(&self, check: usize, cell: usize, arrivals: &[f64], values: &[f64]) -> Vec<f64> {
        let Some(slope) = self.slopes[check][cell] else { return values.to_vec() };
        let beyond = |came: &f64| came / self.hours - self.expected;
        values.iter().zip(arrivals).map(|(y, came)| y - slope.per_arrival * beyond(came)).collect()
    }

    /// The same of all cells.
    pub(crate) fn all_left(&self, arrivals: &[f64], margins: &[Vec<Vec<f64>>]) -> Vec<Vec<Vec<f64>>> {
        let of = |c: usize, cells: &Vec<Vec<f64>>| {
            cells.iter().enumerate().map(|(h, values)| self.left_of(c, h, arrivals, values)).collect()
        };
        margins.iter().enumerate().map(|(c, cells)| of(c, cells)).collect()
    }
}

/// A model with the window of a replication that says how much arrivals explain.
pub(crate) fn short(model: &Model) -> Model {
    let mut short = model.clone();
    short.run.warm_up = model.run.warm_up.min(WARM_UP);
    short.run.horizon = model.run.horizon.min(WINDOW);
    short
}

/// Replications of the scenario to be matched that say how much arrivals explain.
pub(crate) fn range(runs: u32) -> std::ops::Range<u32> {
    FIRST..FIRST + runs
}

/// All that any staffing takes.
pub(crate) fn whole_range() -> std::ops::Range<u32> {
    range(MOST)
}

fn weeks(model: &Model) -> f64 {
    model.run.end() / WEEK
}

/// How large a staffing is.
fn posts(model: &Model) -> f64 {
    staffing::totals(model).posts
}

impl<'a> ArrivalControls<'a> {
    /// Nothing known yet, of a scenario whose tests have this window. `reference` is of the scenario to be matched: the replications of [`whole_range`].
    pub(crate) fn new(model: &Model, window: TestWindow, checks: usize, reference: &'a Samples) -> Self {
        let model = &window.applied(model);
        Self {
            expected: expected_per_hour(model),
            pieces: window.pieces,
            hours: model.run.horizon / HOUR,
            reference,
            known: Vec::new(),
            verdicts: HashMap::new(),
            shares: vec![(0.0, 0); checks],
            short: 0,
            replications: 0,
            weeks: 0.0,
        }
    }

    fn near(&self, posts: f64) -> Option<&SlopesAt> {
        let apart = |at: &SlopesAt| (at.posts - posts).abs();
        let nearest = self.known.iter().min_by(|a, b| apart(a).total_cmp(&apart(b)))?;
        (apart(nearest) <= SAME_SIZE * posts).then_some(nearest)
    }

    /// How margins of this staffing are controlled, where that is known.
    pub(crate) fn of(&self, model: &Model) -> Option<Controlling<'_>> {
        let expected = *self.expected.as_ref().ok()?;
        Some(Controlling { slopes: &self.near(posts(model))?.slopes, expected, hours: self.hours })
    }

    /// How a staffing's margins were controlled when it was judged.
    pub(crate) fn of_judged(&self, key: u64, model: &Model) -> Option<Controlling<'_>> {
        self.verdicts.get(&key).copied().unwrap_or(false).then(|| self.of(model)).flatten()
    }

    /// Replications that would say how much arrivals explain at this staffing; `None` where that is known, or
    /// not worth it for the `left` replications that its test may take yet.
    pub(crate) fn wanted(&mut self, model: &Model, left: u32) -> Option<u32> {
        if self.expected.is_err() || self.near(posts(model)).is_some() {
            return None;
        }
        let affordable = WORTH * f64::from(left) * weeks(model) / weeks(&short(model));
        if affordable < f64::from(FEWEST) {
            self.short += 1;
            return None;
        }
        Some(MOST.min(affordable as u32))
    }

    /// Keeps what these replications say of a staffing.
    pub(crate) fn learn(&mut self, model: &Model, checks: &[TargetCheck], seen: &Samples) {
        let short = short(model);
        let n = seen.replications.len();
        let hours = short.run.horizon / HOUR;
        // Where the line is at its expectation does not matter for the slope.
        let control = Control::new(seen.arrivals.iter().map(|came| came / hours).collect());
        let slope = |values: &Vec<f64>| {
            let explained = control.explained(values).filter(|_| control.gains(values))?;
            Some(Slope { per_arrival: control.coefficient(values), explained })
        };
        let all = margins(checks, seen, self.reference, n);
        let slopes = all.iter().map(|cells| cells.iter().map(slope).collect()).collect();
        self.known.push(SlopesAt { posts: posts(model), slopes });
        self.replications += n as u64;
        self.weeks += n as f64 * weeks(&short);
    }

    /// Keeps that a staffing was judged, by margins with and without control where they were controlled.
    pub(crate) fn keep(&mut self, key: u64, plain: &[Vec<Vec<f64>>], with: Option<&[Vec<Vec<f64>>]>) {
        let mut some = false;
        for (c, (before, after)) in plain.iter().zip(with.into_iter().flatten()).enumerate() {
            for (y, z) in before.iter().zip(after).filter(|(y, z)| y != z) {
                let share = (moments(z).1 / moments(y).1).sqrt();
                some = true;
                if share.is_finite() {
                    self.shares[c] = (self.shares[c].0 + share, self.shares[c].1 + 1);
                }
            }
        }
        self.verdicts.insert(key, some);
    }

    /// What they did.
    pub(crate) fn found(&self, checks: &[TargetCheck]) -> ControlsFound {
        let explained = |c: usize| {
            let all: Vec<f64> =
                self.known.iter().flat_map(|at| &at.slopes[c]).flatten().map(|s| s.explained).collect();
            moments(&all).0
        };
        let targets = checks.iter().enumerate().filter(|(c, _)| self.shares[*c].1 > 0);
        let targets: Vec<ControlledTarget> = targets
            .map(|(c, check)| ControlledTarget {
                target: check.label.clone(),
                said: check.said.clone(),
                explained: explained(c),
                standard_error: self.shares[c].0 / f64::from(self.shares[c].1),
            })
            .collect();
        ControlsFound {
            expected_arrivals_per_hour: self.expected.as_ref().ok().copied(),
            none: targets.is_empty().then(|| self.why_none()),
            staffings: self.verdicts.values().filter(|controlled| **controlled).count(),
            tested: self.verdicts.len(),
            replications: self.replications,
            weeks: self.weeks,
            pieces: self.pieces,
            window_weeks: self.hours * HOUR / WEEK,
            targets,
        }
    }

    fn why_none(&self) -> String {
        match &self.expected {
            Err(why) => why.clone(),
            Ok(_) if !self.known.is_empty() => "arrivals explain too little of any target".to_owned(),
            Ok(_) if self.short > 0 => format!(
                "tests of so few weeks are not worth {FEWEST} replications more to learn how much arrivals explain"
            ),
            Ok(_) => "the first look of each test told enough".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Bound, TargetPlace};
    use crate::target::TargetMeasure;
    use poolwise_scenario::Overrides;
    use std::path::Path;

    fn model(sets: &[&str]) -> Model {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/controls.toml");
        let sets = sets.iter().map(|s| (*s).to_owned()).collect();
        poolwise_scenario::load(&path, &Overrides { sets, ..Overrides::default() }).expect("a model").model
    }

    fn check() -> TargetCheck {
        TargetCheck {
            label: "utilization <= 50 %".to_owned(),
            said: String::new(),
            measure: TargetMeasure::Utilization,
            place: TargetPlace::All,
            hourly: false,
            bound: Bound::Fixed(0.5),
        }
    }

    /// Twelve replications of two weeks, in which 2 requests an hour are expected: busy by a tenth of the arrivals an hour and a little that
    /// has nothing to do with them. The margin falls by a tenth with each, so of a test in which 2.5 came an hour 0.05 is given back.
    #[test]
    fn margins_by_hand() {
        let (model, none) = (model(&[]), Samples::default());
        let mut controls = ArrivalControls::new(&model, TestWindow::WHOLE, 1, &none);
        assert_eq!(controls.wanted(&model, 1), None, "not worth it");
        assert_eq!(controls.wanted(&model, 12), Some(16));
        let came: Vec<f64> = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0].into_iter().flat_map(|x| [x, x]).collect();
        let noise = |i: usize| if i.is_multiple_of(2) { 0.01 } else { -0.01 };
        let seen = Samples {
            replications: came
                .iter()
                .enumerate()
                .map(|(i, x)| vec![vec![(0.1 * x + noise(i), 1.0)]])
                .collect(),
            arrivals: came.iter().map(|x| x * 2.0 * 168.0).collect(),
        };
        controls.learn(&model, &[check()], &seen);
        assert_eq!(controls.wanted(&model, 12), None, "it is known");
        let by = controls.of(&model).expect("known");
        let slope = by.slopes[0][0].expect("it explains much");
        assert!((slope.per_arrival + 0.1).abs() < 1e-12, "{slope:?}");
        // Squares of the part that arrivals explain: 12 (35/12) / 100; of what is left: 12 / 10000.
        assert!((slope.explained - 0.35 / (0.35 + 0.0012)).abs() < 1e-12, "{slope:?}");
        let hours = 32.0 * 168.0;
        let left = by.left_of(0, 0, &[2.5 * hours, 2.0 * hours, 1.0 * hours], &[0.2, 0.2, 0.2]);
        for (left, want) in left.iter().zip([0.25, 0.2, 0.1]) {
            assert!((left - want).abs() < 1e-12, "{left} is not {want}");
        }
        let plain = vec![vec![vec![0.15, 0.2, 0.301]]];
        let with = by.all_left(&[2.5 * hours, 2.0 * hours, 1.0 * hours], &plain);
        controls.keep(1, &plain, Some(&with));
        controls.keep(2, &plain, None);
        let found = controls.found(&[check()]);
        assert_eq!((found.staffings, found.tested, found.replications, found.weeks), (1, 2, 12, 36.0));
        assert!(found.none.is_none() && found.targets[0].standard_error < 0.01, "{found:?}");
    }

    #[test]
    fn what_explains_little_is_left_alone() {
        let (model, none) = (model(&[]), Samples::default());
        let mut controls = ArrivalControls::new(&model, TestWindow::WHOLE, 1, &none);
        let seen = Samples {
            replications: (0..12).map(|i| vec![vec![(f64::from(i % 2), 1.0)]]).collect(),
            arrivals: (0..12).map(|i| f64::from(i / 2)).collect(),
        };
        controls.learn(&model, &[check()], &seen);
        let by = controls.of(&model).expect("known");
        assert_eq!(by.left_of(0, 0, &[9.0], &[0.2]), [0.2]);
        let found = controls.found(&[check()]);
        assert!(found.none.is_some_and(|why| why.contains("too little")));
    }

    /// Both are as busy as many come, and the one of the two half as much again when the other is: of their difference, paired, arrivals
    /// explain that part; of one that is always a hundredth busier nothing.
    #[test]
    fn of_a_scenario_to_be_matched_the_difference_is_controlled() {
        let model = model(&[]);
        // Of two with as many arrivals one is a little busier and the other less, so that noise has no slope.
        let came: Vec<f64> = (0..16).map(|i| f64::from(i / 2)).collect();
        let busy = |by: f64, more: f64, noise: f64| -> Samples {
            let signed = |i: usize| if i.is_multiple_of(2) { noise } else { -noise };
            let one = |(i, x): (usize, &f64)| vec![vec![(by * x + more + signed(i), 1.0)]];
            Samples {
                replications: came.iter().enumerate().map(one).collect(),
                arrivals: came.iter().map(|x| x * 2.0 * 168.0).collect(),
            }
        };
        let theirs = busy(0.1, 0.0, 0.03);
        let matched = [TargetCheck { bound: Bound::Within(0.05), ..check() }];
        for (ours, want) in [(busy(0.15, 0.0, 0.02), -0.05), (busy(0.1, 0.01, 0.03), 0.0)] {
            let mut controls = ArrivalControls::new(&model, TestWindow::WHOLE, 1, &theirs);
            controls.learn(&model, &matched, &ours);
            let slope = controls.known[0].slopes[0][0].map(|s| s.per_arrival);
            // What is left of a difference that does not vary is rounding.
            assert!((slope.unwrap_or(0.0) - want).abs() < 1e-9, "{slope:?} is not {want}");
        }
    }

    #[test]
    fn replications_are_divided_where_weeks_are_alike() {
        let pieces = |sets: &[&str]| TestWindow::of(&[&model(sets)]).pieces;
        assert_eq!(pieces(&[]), 4);
        assert_eq!(pieces(&["run.horizon=\"24 weeks\""]), 3, "eight weeks with a week of warm-up");
        assert_eq!(pieces(&["run.horizon=\"26 weeks\""]), 2, "whole weeks");
        assert_eq!(pieces(&["run.warm_up=\"5 weeks\""]), 1, "the warm-up costs too much");
        assert_eq!(pieces(&["run.horizon=\"12 weeks\""]), 1);
        let (long, short) = (model(&[]), model(&["run.horizon=\"16 weeks\""]));
        let both = TestWindow::of(&[&long, &short]);
        assert_eq!(both.pieces, 2, "all have the same");
        assert_eq!(both.applied(&long).run.horizon, 16.0 * WEEK);
        assert_eq!(both.rule(12, 0.05).looks, [8, 24]);
        assert_eq!(TestWindow::of(&[&long]).rule(12, 0.05).looks, [10, 20, 48]);
        assert_eq!(TestWindow::WHOLE.rule(12, 0.05), TestRule::new(12, 0.05));
    }
}
