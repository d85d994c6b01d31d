//! What `import` found, in words and a table.

use super::block::{Block, Cell};
use super::{number, table};
use poolwise_intake::arrivals::Stream;
use poolwise_intake::counts::Series;

fn text(x: impl Into<String>) -> Cell {
    Cell { value: x.into(), ..Cell::default() }
}

/// A series of counts in a line.
pub fn series(s: &Series) -> String {
    let width = match s.width {
        86_400 => "by day".to_owned(),
        3_600 => "by hour".to_owned(),
        w => format!("by {} min", w / 60),
    };
    let (first, last) = (s.rows.first().map(|r| r.0.date()), s.rows.last().map(|r| r.0.date()));
    let dates = first.zip(last).map_or(String::new(), |(a, b)| format!(" from {a} to {b}"));
    let places = if s.places.len() == 1 {
        format!("one place (`{}`)", s.places[0])
    } else {
        format!(
            "{} places ({})",
            s.places.len(),
            s.places.iter().take(12).map(|p| format!("`{p}`")).collect::<Vec<_>>().join(", ")
        )
    };
    format!("counts {width}{dates}, {places}, {} requests", number::fixed(s.total() as f64, 0, false))
}

/// The streams' figures side by side.
pub fn streams(streams: &[&Stream], between: Option<f64>) -> String {
    let figure = |x: f64, d: usize| number::fixed(x, d, false);
    let range = |i: &poolwise_intake::fit::Interval, d: usize| Cell {
        value: figure(i.base, d),
        interval: Some(format!("[{}, {}]", figure(i.low, d), figure(i.high, d))),
        remark: None,
    };
    let at = |(hour, rate): (usize, f64)| text(format!("{} at {hour:02}h", figure(rate, 2)));
    let rates = Block {
        title: "How requests arrive: rate, and hours of the day over the mean; 95 % intervals".to_owned(),
        header: ["Place", "Per hour", "Most", "Least", "At weekends, %"].map(str::to_owned).to_vec(),
        rows: streams
            .iter()
            .map(|s| {
                vec![
                    text(s.name.clone()),
                    range(&s.per_hour, 2),
                    at(s.peak),
                    at(s.trough),
                    text(figure(100.0 * s.weekend, 1)),
                ]
            })
            .collect(),
    };
    let spread = Block {
        title: "How much they vary: variance over mean (1 is pure chance), and the random factor of each day"
            .to_owned(),
        header: ["Place", "Hours", "Days", "Within the day", "Day factor, CV", "Next day's correlation"]
            .map(str::to_owned)
            .to_vec(),
        rows: streams
            .iter()
            .map(|s| {
                vec![
                    text(s.name.clone()),
                    text(figure(s.hourly_dispersion, 2)),
                    text(figure(s.daily_dispersion, 2)),
                    text(figure(s.within_day, 2)),
                    range(&s.day_factor, 3),
                    range(&s.autocorrelation, 2),
                ]
            })
            .collect(),
    };
    let mut notes = vec![
        "Variances are within the quarter of the year and hour or day of the week; within the day: what is left of the hours' when the day's factor is taken out.".to_owned(),
    ];
    if let Some(r) = between {
        notes.push(format!("Between places, days go together with a mean correlation of {}.", figure(r, 2)));
    }
    table::further(&[rates, spread], &notes, table::WIDTH)
}
