//! What was found out about a list of times: which laws fit, how sure their numbers are, what to write in a scenario.

use super::block::{Block, BlockCell};
use super::page::Page;
use super::plots::{self, Scene};
use super::told::Told;
use super::{number, table};
use poolwise_intake::durations::{Durations, RecordedWaits};
use poolwise_intake::fit::censored::{self, SurvivalStep};
use poolwise_intake::fit::{
    Family, Fit, Fitted, FittedNumber, Goodness, Interval, Law, NOT_BY_CHANCE, Patience,
};
use poolwise_intake::fit_file::{FileFit, Laws};
use poolwise_intake::values::unit_name;
use serde_json::{Value, json};

/// A number of seconds in a unit, with three digits that count.
fn time(seconds: f64, unit: f64) -> String {
    digits(seconds / unit)
}

/// A number with four digits that count.
fn digits(x: f64) -> String {
    if x == 0.0 || !x.is_finite() {
        return if x == 0.0 { "0".to_owned() } else { "?".to_owned() };
    }
    let before = poolwise_math::log10(x.abs()).floor();
    number::trimmed(x, (3.0 - before).clamp(0.0, 8.0) as usize)
}

fn interval(i: &Interval, unit: f64) -> String {
    format!("{} [{}, {}]", time(i.base, unit), time(i.low, unit), time(i.high, unit))
}

fn cell(x: impl Into<String>) -> BlockCell {
    BlockCell { value: x.into(), ..BlockCell::default() }
}

/// A law as a scenario writes it. `unit` is seconds of the unit of times.
pub(crate) fn toml(law: &Law, unit: f64) -> String {
    let name = unit_name(unit);
    let t = |x: f64| format!("\"{} {name}\"", digits(x / unit));
    let [a, b, c] = law.numbers;
    match law.family {
        Family::Exponential => format!("{{ exponential = {} }}", t(a)),
        Family::Lognormal | Family::Gamma | Family::Weibull => {
            format!("{{ {} = {{ mean = {}, cv = {} }} }}", law.family.name(), t(a), digits(b))
        }
        Family::Erlang => format!("{{ erlang = {{ shape = {a}, mean = {} }} }}", t(b)),
        Family::Hyperexponential => format!(
            "{{ hyperexponential = {{ phases = [{{ probability = {}, mean = {} }}, {{ probability = {}, mean = {} }}] }} }}",
            digits(a),
            t(b),
            // The two sum to one as they are written.
            number::trimmed(1.0 - digits(a).parse::<f64>().unwrap_or(a), 8),
            t(c)
        ),
        Family::Uniform => format!("{{ uniform = {{ low = {}, high = {} }} }}", t(a), t(b)),
        Family::Triangular => {
            format!("{{ triangular = {{ low = {}, mode = {}, high = {} }} }}", t(a), t(b), t(c))
        }
    }
}

fn other_numbers(numbers: &[FittedNumber], unit: f64) -> String {
    let one =
        |n: &FittedNumber| format!("{} {}", n.name, interval(&n.interval, if n.time { unit } else { 1.0 }));
    numbers.iter().skip(1).map(one).collect::<Vec<_>>().join("; ")
}

fn p_value(g: Option<Goodness>) -> String {
    match g {
        Some(g) if g.p_value < 0.01 => format!("< 0.01 (distance {})", number::fixed(g.distance, 3, false)),
        Some(g) => format!(
            "{} (distance {})",
            number::fixed(g.p_value, 2, false),
            number::fixed(g.distance, 3, false)
        ),
        None => "not tested".to_owned(),
    }
}

/// The table of laws.
fn laws(fit: &Fit, unit: f64) -> Block {
    let best = fit.laws.first().map_or(0.0, |l| l.aic);
    let row = |l: &Fitted| {
        vec![
            cell(l.estimate.law.family.name()),
            cell(number::fixed(l.aic - best, 1, false)),
            cell(p_value(l.goodness)),
            cell(l.numbers.first().map_or(String::new(), |n| interval(&n.interval, unit))),
            cell(other_numbers(&l.numbers, unit)),
        ]
    };
    Block {
        title: format!("Laws by greatest likelihood, 95 % intervals; times in {}", unit_name(unit)),
        header: ["Law", "AIC above best", "P by bootstrap", "Mean", "Other numbers"]
            .map(str::to_owned)
            .to_vec(),
        rows: fit.laws.iter().map(row).collect(),
    }
}

/// What the digits and ends of the record show, in sentences.
fn remarks(fit: &Fit, unit: f64) -> Vec<String> {
    let mut notes = Vec::new();
    let h = &fit.heaping;
    let name = unit_name(unit);
    if h.grid > 0.0 {
        notes.push(format!(
            "All times are multiples of {} {name}: samples of the test are rounded alike.",
            time(h.grid, unit)
        ));
    }
    for heap in &h.heaps {
        notes.push(format!(
            "Times gather at multiples of {} {name}: {} of them, where chance gives {}. They were rounded by those who wrote them down.",
            time(heap.step, unit),
            number::percent(round(heap.share)),
            number::percent(round(heap.expected))
        ));
    }
    if let Some(share) = h.cut_above {
        notes.push(format!(
            "{} of the times equal the longest, {} {name}: the record seems cut there, and the laws' tails are too short.",
            number::percent(round(share)),
            time(fit.times.sorted[fit.times.n() - 1] + fit.shift, unit)
        ));
    }
    if let Some(share) = h.cut_below {
        notes.push(format!(
            "{} of the times equal the shortest: short ones seem to have been raised to it.",
            number::percent(round(share))
        ));
    }
    if h.zeros > 0 {
        notes.push(format!(
            "{} times are 0; for the laws they count as half of the step to which times are rounded.",
            h.zeros
        ));
    }
    if fit.shift > 0.0 {
        notes.push(format!(
            "{} {name} were subtracted from each time before the laws were fitted. Scenarios have no shifted laws: take the recorded times, or a stage of that length before one with `same_officer = true`.",
            time(fit.shift, unit)
        ));
    }
    notes
}

fn round(share: f64) -> f64 {
    (share * 1000.0).round() / 1000.0
}

/// What to write in a scenario; code stands on lines of its own, to be copied.
fn advice(fit: &Fit, d: &Durations, file: &str) -> String {
    let recorded = format!(
        "  time = {{ empirical = {{ file = \"{file}\", column = \"{}\", unit = \"{}\" }} }}\n",
        d.column,
        unit_name(d.unit)
    );
    match fit.best().filter(|_| fit.shift == 0.0) {
        Some(best) => format!(
            "Write in a stage's `service` (chance alone could give this distance, P {}):\n  time = {}\nThe recorded times themselves are as safe:\n{recorded}",
            number::fixed(best.goodness.map_or(0.0, |g| g.p_value), 2, false),
            toml(&best.estimate.law, d.unit),
        ),
        None => {
            format!("No law fits well enough to stand for these times. Take the recorded ones:\n{recorded}")
        }
    }
}

/// The answer in a sentence.
fn found(fit: &Fit) -> String {
    match fit.best() {
        Some(best) => {
            let p = number::fixed(best.goodness.map_or(0.0, |g| g.p_value), 2, false);
            let name = best.estimate.law.family.name();
            format!(
                "The law that describes the times best is the {name}: chance alone could give their distance from it (P {p})."
            )
        }
        None => "The times follow none of the laws: take them as they were recorded.".to_owned(),
    }
}

/// Everything about a list of durations.
fn durations(d: &Durations, fit: &Fit, file: &str, form: &str) -> Told {
    let (unit, name) = (d.unit, unit_name(d.unit));
    let n = fit.times.n();
    let q = |p: f64| fit.times.sorted[((n as f64 * p) as usize).min(n - 1)] + fit.shift;
    let mut head = vec![
        found(fit),
        format!(
            "{file}: column `{}`, {} times in {name} ({form})",
            d.column,
            number::fixed(d.seen as f64, 0, false)
        ),
    ];
    head.push(format!(
        "Mean {} {name}, median {}, coefficient of variation {}; 5 % are below {}, 5 % above {}, the longest is {}.",
        interval(&fit.mean, unit),
        time(q(0.5), unit),
        digits(fit.times.cv() * fit.times.mean() / (fit.times.mean() + fit.shift)),
        time(q(0.05), unit),
        time(q(0.95), unit),
        time(q(1.0), unit),
    ));
    if d.empty > 0 {
        head.push(format!("{} rows have no time and are left out.", d.empty));
    }
    if (d.seconds.len() as u64) < d.seen {
        head.push(format!(
            "{} of them are looked at, each with the same probability.",
            number::fixed(d.seconds.len() as f64, 0, false)
        ));
    }
    let mut notes = remarks(fit, unit);
    for g in &d.groups {
        let means: Vec<String> =
            g.groups.iter().take(12).map(|x| format!("{} {}", x.name, time(x.mean, unit))).collect();
        let verdict = if g.p_value < NOT_BY_CHANCE {
            "they differ beyond chance: give each its own time"
        } else {
            "chance alone gives such differences"
        };
        notes.push(format!(
            "By `{}` ({}): {verdict} (P {}).",
            g.by,
            means.join(", "),
            number::fixed(g.p_value, 3, false)
        ));
    }
    notes.push(format!(
        "P is the share of samples of the law, fitted anew, that lie as far from it as these times do; below {NOT_BY_CHANCE} the law is not theirs."
    ));
    Told { head, blocks: vec![laws(fit, unit)], notes, advice: advice(fit, d, file) }
}

/// Everything about patience.
fn patience(w: &RecordedWaits, steps: &[SurvivalStep], laws: &[Patience], file: &str, form: &str) -> Told {
    let (unit, name) = (w.unit, unit_name(w.unit));
    let kept = w.observed.len() as u64;
    let ended = w.observed.iter().filter(|o| o.ended).count();
    // Of very many an even sample is kept.
    let lost = if kept < w.seen {
        format!("about {:.0}", ended as f64 * w.seen as f64 / kept as f64)
    } else {
        ended.to_string()
    };
    let median = censored::median(steps).map_or_else(
        || "more than half would have waited longer than anybody did".to_owned(),
        |m| format!("half would have given up by {} {name}", time(m, unit)),
    );
    let head = vec![
        format!(
            "{file}: column `{}`, {} waits in {name}, {} of them given up ({form})",
            w.column, w.seen, lost
        ),
        format!("Kaplan and Meier: {median}."),
    ];
    let mut sorted: Vec<&Patience> = laws.iter().collect();
    let aic = |p: &Patience| 2.0 * p.numbers.len() as f64 - 2.0 * p.estimate.ln_likelihood;
    sorted.sort_by(|a, b| aic(a).total_cmp(&aic(b)));
    let best = sorted.first().map_or(0.0, |p| aic(p));
    let rows = sorted
        .iter()
        .map(|p| {
            vec![
                cell(p.estimate.law.family.name()),
                cell(number::fixed(aic(p) - best, 1, false)),
                cell(p_value(p.goodness)),
                cell(p.numbers.first().map_or(String::new(), |n| interval(&n.interval, unit))),
                cell(other_numbers(&p.numbers, unit)),
            ]
        })
        .collect();
    let block = Block {
        title: format!("Laws of patience, waits of those served counting as longer; times in {name}"),
        header: ["Law", "AIC above best", "P by bootstrap", "Mean", "Other numbers"]
            .map(str::to_owned)
            .to_vec(),
        rows,
    };
    let notes = vec!["A mean far beyond the longest wait rests on the law, not on the record.".to_owned()];
    let fits = sorted.iter().find(|p| p.goodness.is_some_and(|g| g.p_value >= NOT_BY_CHANCE));
    let advice = match fits {
        Some(p) => format!(
            "Write in the class, with your own stage and exit:\n  deadline = {{ after = {}, until = {{ start = \"STAGE\" }}, exit = \"EXIT\" }}\n",
            toml(&p.estimate.law, unit)
        ),
        None => "No law fits well enough to stand for this patience.\n".to_owned(),
    };
    Told { head, blocks: vec![block], notes, advice }
}

fn law_json(law: &Law, numbers: &[FittedNumber], aic: f64, goodness: Option<Goodness>) -> Value {
    json!({
        "law": law.family.name(),
        "numbers": numbers,
        "aic": aic,
        "distance": goodness.map(|g| g.distance),
        "p_value": goodness.map(|g| g.p_value),
        "toml": toml(law, 1.0),
    })
}

/// The same as data; times in seconds.
fn durations_json(d: &Durations, fit: &Fit, file: &str) -> Value {
    json!({
        "file": file,
        "column": d.column,
        "times": d.seen,
        "unit_seconds": d.unit,
        "mean": fit.mean,
        "cv": fit.times.cv(),
        "shift": fit.shift,
        "heaping": fit.heaping,
        "groups": d.groups,
        "best": fit.best().map(|b| b.estimate.law.family.name()),
        "laws": fit.laws.iter().map(|l| law_json(&l.estimate.law, &l.numbers, l.aic, l.goodness)).collect::<Vec<_>>(),
    })
}

/// The same of patience.
fn patience_json(w: &RecordedWaits, steps: &[SurvivalStep], laws: &[Patience], file: &str) -> Value {
    let aic = |p: &Patience| 2.0 * p.numbers.len() as f64 - 2.0 * p.estimate.ln_likelihood;
    json!({
        "file": file,
        "column": w.column,
        "waits": w.seen,
        "waits_kept": w.observed.len(),
        "given_up": w.observed.iter().filter(|o| o.ended).count(),
        "kaplan_meier_median": censored::median(steps),
        "laws": laws.iter().map(|p| law_json(&p.estimate.law, &p.numbers, aic(p), p.goodness)).collect::<Vec<_>>(),
    })
}

/// What was found, for a terminal of that width.
pub fn text(found: &FileFit, width: usize) -> String {
    let Told { head, blocks, notes, advice } = told(found);
    let tables = table::further(&blocks, &notes, width);
    let head: String = head.iter().map(|text| table::paragraph(text, width)).collect();
    // What is to be copied is indented, and stays on its line.
    let line = |line: &str| match line.starts_with(' ') {
        true => format!("{line}\n"),
        false => table::paragraph(line, width),
    };
    let advice: String = advice.lines().map(line).collect();
    format!("{head}\n{}\n{advice}", tables.trim_start_matches('\n'))
}

/// What was found, in its parts.
pub fn told(found: &FileFit) -> Told {
    match &found.laws {
        Laws::Durations(d, fit) => durations(d, fit, &found.file, &found.form),
        Laws::Patience(w, steps, laws) => patience(w, steps, laws, &found.file, &found.form),
    }
}

/// The same as a page, with pictures as SVG.
pub fn page(found: &FileFit, pictures: Vec<String>) -> Page {
    let title = match found.laws {
        Laws::Durations(..) => "Which law do the recorded times follow?",
        Laws::Patience(..) => "Which law does the patience of those who wait follow?",
    };
    let mut told = told(found);
    told.notes.push(
        "Nothing can be tried on this page: a law of times is no scenario, and there is nothing to simulate. Put it into one, \
         and the page of `poolwise run` simulates it."
            .to_owned(),
    );
    Page::told("Law of times", title.to_owned(), told, pictures)
}

/// The same as data; times in seconds.
pub fn json(found: &FileFit) -> Value {
    match &found.laws {
        Laws::Durations(d, fit) => durations_json(d, fit, &found.file),
        Laws::Patience(w, steps, laws) => patience_json(w, steps, laws, &found.file),
    }
}

/// The same as pictures, each with its file name without an ending.
pub fn pictures(found: &FileFit) -> Vec<(&'static str, Scene)> {
    let drawn = match &found.laws {
        Laws::Durations(d, fit) => vec![
            ("density", plots::fit::density(fit, &d.column, d.unit)),
            ("quantiles", plots::fit::quantiles(fit, &d.column, d.unit)),
        ],
        Laws::Patience(w, steps, laws) => {
            vec![("patience", plots::fit::patience(steps, laws, &w.column, w.unit))]
        }
    };
    drawn.into_iter().filter_map(|(name, scene)| Some((name, scene?))).collect()
}
