//! A made-up result with 24 centres, for tests of reports: plausible in shape, not computed.

use super::setting::Setting;
use poolwise_engine::model::{Noun, Words};
use poolwise_math::{exp, ln, powi, sin};
use poolwise_stats::Estimate;
use poolwise_stats::nested;
use poolwise_stats::warmup::mser;
use poolwise_study::measures::{self, PRIMARY};
use poolwise_study::summary::{
    Best, Comparison, CompletionBin, Detail, Difference, HourRow, LocalHourRow, Measures, PathPoint,
    ReplicationRow, StageSummary, Summary, UtilizationRange, Verdict,
};
use poolwise_study::uncertain::{DifferenceSpread, Robustness, Spread};
use poolwise_study::verdict::About;
use poolwise_study::warm_up::WarmUp;
use std::collections::BTreeMap;
use std::f64::consts::TAU;

const CENTRES: [&str; 24] = [
    "PERC",
    "Los Angeles",
    "Atlanta",
    "Houston",
    "Dallas",
    "San Antonio",
    "Miami",
    "San Francisco",
    "Chicago",
    "Phoenix",
    "New Orleans",
    "Washington",
    "El Paso",
    "San Diego",
    "Newark",
    "Philadelphia",
    "New York",
    "Denver",
    "Salt Lake City",
    "Seattle",
    "Boston",
    "St. Paul",
    "Baltimore",
    "Support Center",
];

/// An estimate with a symmetric interval.
pub(crate) fn estimate(value: f64, half: f64) -> Estimate {
    Estimate { estimate: value, lower: value - half, upper: value + half, replications: 10 }
}

/// How busy the hour is, between about 0.35 and 1: nights low, afternoons high.
fn daily(hour: usize) -> f64 {
    0.68 + 0.3 * sin(TAU * (hour as f64 - 9.0) / 24.0)
}

fn on_duty(centre: usize, hour: usize) -> f64 {
    let (day, clock) = (hour / 24, hour % 24);
    match centre {
        0 => [14.0, 19.0, 16.0][clock / 8] + if day >= 5 { 6.0 } else { 0.0 },
        1..=15 if day < 5 => 1.9 + 0.2 * (15 - centre) as f64,
        16..=22 if day < 5 && (6..22).contains(&clock) => 2.4,
        23 => 40.0,
        _ => 0.0,
    }
}

fn hourly(load: f64) -> Vec<HourRow> {
    let mut rows = Vec::new();
    for (c, name) in CENTRES.iter().enumerate() {
        for hour in 0..168 {
            let on = on_duty(c, hour);
            let weekend = if c == 0 && hour >= 120 { 1.35 } else { 1.0 };
            let share = (load * daily(hour % 24) * weekend * (1.0 + 0.15 * ((c * 7 % 5) as f64 - 2.0) / 2.0))
                .min(0.99);
            let late = if (16..23).contains(&c) && hour / 24 < 5 && hour % 24 == 22 { 0.4 } else { 0.0 };
            rows.push(HourRow {
                centre: (*name).to_owned(),
                role: "all".to_owned(),
                hour_of_week: hour,
                on_duty: on,
                busy: on * share + late,
                queue: 3.0 * powi(share, 6),
                arrivals_per_hour: 2.0 * on * share,
                utilization: if on > 0.0 { share } else { f64::NAN },
                wait_mean_hours: if on > 0.0 { powi(share, 6) / 2.0 } else { f64::NAN },
                answered_within: if on > 0.0 { 1.0 - share / 2.0 } else { f64::NAN },
            });
        }
    }
    rows
}

fn completion(scale: f64) -> Vec<CompletionBin> {
    // A lognormal's shares over bins that grow by a quarter from three minutes on.
    let normal = |z: f64| 1.0 / (1.0 + exp(-1.702 * z));
    let done_by = |h: f64| if h <= 0.0 { 0.0 } else { normal(ln(h / scale) / 1.1) };
    let mut edges = vec![0.0];
    edges.extend((0..40).map(|i| 0.05 * powi(1.25_f64, i)));
    edges
        .windows(2)
        .map(|w| CompletionBin { from_hours: w[0], to_hours: w[1], share: done_by(w[1]) - done_by(w[0]) })
        .collect()
}

fn measures(load: f64) -> Measures {
    let wait = 0.4 * powi(load / 0.6, 4);
    [
        ("posts", Estimate::exact(46.7, 10)),
        ("rostered_hours_per_week", Estimate::exact(8330.0, 10)),
        ("paid_hours_per_week", estimate(9821.4, 0.8)),
        ("headcount", Estimate::exact(245.0, 10)),
        ("utilization", estimate(load, 0.0021)),
        ("arrivals_per_hour", estimate(61.2, 0.21)),
        ("done_within_target", estimate(0.99 - wait / 10.0, 0.0018)),
        ("time_to_completion_mean_hours", estimate(0.7 + wait, 0.013)),
        ("time_to_completion_p95_hours", estimate(1.9 + 3.0 * wait, 0.061)),
        ("lost_share", estimate(0.081, 0.0012)),
        ("lost_share_avoidable", estimate(0.006 * load, 0.0004)),
        ("wait_mean_hours", estimate(wait, 0.012)),
        ("wait_p95_hours", estimate(4.0 * wait, 0.09)),
        ("p_wait", estimate(0.31, 0.004)),
        ("queue_mean", estimate(20.0 * wait, 0.7)),
        ("busy_mean", estimate(46.7 * load, 0.09)),
        ("downtime_hours_per_week", estimate(7845.6 * (1.0 - load), 16.0)),
        ("duplicate_hours_per_week", estimate(182.0, 1.9)),
        ("rework_hours_per_week", estimate(96.1, 1.2)),
        ("overtime_hours_per_week", estimate(41.3, 0.6)),
        ("backlog_at_end", estimate(31.0 * wait + 20.0, 4.0)),
    ]
    .into_iter()
    .map(|(name, e)| (name.to_owned(), e))
    .collect()
}

/// A scenario of that name whose officers are busy for that share of their time.
pub(crate) fn summary(name: &str, load: f64) -> Summary {
    let measures = measures(load);
    let replications = (0..10)
        .flat_map(|r| {
            measures.iter().map(move |(measure, e)| ReplicationRow {
                scenario: name.to_owned(),
                replication: r,
                measure: measure.clone(),
                value: e.estimate + e.half_width() * (f64::from(r) - 4.5) / 4.5,
            })
        })
        .collect();
    let centres = CENTRES
        .iter()
        .enumerate()
        .map(|(i, c)| {
            let own: Measures = [
                ("posts", Estimate::exact(1.0 + i as f64 / 10.0, 10)),
                (
                    "utilization",
                    estimate(
                        (load * (0.8 + 0.02 * (i * 7 % 24) as f64)).min(0.99),
                        0.004 + 0.002 * (i % 5) as f64,
                    ),
                ),
            ]
            .into_iter()
            .map(|(name, e)| (name.to_owned(), e))
            .collect();
            ((*c).to_owned(), BTreeMap::from([("all".to_owned(), own)]))
        })
        .collect();
    let queue_path = (0..364)
        .map(|d| {
            let day = f64::from(d) + 0.5;
            let level =
                8.0 * load * (1.3 + 0.3 * sin(TAU * day / 364.0) + if d % 7 >= 5 { 0.8 } else { 0.0 });
            PathPoint { day, value: estimate(level, 0.6), band: (level * 0.6, level * 1.6) }
        })
        .collect();
    let wait_by_local_hour = (0..168)
        .map(|h| {
            let wait = 0.5 * load * (1.6 - daily(h % 24)) * if h >= 120 { 1.8 } else { 1.0 };
            LocalHourRow { hour_of_week: h, wait_mean_hours: wait, done_within_target: 1.0 - wait / 9.0 }
        })
        .collect();
    Summary {
        measures_version: measures::VERSION,
        words: Words { officer: Noun::regular("officer"), ..Words::default() },
        scenario: name.to_owned(),
        title: format!("Made-up option {name} with 24 centres"),
        verdict: vec!["It is made up.".to_owned()],
        on_page: vec!["It is made up.".to_owned()],
        replications: 10,
        replications_planned: 10,
        confidence: 0.95,
        horizon_days: 364.0,
        warm_up_days: 28.0,
        target_hours: 4.0,
        answer_within_hours: 4.0,
        measures,
        exits: BTreeMap::from([(
            "closed".to_owned(),
            BTreeMap::from([("share".to_owned(), estimate(0.69, 0.001))]),
        )]),
        classes: BTreeMap::new(),
        areas: BTreeMap::new(),
        stages: BTreeMap::from([(
            "research".to_owned(),
            StageSummary {
                measures: BTreeMap::from([("wait_mean_hours".to_owned(), estimate(0.3, 0.01))]),
                share_by_centre: BTreeMap::from([("PERC".to_owned(), estimate(0.3, 0.002))]),
            },
        )]),
        centres,
        oracle: Default::default(),
        warm_up: Some(warm_up(load)),
        about: About { states_headcount: true, changes: true, ..About::default() },
        detail: Detail {
            hourly: hourly(load),
            queue_path,
            local_hours: Vec::new(),
            wait_by_local_hour,
            completion: completion(0.5 + load),
            replications,
            centres: CENTRES.iter().map(|c| ((*c).to_owned(), *c != "Support Center")).collect(),
            utilization_range: Some(UtilizationRange {
                lowest: load * 0.6,
                lowest_hour: 28,
                highest: (load * 1.5).min(0.99),
                highest_hour: 158,
            }),
        },
        ..Summary::default()
    }
}

/// A run that fills up over three weeks, four being stated.
fn warm_up(load: f64) -> WarmUp {
    let series: Vec<f64> = (0..56)
        .map(|w| {
            let wobble = 1.0 + 0.03 * sin(f64::from(w) * 1.7);
            30.0 * load * wobble * (1.0 - exp(-f64::from(w) - 0.3))
        })
        .collect();
    let curve = mser(&series, 1).map_or_else(Vec::new, |t| t.curve);
    WarmUp {
        method: "MSER on the weekly number of requests, season divided out".to_owned(),
        stated_weeks: 4.0,
        proposed_hours: Some(504.0),
        proposed_weeks: Some(3.0),
        at_edge: false,
        too_short: false,
        difference: None,
        step_hours: 168.0,
        series,
        curve,
    }
}

/// Seven scenarios; the first is the baseline, the last a system that does not keep up.
pub(crate) fn seven() -> Vec<Summary> {
    let names = [
        ("status-quo", 0.61),
        ("centralized", 0.59),
        ("distributed", 0.66),
        ("regional", 0.60),
        ("overflow", 0.605),
        ("status-quo-load", 0.61),
        ("status-quo-no-perc", 0.97),
    ];
    let mut all: Vec<Summary> = names.iter().map(|(name, load)| summary(name, *load)).collect();
    if let Some(last) = all.last_mut() {
        last.warnings.push("PERC is off duty; 3 centres are offered more work than they can do.".to_owned());
        for (name, value, half) in [
            ("time_to_completion_mean_hours", 941.3, 31.0),
            ("time_to_completion_p95_hours", 2210.0, 88.0),
            ("backlog_at_end", 112_430.0, 2_120.0),
        ] {
            last.measures.insert(name.to_owned(), estimate(value, half));
        }
    }
    all
}

/// Their differences from the first.
pub(crate) fn comparison(summaries: &[Summary]) -> Comparison {
    let base = &summaries[0];
    let mut rows = Vec::new();
    for s in &summaries[1..] {
        for (measure, e) in &s.measures {
            let primary = PRIMARY.contains(&measure.as_str());
            let d = e.estimate - base.measures[measure].estimate;
            let half = if primary { 1.4 } else { 1.0 } * e.half_width();
            let told = match d {
                d if d > half => Verdict::More,
                d if d < -half => Verdict::Less,
                _ => Verdict::CannotTell,
            };
            rows.push(Difference {
                scenario: s.scenario.clone(),
                measure: measure.clone(),
                difference: estimate(d, half),
                simultaneous: primary,
                verdict: primary.then_some(told),
                variance_ratio: 3.2,
                replications_to_tell: (primary && told == Verdict::CannotTell && d != 0.0).then_some(140),
                controls: None,
            });
        }
    }
    let best = PRIMARY
        .iter()
        .flat_map(|measure| {
            summaries.iter().enumerate().map(move |(i, s)| Best {
                measure: (*measure).to_owned(),
                scenario: s.scenario.clone(),
                difference: Estimate { lower: 0.0, ..estimate(0.01 * i as f64, 0.01) },
                may_be_best: i < 2,
                is_best: false,
            })
        })
        .collect();
    Comparison {
        baseline: base.scenario.clone(),
        verdict: vec!["It is made up.".to_owned()],
        costs: Vec::new(),
        confidence: 0.95,
        rows,
        best,
        on_page: vec!["It is made up.".to_owned()],
    }
}

/// The same setting for each of `n` scenarios.
pub(crate) fn settings(n: usize) -> Vec<Setting> {
    let one = Setting {
        start: jiff::civil::Date::new(2018, 10, 1).ok(),
        zone: "America/New_York".to_owned(),
        rules: vec![
            "Shift end: officers finish the case in hand in overtime, on top of those coming on duty."
                .to_owned(),
            "Headcount: 40 paid hours a week for each officer, 85 % of them available for the roster."
                .to_owned(),
        ],
        shifts: Vec::new(),
    };
    vec![one; n]
}

/// The differences of [`comparison`] over draws, of every kind.
pub(crate) fn over_draws(summaries: &[Summary]) -> Vec<DifferenceSpread> {
    comparison(summaries)
        .rows
        .iter()
        .filter(|r| r.verdict.is_some())
        .enumerate()
        .map(|(i, r)| {
            let at = r.difference.estimate;
            let values: Vec<Vec<f64>> = (0..20).map(|d| vec![at * f64::from(d) / 10.0, at * 1.1]).collect();
            DifferenceSpread {
                scenario: r.scenario.clone(),
                spread: Spread {
                    measure: r.measure.clone(),
                    base: r.difference,
                    nested: nested(&values, 0.95, 0.9),
                },
                more_share: 0.5,
                robustness: [Robustness::More, Robustness::Less, Robustness::Depends][i % 3],
                turning: None,
            }
        })
        .collect()
}
