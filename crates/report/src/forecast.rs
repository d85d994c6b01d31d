//! The rest of the day, foreseen from what is there now: in a sentence, in a table by hour, as data.

use super::block::{Block, BlockCell};
use super::number;
use super::page::Page;
use super::told::Told;
use poolwise_study::Study;
use poolwise_study::forecast::{Band, Forecast, ForecastInterval};
use serde_json::{Value, json};

/// A time of day from hours after midnight; of a later day with its hours going round.
fn clock(hours: f64) -> String {
    let minutes = (hours * 60.0).round() as i64;
    format!("{:02}:{:02}", minutes.div_euclid(60) % 24, minutes.rem_euclid(60))
}

fn percent(x: f64) -> String {
    number::seen(100.0 * x, 1, false)
}

fn count(x: f64) -> String {
    number::fixed(x, 0, false)
}

/// The words of the scenario for requests.
struct Nouns<'a> {
    many: &'a str,
    officer: &'a str,
    officers: &'a str,
}

fn nouns(study: &Study) -> Nouns<'_> {
    let words = &study.scenarios()[0].model.words;
    Nouns { many: &words.request.many, officer: &words.officer.one, officers: &words.officer.many }
}

/// The end of the day in words.
fn end(found: &Forecast) -> String {
    if found.until == 24.0 { "midnight".to_owned() } else { clock(found.until) }
}

/// The interval whose share answered in time is the least, of those with one.
fn worst(found: &Forecast) -> Option<(&ForecastInterval, Band)> {
    let with = found.intervals.iter().filter_map(|i| i.answered.map(|answered| (i, answered)));
    with.min_by(|a, b| a.1.mean.total_cmp(&b.1.mean))
}

/// The answer.
fn sentence(found: &Forecast, nouns: &Nouns<'_>) -> String {
    let band = |b: &Band| format!("[{}, {}]", count(b.lower), count(b.upper));
    let mut out = format!(
        "From {} to {} {} more {} come {}",
        clock(found.at),
        end(found),
        count(found.to_come.mean),
        nouns.many,
        band(&found.to_come)
    );
    if let Some(whole) = &found.whole_day {
        out.push_str(&format!(", {} today in all {}", count(whole.mean), band(whole)));
    }
    if let Some(answered) = &found.answered {
        out.push_str(&format!(
            "; {} % of those to come are answered within {} [{}, {}]",
            percent(answered.mean),
            number::duration(found.within_hours),
            percent(answered.lower),
            percent(answered.upper)
        ));
    }
    out.push('.');
    if let Some((hour, answered)) = worst(found).filter(|_| found.intervals.len() > 1) {
        out.push_str(&format!(
            " It is worst from {} to {}: {} % [{}, {}], with {} waiting on average.",
            clock(hour.from),
            clock(hour.until),
            percent(answered.mean),
            percent(answered.lower),
            percent(answered.upper),
            number::seen(hour.waiting.mean, 1, false)
        ));
    }
    out
}

/// What the day so far says.
fn so_far(found: &Forecast, nouns: &Nouns<'_>) -> Option<String> {
    let known: Vec<_> = found.so_far.iter().filter(|come| come.expected > 0.0).collect();
    if known.is_empty() {
        return None;
    }
    let told = known.iter().map(|come| {
        let factor = come.factor.map_or_else(String::new, |factor| {
            format!(
                ", so that the rest of the day is expected to be {} times an average one",
                number::trimmed(factor, 2)
            )
        });
        let of = if found.so_far.len() > 1 { format!(" of {}", come.class) } else { String::new() };
        format!(
            "{} {}{of} have come where {} were expected{factor}",
            count(come.count as f64),
            nouns.many,
            count(come.expected)
        )
    });
    let text = told.collect::<Vec<_>>().join("; ");
    Some(format!("Until {} today {text}.", clock(found.at)))
}

fn hand(found: &Forecast, nouns: &Nouns<'_>) -> String {
    let left = &found.left;
    format!(
        "Now {} {} wait and {} are in service; at {} {} are left [{}, {}].",
        count(found.waiting_now as f64),
        nouns.many,
        count(found.in_service_now as f64),
        end(found),
        number::trimmed(left.mean, 1),
        count(left.lower),
        count(left.upper)
    )
}

fn cell(band: Option<&Band>, scale: f64, decimals: usize) -> BlockCell {
    let Some(band) = band else { return BlockCell { value: "\u{2013}".to_owned(), ..BlockCell::default() } };
    let number = |x: f64, decimals| number::seen(scale * x, decimals, false);
    BlockCell {
        value: number(band.mean, decimals),
        interval: Some(format!("[{}, {}]", number(band.lower, decimals), number(band.upper, decimals))),
        remark: None,
    }
}

/// The day with changes, a row each, below the day as it is.
fn variations(all: &[Forecast], study: &Study) -> Option<Block> {
    let first = all.first().filter(|_| all.len() > 1)?;
    let nouns = nouns(study);
    let row = |(i, found): (usize, &Forecast)| {
        let title = if i == 0 { "as it is".to_owned() } else { study.scenarios()[i].model.title.clone() };
        let worst = worst(found);
        let time = worst.map_or_else(
            || "\u{2013}".to_owned(),
            |(hour, _)| format!("{} to {}", clock(hour.from), clock(hour.until)),
        );
        vec![
            BlockCell { value: title, ..BlockCell::default() },
            cell(Some(&found.to_come), 1.0, 0),
            cell(found.answered.as_ref(), 100.0, 1),
            BlockCell { value: time, ..BlockCell::default() },
            cell(worst.map(|(_, answered)| answered).as_ref(), 100.0, 1),
            cell(Some(&found.left), 1.0, 1),
        ]
    };
    let within = number::duration(first.within_hours);
    Some(Block {
        title: "With changes".to_owned(),
        header: vec![
            "The day".to_owned(),
            format!("{} to come", poolwise_engine::model::capital(nouns.many)),
            format!("Answered within {within}, %"),
            "Worst".to_owned(),
            format!("Answered within {within} then, %"),
            format!("Left at {}", end(first)),
        ],
        rows: all.iter().enumerate().map(row).collect(),
    })
}

/// Everything in its parts: the day as it is first, then the same with changes.
pub fn told(all: &[Forecast], study: &Study) -> Told {
    let found = &all[0];
    let nouns = nouns(study);
    let capital = poolwise_engine::model::capital(nouns.many);
    let row = |i: &ForecastInterval| {
        vec![
            BlockCell { value: format!("{} to {}", clock(i.from), clock(i.until)), ..BlockCell::default() },
            cell(Some(&i.arrivals), 1.0, 0),
            cell(Some(&i.waiting), 1.0, 1),
            cell(i.answered.as_ref(), 100.0, 1),
            cell(i.busy.as_ref(), 100.0, 1),
        ]
    };
    let block = Block {
        title: "The rest of the day".to_owned(),
        header: vec![
            "Time".to_owned(),
            format!("{capital} that come"),
            "Waiting, mean".to_owned(),
            format!("Answered within {}, %", number::duration(found.within_hours)),
            format!("{} busy, %", poolwise_engine::model::capital(nouns.officers)),
        ],
        rows: found.intervals.iter().map(row).collect(),
    };
    let head = [Some(sentence(found, &nouns)), so_far(found, &nouns), Some(hand(found, &nouns))];
    let mut notes = vec![
        format!(
            "In brackets what one such day stays within with 95 %, chance included: bands of {} simulated days, not intervals of the mean.",
            found.days
        ),
        format!(
            "Answered: a first {} within {} of coming; who came before now is in no share, and who comes so near the end that there is no time to tell is left out.",
            nouns.officer,
            number::duration(found.within_hours)
        ),
    ];
    let mut blocks = vec![block];
    if let Some(changed) = variations(all, study) {
        blocks.push(changed);
        notes.push(
            "With changes: the same simulated days, request by request, so that what differs is the change."
                .to_owned(),
        );
    }
    Told { head: head.into_iter().flatten().collect(), blocks, notes, advice: String::new() }
}

/// Everything for a terminal of that width.
pub fn text(all: &[Forecast], study: &Study, width: usize) -> String {
    told(all, study).text(width)
}

/// The page: the answer, the picture, the table, and what the scenario rests on; if `engine`, changes of the day can be simulated
/// there. `command` made it.
pub fn page(all: &[Forecast], study: &Study, pictures: Vec<String>, command: String, engine: bool) -> Page {
    let title = format!("The rest of the day from {}: {}", clock(all[0].at), name(study));
    let page = Page::told("Forecast of the day", title, told(all, study), pictures);
    page.of_scenarios(study, Some(command), engine)
}

/// What the scenario is called.
pub fn name(study: &Study) -> &str {
    let model = &study.scenarios()[0].model;
    if model.title.is_empty() { &model.name } else { &model.title }
}

/// The same as data; the day with changes under `variations`.
pub fn json(all: &[Forecast], study: &Study) -> Value {
    let found = &all[0];
    let mut out = json!({ "sentence": sentence(found, &nouns(study)), "at_local": clock(found.at), "until_local": clock(found.until) });
    if let (Some(out), Ok(Value::Object(data))) = (out.as_object_mut(), serde_json::to_value(found)) {
        out.extend(data);
        if all.len() > 1 {
            let changed = all.iter().zip(study.scenarios()).skip(1).map(|(found, scenario)| {
                let mut one = json!({ "title": scenario.model.title });
                if let (Some(one), Ok(Value::Object(data))) =
                    (one.as_object_mut(), serde_json::to_value(found))
                {
                    one.extend(data);
                }
                one
            });
            out.insert("variations".to_owned(), changed.collect());
        }
    }
    out
}

/// Every interval as CSV.
pub fn csv(found: &Forecast) -> String {
    let mut out = String::from("from,until");
    for name in ["arrivals", "waiting", "answered", "busy"] {
        out.push_str(&format!(",{name},{name}_lower,{name}_upper"));
    }
    out.push('\n');
    for i in &found.intervals {
        out.push_str(&format!("{},{}", clock(i.from), clock(i.until)));
        for band in [Some(&i.arrivals), Some(&i.waiting), i.answered.as_ref(), i.busy.as_ref()] {
            match band {
                Some(b) => out.push_str(&format!(",{:.6},{:.6},{:.6}", b.mean, b.lower, b.upper)),
                None => out.push_str(",,,"),
            }
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_a_band_are_not_shown_as_nought_where_they_are_not() {
        let band = Band { mean: 0.003, lower: 0.0, upper: 0.04 };
        let cell = cell(Some(&band), 1.0, 1);
        assert_eq!((cell.value.as_str(), cell.interval.as_deref()), ("0.003", Some("[0, 0.04]")));
    }
}
