//! Whether a model would have predicted what happened: in a sentence, in tables, by interval.

use super::block::{Block, BlockCell};
use super::called::Called;
use super::number;
use super::page::{Page, live};
use super::table::TableLook;
use super::told::Told;
use poolwise_intake::backtest::{BacktestVerdict, REPLICATIONS, WeekPart};
use poolwise_intake::replay::Backtest;
use poolwise_study::Study;
use serde_json::{Value, json};

fn percent(x: f64) -> String {
    number::fixed(100.0 * x, 1, false)
}

fn text_cell(x: String) -> BlockCell {
    BlockCell { value: x, ..BlockCell::default() }
}

/// The sentence.
fn sentence(v: &BacktestVerdict, within: f64) -> String {
    let mut out = format!(
        "The model predicted {} % answered within {} [{}, {}], {} % were; {} % of the {} intervals lie inside their 95 % band.",
        percent(v.predicted),
        number::duration(within / 3600.0),
        percent(v.band.0),
        percent(v.band.1),
        percent(v.actual),
        percent(v.inside),
        number::fixed(v.rows.len() as f64, 0, false),
    );
    let worst: Vec<&WeekPart> = v.parts.iter().filter(|p| p.beyond_chance).collect();
    match worst.first() {
        Some(p) => {
            let how = if p.predicted > p.actual { "too hopeful" } else { "too gloomy" };
            out.push_str(&format!(
                " It is {how} on {}: {} % predicted, {} % answered.",
                p.name,
                percent(p.predicted),
                percent(p.actual)
            ));
            if worst.len() > 1 {
                out.push_str(&format!(
                    " Of {} parts of the week {} lie beyond chance.",
                    v.parts.len(),
                    worst.len()
                ));
            }
        }
        None => out.push_str(" No part of the week lies beyond chance."),
    }
    out
}

/// What would close the gap.
fn change(now: f64, tried: &[(String, f64)], v: &BacktestVerdict, told_apart: bool) -> String {
    let Some((name, left)) = tried.first() else { return String::new() };
    let within = v.actual >= v.band.0 && v.actual <= v.band.1 && v.parts.iter().all(|p| !p.beyond_chance);
    if within {
        return "Nothing needs to be changed: what happened lies within chance.".to_owned();
    }
    if *left > 0.9 * now {
        return format!(
            "No single change that was tried closes the gap: the best, {name}, leaves {} of {} points (root mean square over hours of the week and the course of the record).",
            number::fixed(100.0 * left, 1, false),
            number::fixed(100.0 * now, 1, false)
        );
    }
    let points = |x: f64| number::fixed(100.0 * x, 1, false);
    let mut out = format!(
        "Of single changes, {name} would close the gap best: from {} to {} points (root mean square over hours of the week and the course of the record).",
        points(now),
        points(*left)
    );
    // What is delivered tells hardly whether fewer came or each took longer; the history's own officers and times do.
    let nearly = tried.iter().find(|(other, l)| kind(other) != kind(name) && *l < left + 0.15 * (now - left));
    if let Some((other, l)) = nearly {
        out.push_str(&format!(
            " {}{} would do nearly as well (to {}): columns of handling times and of officers in the history tell them apart.",
            other[..1].to_uppercase(),
            &other[1..],
            points(*l)
        ));
    } else if !told_apart && matches!(kind(name), Some("handling" | "absence")) {
        out.push_str(
            " Fewer officers and longer handling times look alike in what is delivered: this history has neither a column of handling times nor one of officers, so that it does not tell which of the two it was.",
        );
    }
    out
}

/// What a change is of, by the word that stands for it.
fn kind(name: &str) -> Option<&'static str> {
    ["handling", "absence", "break", "patience", "given up", "waiting"].into_iter().find(|w| name.contains(w))
}

/// Those who gave up and handling times, where the history says them.
fn beside(found: &Backtest) -> String {
    let mut out = Vec::new();
    if let Some(b) = &found.given_up {
        out.push(format!(
            "Given up: {} % predicted [{}, {}], {} % were.",
            percent(b.predicted),
            percent(b.band.0),
            percent(b.band.1),
            percent(b.actual)
        ));
    }
    if let Some(b) = &found.handling {
        let time = |seconds: f64| number::duration(seconds / 3600.0);
        out.push(format!(
            "Handling takes {} on average in the model [{}, {}], {} in the history.",
            time(b.predicted),
            time(b.band.0),
            time(b.band.1),
            time(b.actual)
        ));
    }
    if let Some(own) = &found.own_times {
        out.push(format!(
            "The history's times are simulated, interval by interval; with its own the model would have predicted {} %, with {} % of intervals inside.",
            percent(own.predicted),
            percent(own.inside)
        ));
    }
    out.join(" ")
}

/// For a terminal: the sentences and one table; all of them, and notes, if wanted.
pub fn text(found: &Backtest, look: TableLook) -> String {
    let mut told = told(found);
    if !look.verbose {
        let rest = told.blocks.len() > 1;
        told.blocks.truncate(1);
        told.notes = vec![match rest {
            true => format!(
                "`--verbose` also shows what each of {} single changes leaves, and how this was worked out.",
                found.tried.len()
            ),
            false => "`--verbose` also shows how this was worked out.".to_owned(),
        }];
    }
    told.text(look.width)
}

/// The sentence: whether the scenario would have predicted what happened, and where it would not.
pub fn verdict(found: &Backtest) -> String {
    sentence(&found.verdict, found.within)
}

/// Everything in its parts.
pub fn told(found: &Backtest) -> Told {
    let Backtest { within, verdict: v, gap: now, tried, .. } = found;
    let (within, now) = (*within, *now);
    let parts = Block {
        title: "Parts of the week with the greatest difference: answered in time, %".to_owned(),
        header: ["Part", "Requests", "Predicted", "Actual", "Difference, points", "Beyond chance"]
            .map(str::to_owned)
            .to_vec(),
        rows: v
            .parts
            .iter()
            .take(8)
            .map(|p| {
                vec![
                    text_cell(p.name.clone()),
                    text_cell(number::fixed(p.offered as f64, 0, false)),
                    text_cell(percent(p.predicted)),
                    text_cell(percent(p.actual)),
                    text_cell(number::fixed(100.0 * (p.predicted - p.actual), 1, true)),
                    text_cell(if p.beyond_chance { "yes" } else { "no" }.to_owned()),
                ]
            })
            .collect(),
    };
    let changes = Block {
        title: format!(
            "Single changes: difference left over hours of the week and the course of the record, points (as it is: {})",
            number::fixed(100.0 * now, 1, false)
        ),
        header: ["Change", "Left"].map(str::to_owned).to_vec(),
        rows: tried
            .iter()
            .map(|(n, g)| vec![text_cell(n.clone()), text_cell(number::fixed(100.0 * g, 1, false))])
            .collect(),
    };
    let mut blocks = vec![parts];
    if !tried.is_empty() {
        blocks.push(changes);
    }
    let mut notes = vec![
        format!(
            "The history's arrivals are replayed {REPLICATIONS} times; bands are the least and the greatest of them, which hold another such replay with 95 %."
        ),
        format!(
            "{} In time: begun within the limit of reaching the queue; who gave up before was not answered.",
            found.staff
        ),
    ];
    if !found.past.notes.is_empty() {
        notes.push(format!("The history: {}.", found.past.notes.join("; ")));
    }
    let told_apart = found.handling.is_some() || found.past.rows.values().any(|r| r.staff.is_some());
    let head = vec![sentence(v, within), beside(found), change(now, tried, v, told_apart)]
        .into_iter()
        .filter(|s| !s.is_empty());
    Told { head: head.collect(), blocks, notes, advice: String::new() }
}

/// The page: everything, and what the scenario rests on; if `engine`, changes of it can be simulated there. `asked` are the words of the
/// command after its scenario, where it was typed.
pub fn page(
    found: &Backtest,
    study: &Study,
    pictures: Vec<String>,
    asked: Option<&[String]>,
    engine: bool,
) -> Page {
    let models = study.scenarios().iter().map(|s| &s.model);
    let called = Called::of(models.map(|m| (m.name.as_str(), m.title.as_str())));
    let title = format!("Would {} have predicted what happened?", called.within(&found.scenario));
    Page::told("Back-test", title, told(found), pictures).of_scenarios(
        study,
        asked.map(|words| [live::command("backtest", study), words.join(" ")].join(" ")),
        engine,
    )
}

/// The same as data.
pub fn json(found: &Backtest) -> Value {
    let Backtest { scenario, within, verdict: v, gap, tried, .. } = found;
    json!({
        "scenario": scenario,
        "within_seconds": within,
        "sentence": sentence(v, *within),
        "predicted": v.predicted,
        "band": [v.band.0, v.band.1],
        "actual": v.actual,
        "intervals": v.rows.len(),
        "intervals_inside": v.inside,
        "by_hour": v.by_hour.iter().map(|(h, p, a)| json!({"hour": h, "predicted": p, "actual": a})).collect::<Vec<_>>(),
        "parts": v.parts,
        "given_up": found.given_up,
        "handling_seconds": found.handling,
        "own_handling": found.own_times,
        "staff": found.staff,
        "gap": gap,
        "changes": tried.iter().map(|(n, g)| json!({"change": n, "gap": g})).collect::<Vec<_>>(),
    })
}

/// Every interval as CSV.
pub fn csv(found: &Backtest) -> String {
    let Backtest { past, verdict: v, .. } = found;
    let mut out =
        String::from("time,place,offered,actual,predicted,lower,upper,inside,given_up,given_up_predicted\n");
    for r in &v.rows {
        let half = 0.5 / r.offered as f64 + 1e-9;
        let inside = (r.band.0 - half..=r.band.1 + half).contains(&r.actual);
        let key = (r.at, r.place);
        let lost = past.rows.get(&key).and_then(|h| h.abandoned).map_or_else(String::new, |n| n.to_string());
        let foreseen = found.lost.get(&key).map_or_else(String::new, |n| format!("{n:.3}"));
        out.push_str(&format!(
            "{},{},{},{:.6},{:.6},{:.6},{:.6},{},{lost},{foreseen}\n",
            r.at.strftime("%Y-%m-%d %H:%M"),
            poolwise_intake::counts::quoted(&past.places[r.place]),
            r.offered,
            r.actual,
            r.predicted,
            r.band.0,
            r.band.1,
            inside
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A model that is too hopeful: 90 % predicted, 80 % answered.
    fn verdict() -> BacktestVerdict {
        BacktestVerdict {
            rows: Vec::new(),
            actual: 0.8,
            predicted: 0.9,
            band: (0.88, 0.92),
            inside: 0.5,
            parts: Vec::new(),
            by_hour: Vec::new(),
        }
    }

    #[test]
    fn the_sentence_says_where_the_model_is_off_or_that_it_is_nowhere() {
        let part = |name: &str, predicted: f64, actual: f64| WeekPart {
            name: name.to_owned(),
            predicted,
            actual,
            beyond_chance: (predicted - actual).abs() > 0.1,
            offered: 100,
        };
        let of = |parts: Vec<WeekPart>| {
            let said = sentence(&BacktestVerdict { parts, ..verdict() }, 600.0);
            let before = "The model predicted 90.0 % answered within 10 min [88.0, 92.0], 80.0 % were; ";
            let (_, rest) = said
                .split_once("95 % band.")
                .filter(|(first, _)| first.starts_with(before))
                .expect("a sentence");
            rest.trim().to_owned()
        };
        assert_eq!(of(vec![part("Mondays", 0.9, 0.85)]), "No part of the week lies beyond chance.");
        assert_eq!(
            of(vec![part("Mondays", 0.9, 0.6), part("Tuesdays", 0.8, 0.85)]),
            "It is too hopeful on Mondays: 90.0 % predicted, 60.0 % answered."
        );
        assert_eq!(
            of(vec![part("Mondays", 0.6, 0.9), part("Tuesdays", 0.6, 0.85)]),
            "It is too gloomy on Mondays: 60.0 % predicted, 90.0 % answered. Of 2 parts of the week 2 lie beyond chance."
        );
    }

    /// Longer handling times and fewer officers look alike: it is said, unless the history has a column of either; where one of the two does nearly as
    /// well as the other, it is named instead.
    #[test]
    fn handling_times_and_absence_are_told_apart_by_the_history_alone() {
        let of = |tried: &[(&str, f64)], told_apart| {
            let tried: Vec<(String, f64)> = tried.iter().map(|(n, g)| ((*n).to_owned(), *g)).collect();
            change(0.1, &tried, &verdict(), told_apart)
        };
        let (longer, absent) = ("handling times 20 % longer", "absence of 20 %");
        for first in [longer, absent] {
            let far = [(first, 0.01), (if first == longer { absent } else { longer }, 0.08)];
            let said = of(&far, false);
            assert!(said.contains(first) && said.contains("does not tell which of the two it was"), "{said}");
            assert!(!of(&far, true).contains("which of the two"), "{}", of(&far, true));
        }
        let said = of(&[(longer, 0.01), (absent, 0.02)], false);
        assert!(
            said.contains("Absence of 20 % would do nearly as well") && !said.contains("which of the two"),
            "{said}"
        );
        // Of other changes there is nothing to tell apart.
        assert!(!of(&[("breaks twice as long", 0.01), (absent, 0.08)], false).contains("which of the two"));
        assert!(of(&[(longer, 0.095)], false).starts_with("No single change"));
    }
}
