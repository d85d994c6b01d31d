//! Whether a verdict holds at both ends of what the foremost unknown may be, and where it turns if it does not: a few short
//! replications there, where nobody asked for draws of all that is unknown.

pub(crate) use crate::bracket::AtEnd;
use crate::bracket::{at_end, bracket};
use crate::compare::primary;
use crate::parallel::{Workers, ordered};
use crate::replicate::{Replicated, Settings, Watch, extend};
use crate::summary::{Comparison, Summary};
use crate::verdict::{self, Foremost, Sentence, called};
use poolwise_engine::time::WEEK;
use poolwise_scenario::levers::{Lever, levers, said, value};
use poolwise_scenario::{Scenario, UncertainInput};
use poolwise_stats::Estimate;
use std::ops::ControlFlow;
use toml::Value;

/// Replications at each end; of a shorter run so many as it has.
const REPLICATIONS: u32 = 4;
/// How many there are at the base of a shorter window, and at each value of a search: near where a verdict turns there is less to
/// tell. A search has them however few the run has.
const AT_BASE: u32 = 8;
pub(crate) const SEARCHING: u32 = 10;
/// Requests that the trials of both ends may take: some tenths of a second.
const REQUESTS: f64 = 1_000_000.0;
/// Requests that the search for the values at which it turns may take.
const SEARCHED: f64 = 6_000_000.0;
/// Confidence of the intervals at both ends together, and of those of a search.
const CONFIDENCE: f64 = 0.95;
/// Values that a search tries at most, and fewer than which would tell too little.
const STEPS: std::ops::RangeInclusive<u32> = 2..=4;
/// Least share of the way between two values between which a verdict turns in a search that has told little.
const WIDE: f64 = 0.25;

/// What came of an end of a range.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EndTrial {
    /// The end as people say it.
    pub value: String,
    /// It is the greater one.
    pub high: bool,
    /// What comes there.
    pub found: AtEnd,
    /// Where the verdict turns on the way there.
    pub between: Option<Bracket>,
}

/// Two values between which a verdict turns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bracket {
    /// In ascending order, as people say them.
    pub values: [String; 2],
    /// A good part of the range lies between them: so much chance is left that nearer ones cannot be told from it.
    pub wide: bool,
}

/// What was tried.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EndTrials {
    /// Whole weeks that were simulated where the window has more.
    pub weeks: Option<u32>,
    /// The low end and the high one.
    pub ends: Vec<EndTrial>,
}

/// Reads an option by its place, with changes, in a window of so many weeks or its own; `None` where it cannot be.
pub type ReadAgain<'a> = dyn Fn(usize, &[String], Option<u32>) -> Option<Scenario> + 'a;

/// Options of a comparison, and how they are read again.
pub struct TrialOptions<'a> {
    /// The scenarios, the baseline first.
    pub scenarios: Vec<&'a Scenario>,
    /// Requests of one replication of each.
    pub requests: Vec<f64>,
    /// Reads one of them again.
    pub read: &'a ReadAgain<'a>,
}

/// The answer on options, with what it comes to at both ends of what the foremost unknown may be. `None` where the verdict is about no
/// option, nothing is unknown, the window is too large to be tried in some tenths of a second, or a trial cannot be run.
pub fn answer_at_ends(
    options: &TrialOptions<'_>,
    summaries: &[&Summary],
    comparison: &Comparison,
    threads: Option<usize>,
    watch: &dyn Watch,
) -> Option<Vec<Sentence>> {
    let (option, measure) = verdict::about(summaries, comparison)?;
    let unknown = verdict::foremost_of(summaries)?.about.foremost.as_ref()?;
    let scenario = &summaries[option].scenario;
    let row = comparison.rows.iter().find(|r| r.scenario == *scenario && r.measure == measure)?;
    let about = AboutDifference { places: [option, 0], measure, base: row.difference };
    // In a what-if of the unknown itself both at one end of its range are no longer the two that the verdict is about.
    if summaries[option].about.varied.contains(&unknown.label) {
        return None;
    }
    let trials = at_ends(options, unknown, about, threads, watch)?;
    Some(verdict::tried(summaries, comparison, &trials))
}

/// The difference that a verdict is about.
#[derive(Debug, Clone, Copy)]
struct AboutDifference<'a> {
    /// Places of the option and the baseline.
    places: [usize; 2],
    /// Name of the measure.
    measure: &'a str,
    /// The difference at the base.
    base: Estimate,
}

impl AboutDifference<'_> {
    /// A difference, turned round so that above zero it is as at the base.
    fn as_at_base(&self, d: Estimate) -> Estimate {
        match self.base.estimate > 0.0 {
            true => d,
            false => Estimate { estimate: -d.estimate, lower: -d.upper, upper: -d.lower, ..d },
        }
    }
}

fn at_ends(
    options: &TrialOptions<'_>,
    unknown: &Foremost,
    about: AboutDifference<'_>,
    threads: Option<usize>,
    watch: &dyn Watch,
) -> Option<EndTrials> {
    let scenarios: [&Scenario; 2] = about.places.map(|place| options.scenarios[place]);
    let (weeks, each) = window(scenarios, about.places.map(|place| options.requests[place]))?;
    let known = scenarios.map(|s| levers(&s.resolved));
    // Of one name there may be several, such as the absence of each centre, which one lever moves.
    let inputs: [Vec<&UncertainInput>; 2] = std::array::from_fn(|i| {
        scenarios[i].uncertain.iter().filter(|input| called(input, &known[i]) == unknown.label).collect()
    });
    let (levers, first) =
        known.iter().zip(&inputs).find_map(|(levers, own)| Some((levers, *own.first()?)))?;
    let trial = ValueTrial { options, about, inputs: &inputs, weeks, threads, watch };
    let few = |scenario: &Scenario| REPLICATIONS.min(scenario.model.run.replications);
    let few = few(scenarios[0]).min(few(scenarios[1]));
    let both = trial.found(&[TriedValue::End(false), TriedValue::End(true)], few, joint(2))?;
    let mut ends: Vec<EndTrial> = [(first.range().0, false), (first.range().1, true)]
        .into_iter()
        .zip(&both)
        .map(|((value, high), difference)| EndTrial {
            value: said(levers, &first.path, &value),
            high,
            found: at_end(difference),
            between: None,
        })
        .collect();
    let turned = ends.iter().filter(|end| end.found == AtEnd::Turns).count() as u32;
    // In a shorter window it need not be as in the whole one: what does not hold there at the base does not turn on the way from it.
    let before = if weeks.is_some() { AT_BASE } else { 0 };
    let replications = (SEARCHED / each * f64::from(REPLICATIONS)) as u32;
    let steps = (replications.saturating_sub(before) / SEARCHING / turned.max(1)).min(*STEPS.end());
    if turned > 0 && steps >= *STEPS.start() {
        let confidence = joint(turned + u32::from(weeks.is_some()));
        let base = match weeks {
            None => Some(about.as_at_base(about.base)),
            Some(_) => {
                trial.found(&[TriedValue::Toward(true, 0.0)], AT_BASE, confidence).map(|found| found[0])
            }
        };
        let base = base.filter(|base| at_end(base) == AtEnd::Holds);
        for (end, there) in ends.iter_mut().zip(both) {
            if let (Some(base), AtEnd::Turns) = (base, end.found) {
                end.between = trial.between((first, levers), end, [base, there], steps, confidence);
            }
        }
    }
    Some(EndTrials { weeks, ends })
}

/// What people call the unknowns of either scenario in which the two differ, as in a what-if of them.
pub(crate) fn varied(baseline: &Scenario, option: &Scenario) -> Vec<String> {
    let both = [baseline, option];
    let known = both.map(|s| levers(&s.resolved));
    let differs = |input: &UncertainInput, own: usize| {
        let other = 1 - own;
        match both[other].uncertain.iter().find(|twin| twin.path == input.path) {
            Some(twin) => twin.base_text != input.base_text,
            // It has another there that is known, or nothing of the kind.
            None => value(&known[other], &input.path)
                .is_some_and(|it| Some(it) != value(&known[own], &input.path)),
        }
    };
    let mut labels: Vec<String> = Vec::new();
    for own in 0..2 {
        for input in both[own].uncertain.iter().filter(|input| differs(input, own)) {
            let label = called(input, &known[own]);
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
    }
    labels
}

/// The confidence of each of so many intervals that hold together.
fn joint(intervals: u32) -> f64 {
    1.0 - (1.0 - CONFIDENCE) / f64::from(intervals.max(1))
}

/// A value of an unknown.
#[derive(Debug, Clone, Copy)]
enum TriedValue {
    /// The high end of its range, or the low one.
    End(bool),
    /// A round value so far on the way from the base to the high end, or to the low one.
    Toward(bool, f64),
}

impl TriedValue {
    fn of(self, input: &UncertainInput) -> Option<Value> {
        match self {
            Self::End(high) => Some(if high { input.range().1 } else { input.range().0 }),
            Self::Toward(_, share) if share <= 0.0 => None,
            Self::Toward(high, share) => Some(input.toward(high, share).0),
        }
    }
}

/// How a verdict is tried at values of an unknown.
struct ValueTrial<'a> {
    options: &'a TrialOptions<'a>,
    about: AboutDifference<'a>,
    /// The unknown in the option and in the baseline.
    inputs: &'a [Vec<&'a UncertainInput>; 2],
    weeks: Option<u32>,
    threads: Option<usize>,
    watch: &'a dyn Watch,
}

impl ValueTrial<'_> {
    /// The differences at some values, above zero where they are as at the base: at each the option and the baseline, on the same
    /// requests.
    fn found(&self, values: &[TriedValue], replications: u32, confidence: f64) -> Option<Vec<Estimate>> {
        let mut read = Vec::new();
        for value in values {
            for (which, place) in self.about.places.into_iter().enumerate() {
                let change = |i: &&UncertainInput| Some(format!("{}={}", i.path, value.of(i)?));
                let mut sets: Vec<String> = self.inputs[which].iter().filter_map(change).collect();
                // A short window has a short start.
                if self.weeks.is_some() && self.options.scenarios[place].model.run.warm_up > WEEK {
                    sets.push("run.warm_up=1 week".to_owned());
                }
                read.push((self.options.read)(place, &sets, self.weeks)?);
            }
        }
        let one = |task: usize| -> Option<Replicated> {
            let model = &read[task].model;
            let settings = Settings { threads: Some(1), ..Settings::default() };
            let mut all = Replicated::none(model, &settings);
            extend(model, &mut all, 0..replications, &settings, &Silent(self.watch)).ok()?;
            (all.replications() == replications).then_some(all)
        };
        let mut done: Vec<Replicated> = Vec::new();
        let stopped = || self.watch.stopped();
        ordered(
            0..read.len(),
            Workers { threads: self.threads, stopped: &stopped },
            one,
            |_, all| match all {
                Some(all) => {
                    done.push(all);
                    ControlFlow::Continue(())
                }
                None => ControlFlow::Break(()),
            },
        );
        if done.len() < read.len() {
            return None;
        }
        let told = |pair: &[Replicated]| -> Option<Estimate> {
            let difference = primary(pair.first()?, pair.get(1)?, self.about.measure, confidence)?;
            Some(self.about.as_at_base(difference))
        };
        done.chunks(2).map(told).collect()
    }

    /// Where it turns on the way from the base to an end, at which the differences are `known`.
    fn between(
        &self,
        (first, levers): (&UncertainInput, &[Lever]),
        end: &EndTrial,
        known: [Estimate; 2],
        steps: u32,
        confidence: f64,
    ) -> Option<Bracket> {
        let round = |share: f64| first.toward(end.high, share).1;
        let found = |share: f64| {
            let value = [TriedValue::Toward(end.high, share)];
            self.found(&value, SEARCHING, confidence)?.first().copied()
        };
        let [holds, turns] = bracket(steps, known, round, found)?;
        let words = |share: f64| {
            let value = match (share <= 0.0, share >= 1.0) {
                (true, _) => &first.base_text,
                (_, true) => return end.value.clone(),
                _ => &first.toward(end.high, share).0,
            };
            said(levers, &first.path, value)
        };
        let values = if end.high { [words(holds), words(turns)] } else { [words(turns), words(holds)] };
        Some(Bracket { values, wide: turns - holds > WIDE })
    }
}

/// Weeks to simulate, `None` for the whole window where that is as quick, and the requests that a value then takes; nothing where a
/// week is too much.
fn window(scenarios: [&Scenario; 2], requests: [f64; 2]) -> Option<(Option<u32>, f64)> {
    let run = &scenarios[0].model.run;
    let whole = requests.iter().sum::<f64>() * f64::from(REPLICATIONS);
    if 2.0 * whole <= REQUESTS {
        return Some((None, whole.max(1.0)));
    }
    let per_week = whole / ((run.warm_up + run.horizon) / WEEK).max(1e-9);
    let warm_up = run.warm_up.min(WEEK) / WEEK;
    let weeks = (REQUESTS / (2.0 * per_week) - warm_up).floor();
    // What begins from now has no other window, nor has one of a few weeks.
    let shorter = weeks >= 1.0 && weeks * WEEK < run.horizon && !scenarios.iter().any(|s| begins_from_now(s));
    shorter.then_some((Some(weeks as u32), (weeks + warm_up) * per_week))
}

fn begins_from_now(scenario: &Scenario) -> bool {
    scenario.resolved.get("start").and_then(Value::as_table).is_some_and(|start| !start.is_empty())
}

/// Trials are no replications of the run: nobody counts them.
struct Silent<'a>(&'a dyn Watch);

impl Watch for Silent<'_> {
    fn replication_done(&self, _requests: u64) {}

    fn stopped(&self) -> bool {
        self.0.stopped()
    }

    fn memory(&self) -> u64 {
        self.0.memory()
    }
}

#[cfg(test)]
mod tests {
    use crate::{Options, Study, Unwatched};
    use poolwise_scenario::{Overrides, Snapshot};

    /// What a comparison of eight with ten says, where the ten take a multiple of the time that nobody knows.
    fn said(range: &str) -> String {
        compared("1.0", &format!("{{ {range}, standing = \"assumption\" }}"))
    }

    /// What a comparison of eight officers with ten says, by the multiple of the time that each take.
    fn compared(of_eight: &str, of_ten: &str) -> String {
        let eight = r#"
            title = "Eight"
            run = { horizon = "3 weeks", warm_up = "1 week", replications = 4, target = "30 min" }
            class.call = { rate = "20 per hour", start = "answer" }
            stage.answer = { service = { role = "agent", time = { exponential = "20 min" } }, next = "done" }
            stage.done = { exit = true }
            centre.desk = { levels = { officers = 8 } }
            route = [{ to = "desk" }]
        "#
        .replace("officers = 8 }", &format!("officers = 8 }}, speed = {of_eight}"));
        let ten = format!(
            "extends = \"eight.toml\"\nname = \"ten\"\ntitle = \"Ten\"\n[centre.desk]\nlevels.officers = 10\n\
             speed = {of_ten}\n"
        );
        let files = [("eight.toml".into(), eight.into()), ("ten.toml".into(), ten.into())];
        let paths = ["eight.toml".into(), "ten.toml".into()];
        let study = Study::load_through(&Snapshot::of(files.into()), &paths, &Overrides::default());
        let study = study.and_then(|study| study.paired(None)).expect("two scenarios");
        let results = study.run(&Options::default(), &Unwatched).expect("a run");
        results.comparison.expect("a comparison").verdict.join(" ")
    }

    /// Ten officers who are quicker or slower than eight others by a factor that nobody knows: with twice the time they cannot keep
    /// up, with four fifths of it hardly anybody waits. Seed fixed; both differences are tens of their standard errors, so that the
    /// two intervals, which are wrong in 5 % of cases, tell them from nothing in all but those.
    ///
    /// Where it turns is known: by Erlang's C and the law of the time in an M/M/c queue 63.66 % of calls are done within 30 min by
    /// eight, and as many by ten at a factor of 1.193.
    #[test]
    fn the_foremost_unknown_is_tried_at_both_ends_and_where_it_turns_is_found() {
        let text = said("low = 0.8, base = 1.0, high = 2.0");
        let before = "It turns over with desk: time per request, as a multiple (1, an assumption) above a value between ";
        let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("{text}"));
        let (values, holds) = rest.split_once(',').expect("two values");
        assert!(holds.starts_with(" and holds at 0.8."), "{text}");
        let (from, to) = values.split_once(" and ").expect("two values");
        let [from, to] = [from, to].map(|x| x.parse::<f64>().expect("a number"));
        assert!(from <= TURNS && TURNS <= to && to - from <= 0.15, "{from} {to}");
        let text = said("low = 0.8, base = 1.0, high = 1.05");
        let wanted =
            "It holds with desk: time per request, as a multiple (1, an assumption) at 0.8 and at 1.05.";
        assert!(text.contains(wanted), "{text}");
    }

    /// Where the option has a value of its own for what is unknown of the baseline, a comparison of both at one end is another one.
    #[test]
    fn an_unknown_that_the_option_itself_changes_is_not_tried() {
        let unknown = "{ low = 0.8, base = 1.0, high = 1.05, standing = \"assumption\" }";
        let tried = "It holds with desk";
        assert!(compared(unknown, unknown).contains(tried), "{}", compared(unknown, unknown));
        for changed in ["0.5", "{ low = 0.4, base = 0.5, high = 0.6, standing = \"assumption\" }"] {
            let text = compared(unknown, changed);
            assert!(!text.contains("It holds with") && !text.contains("turns over with"), "{text}");
            // Nor does it say that what the option changes may turn it over.
            assert!(!text.contains("may turn it over"), "{text}");
        }
    }

    const TURNS: f64 = 1.193;
}
