//! Tables in print beside exact values and the simulation, with the cause of each discrepancy named.

use super::bench::{Bench, known, load};
use super::corners::{CORNERS, booked_by_hour};
use super::published_calls as calls;
use poolwise_stats::Estimate;
use poolwise_study::measures::Section;
use poolwise_theory::abandonment::mmc_m;
use poolwise_theory::{erlang, poisson};
use serde::Serialize;

/// Confidence of the simulated intervals shown.
pub(super) const CONFIDENCE: f64 = 0.95;
/// Patients in the acute stroke ward, by two readings of how long they stay, and in rehabilitation: arrivals a day x days.
const ACUTE: (f64, f64) = (8.145, 8.355);
const REHAB: f64 = 9.718;

/// One line of a table in print.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Printed {
    /// What it is.
    pub what: String,
    /// As printed; `None` where the print has no value.
    pub print: Option<f64>,
    /// Exact, by theory.
    pub exact: f64,
    /// Simulated, with a 95 % interval; `None` where it is not simulated.
    pub simulated: Option<Estimate>,
}

/// A table in print.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PrintedTable {
    /// What it is about.
    pub title: &'static str,
    /// Where it was printed.
    pub source: &'static str,
    /// Decimals that the print has.
    pub decimals: usize,
    /// The table's lines as they are in print.
    pub rows: Vec<Printed>,
    /// Why print and exact values differ, or that they do not; and what is not simulated, and why.
    pub cause: &'static str,
}

/// All tables.
///
/// # Errors
/// A sentence, when a simulation fails: which is a fault of the program.
pub fn published(bench: &Bench) -> Result<Vec<PrintedTable>, String> {
    Ok(vec![
        least_servers(bench)?,
        beds_apart(bench)?,
        wards(bench)?,
        treatment_centre(bench)?,
        desk(bench)?,
        abandonment(bench)?,
        calls::leaving_at_once(bench)?,
        calls::preemption(bench)?,
        calls::reserves(bench)?,
        calls::calls_again(bench)?,
    ])
}

/// Least servers with a probability to wait of at most one half, one fifth, one tenth.
fn least_servers(bench: &Bench) -> Result<PrintedTable, String> {
    const PRINT: [(f64, [f64; 3]); 8] = [
        (1.0, [2.0, 3.0, 3.0]),
        (5.0, [7.0, 8.0, 9.0]),
        (10.0, [12.0, 14.0, 16.0]),
        (50.0, [54.0, 58.0, 61.0]),
        (100.0, [106.0, 111.0, 115.0]),
        (250.0, [259.0, 268.0, 274.0]),
        (500.0, [512.0, 525.0, 533.0]),
        (1_000.0, [1_017.0, 1_034.0, 1_046.0]),
    ];
    let mut rows = Vec::new();
    for (load, least) in PRINT {
        for (level, print) in [0.5, 0.2, 0.1].into_iter().zip(least) {
            let first = load as u32 + 1;
            let exact = (first..).find(|c| erlang::waiting(*c, load) <= level).unwrap_or(u32::MAX);
            let simulated =
                if load <= 10.0 { Some(least_simulated(bench, load, level, exact)?) } else { None };
            rows.push(Printed {
                what: format!("load {load}, P(wait) at most {level}"),
                print: Some(print),
                exact: f64::from(exact),
                simulated,
            });
        }
    }
    Ok(PrintedTable {
        title: "Least servers for a probability to wait",
        source: "Tijms 2003, A First Course in Stochastic Models, table 5.3.2",
        decimals: 0,
        rows,
        cause: "none: print and exact values are the same. Simulated up to a load of 10: the interval holds every number of servers, of one fewer to one \
                more than the exact, whose simulated probability is not shown to be on the wrong side",
    })
}

/// The least number of servers as simulated: of `exact` and its neighbours, the ends of what is not excluded.
fn least_simulated(bench: &Bench, load: f64, level: f64, exact: u32) -> Result<Estimate, String> {
    let mut p = Vec::new();
    for c in exact - 1..=exact + 1 {
        let servers = format!("centre.desk.levels.officers={c}");
        let rate = format!("class.customer.rate={} per hour", 6.0 * load);
        // One server fewer may be too few for the work; then everybody waits.
        if f64::from(c) <= load {
            p.push(Estimate::exact(1.0, 2));
            continue;
        }
        let sets = [servers.as_str(), rate.as_str(), "run.replications=4", "run.horizon=13 weeks"];
        let results = bench.simulate("mm8.toml", &sets)?;
        p.push(results.desk_at("p_wait", CONFIDENCE));
    }
    let at = |i: usize| f64::from(exact) + i as f64 - 1.0;
    let find = |good: &dyn Fn(&Estimate) -> bool| p.iter().position(good).map_or(f64::NAN, at);
    Ok(Estimate {
        estimate: find(&|e| e.estimate <= level),
        lower: find(&|e| e.lower <= level),
        upper: find(&|e| e.upper <= level),
        replications: 4,
    })
}

/// Beds of stroke wards by themselves: loss systems of Erlang.
fn beds_apart(bench: &Bench) -> Result<PrintedTable, String> {
    const PRINT: [f64; 6] = [0.19, 0.14, 0.09, 0.06, 0.04, 0.02];
    let acute = (9..)
        .zip(PRINT)
        .flat_map(|(beds, print)| [(beds, ACUTE.1, "acute", Some(print)), (beds, ACUTE.0, "acute", None)]);
    let rehab = [10, 12, 13, 14, 15, 16].map(|beds| (beds, REHAB, "rehabilitation", None));
    let mut rows = Vec::new();
    for (beds, load, ward, print) in acute.chain(rehab) {
        // Hours stand for days: the share that is lost depends neither on the unit nor on more than the mean stay.
        let sets = [
            format!("class.customer.rate={load} per hour"),
            "stage.service.service.time={ lognormal = { mean = \"1 h\", cv = 1.2 } }".to_owned(),
            format!("centre.desk.levels.officers={beds}"),
            "run.replications=8".to_owned(),
        ];
        let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
        let simulated = bench.simulate("loss.toml", &sets)?.exit_at("blocked", "share", CONFIDENCE);
        rows.push(Printed {
            what: format!("{ward}, {beds} beds, load {load}"),
            print,
            exact: erlang::blocking(beds, load),
            simulated: Some(simulated),
        });
    }
    Ok(PrintedTable {
        title: "Stroke wards: patients who find no bed, each ward by itself",
        source: "Monks and others 2016, BMC Health Services Research 16:530; exact: Erlang B",
        decimals: 2,
        rows,
        cause: "two loads are in use: 8.355 where all strokes without early discharge stay 7.4 days, as printed; 8.145 where those who go \
                neither to rehabilitation nor home early stay 7.0. The stays simulated are lognormal; only their mean counts",
    })
}

/// Share of patients of each ward that finds no bed, and of all, where `shared` beds serve both wards, a patient
/// moving to a bed of his own ward as one is free: product form by enumeration.
fn shared_beds(own: [u32; 2], shared: u32, load: [f64; 2]) -> [f64; 2] {
    let over = |n: [u32; 2]| n[0].saturating_sub(own[0]) + n[1].saturating_sub(own[1]);
    let fits = |n: [u32; 2]| over(n) <= shared;
    let (mut all, mut full) = (0.0, [0.0; 2]);
    let mut first = 1.0;
    for i in 0..=own[0] + shared {
        let mut weight = first;
        for j in 0..=own[1] + shared {
            if fits([i, j]) {
                all += weight;
                full[0] += if fits([i + 1, j]) { 0.0 } else { weight };
                full[1] += if fits([i, j + 1]) { 0.0 } else { weight };
            }
            weight *= load[1] / f64::from(j + 1);
        }
        first *= load[0] / f64::from(i + 1);
    }
    full.map(|x| x / all)
}

/// Share of time in which a ward needs more beds than its own and those shared that the other leaves, without any limit: the
/// tail of the infinite-server model.
fn tails(own: [u32; 2], shared: u32, load: [f64; 2]) -> [f64; 2] {
    const MOST: u32 = 100;
    let pmf = |load: f64| -> Vec<f64> {
        (0..MOST)
            .map(|n| poisson::at_least(u64::from(n), load) - poisson::at_least(u64::from(n) + 1, load))
            .collect()
    };
    let p = load.map(pmf);
    let mut full = [0.0; 2];
    for i in 0..MOST {
        for j in 0..MOST {
            if i.saturating_sub(own[0]) + j.saturating_sub(own[1]) < shared {
                continue;
            }
            let both = p[0][i as usize] * p[1][j as usize];
            full[0] += if i >= own[0] { both } else { 0.0 };
            full[1] += if j >= own[1] { both } else { 0.0 };
        }
    }
    full
}

/// Both definitions of "no bed" for wards that share some.
fn wards(bench: &Bench) -> Result<PrintedTable, String> {
    let beds = [(14, 12, 0), (11, 11, 4), (11, 10, 5), (10, 10, 6), (10, 9, 7), (9, 9, 8), (9, 8, 9)];
    let load = [ACUTE.0, REHAB];
    let mut rows = Vec::new();
    for (acute, rehab, shared) in beds {
        let loss = shared_beds([acute, rehab], shared, load);
        let tail = tails([acute, rehab], shared, load);
        let print: [Option<f64>; 2] = match shared {
            0 => [Some(0.02), None],
            4 => [Some(0.031), Some(0.077)],
            _ => [None, None],
        };
        // A place of the ward's and a bed: with a patient moved to a bed of the own ward there are no other bounds.
        let officers = [acute + shared, rehab + shared, acute + rehab + shared];
        let sets: Vec<String> = (0..)
            .zip(officers)
            .map(|(line, officers)| format!("centre.wards.shifts.{line}.officers={officers}"))
            .collect();
        let mut sets: Vec<&str> = sets.iter().map(String::as_str).collect();
        sets.push("run.replications=8");
        let results = bench.simulate("wards-shared.toml", &sets)?;
        for (i, (ward, class)) in [("acute", "acute"), ("rehabilitation", "others")].into_iter().enumerate() {
            let simulated = results.at(Section::Class(class.to_owned()), "turned_away_share", CONFIDENCE);
            let mut row = |of: &str, print, exact, simulated| {
                let what = format!("{acute} + {rehab} beds, {shared} shared: {ward}, {of}");
                rows.push(Printed { what, print, exact, simulated });
            };
            row("turned away", print[i], loss[i], Some(simulated));
            row("tail without limit", None, tail[i], None);
        }
    }
    Ok(PrintedTable {
        title: "Stroke wards: beds apart, partly and fully shared",
        source: "Monks and others 2016; exact: product form by enumeration, and the tail of the infinite-server model",
        decimals: 3,
        rows,
        cause: "the print has patients turned away where beds are apart and tails of a model without a limit where they are shared, so that \
                sharing seems to hurt the acute ward; by one definition it helps both. A patient moves to a bed of the own ward when one is \
                free: simulated as a place of the ward and a bed that are taken at once. A tail without limit is no run",
    })
}

/// Arrivals whose rate changes by the hour.
fn treatment_centre(bench: &Bench) -> Result<PrintedTable, String> {
    const DAY: f64 = 227.133_4;
    let days = booked_by_hour(bench, "treatment-centre.toml", 18)?;
    let of = |f: &dyn Fn(&Vec<f64>) -> f64| {
        let values: Vec<f64> = days.iter().map(f).collect();
        Some(Estimate::mean(&values, CONFIDENCE))
    };
    Ok(PrintedTable {
        title: "Treatment centre: arrivals of the third hour and of the day",
        source: "Nelson 2013, Foundations and Methods of Stochastic Simulation, chapter 4; rates as printed, values of a simulator in circulation",
        decimals: 2,
        rows: vec![
            Printed {
                what: "08:00 to 09:00".to_owned(),
                print: Some(6.77),
                exact: 8.8333,
                simulated: of(&|d| d[2]),
            },
            Printed {
                what: "a day of 18 h".to_owned(),
                print: Some(224.49),
                exact: DAY,
                simulated: of(&|d| d.iter().sum()),
            },
        ],
        cause: "the values in circulation thin each arrival at the rate of the one before, so that a rise comes late",
    })
}

/// A desk around the clock on weekdays, whose load is 1 where shifts hand over and less where they finish.
fn desk(bench: &Bench) -> Result<PrintedTable, String> {
    const DUTY: f64 = 420.0;
    const OVERTIME: f64 = 4.472;
    let mut rows = Vec::new();
    let simulate = |set: &str| bench.simulate_model(&load(CORNERS, "hand-over-desk.toml", &[set])?);
    let finish = simulate("centre.desk.shift_end=finish")?.desk_at("overtime_hours_per_week", CONFIDENCE);
    rows.push(Printed {
        what: "hours of overtime a week, finish".to_owned(),
        print: None,
        exact: OVERTIME,
        simulated: Some(finish),
    });
    let load_of = |e: Estimate| Estimate {
        estimate: DUTY / (DUTY + e.estimate),
        lower: DUTY / (DUTY + e.upper),
        upper: DUTY / (DUTY + e.lower),
        ..e
    };
    rows.push(Printed {
        what: "load, finish".to_owned(),
        print: None,
        exact: known((OVERTIME > 0.0).then_some(DUTY / (DUTY + OVERTIME)))?,
        simulated: Some(load_of(finish)),
    });
    let over = simulate("centre.desk.shift_end=hand-over")?.desk_at("overtime_hours_per_week", CONFIDENCE);
    rows.push(Printed {
        what: "load, hand-over".to_owned(),
        print: None,
        exact: 1.0,
        simulated: Some(load_of(over)),
    });
    Ok(PrintedTable {
        title: "Around-the-clock desk on weekdays",
        source: "the call-centre example of kalasim; 420 h of work a week and 420 h on duty",
        decimals: 5,
        rows,
        cause: "the example's queue grows without end where shifts hand over: its load is exactly 1. Finishing the case in hand, as levels by count, \
                adds the overtime to the capacity. The exact overtime is that of officers who are all busy as each level falls; in the run some \
                are idle now and then, so that it has less",
    })
}

/// Callers who give up.
fn abandonment(bench: &Bench) -> Result<PrintedTable, String> {
    // Calls a half hour, agents, and the share answered within 20 s (by the waiting time of all who call).
    const CASES: [(u32, u32, f64); 2] = [(39, 8, 0.665_16), (570, 100, 0.782_24)];
    let mut rows = Vec::new();
    for (calls, agents, answered) in CASES {
        let sets = [
            format!("class.call.rate={} per hour", 2 * calls),
            "class.call.deadline.after.exponential=900 s".to_owned(),
            "stage.service.service.time.exponential=300 s".to_owned(),
            format!("centre.desk.levels.officers={agents}"),
            "run.answer_within=20 s".to_owned(),
        ];
        let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
        let results = bench.simulate("mmc-patience.toml", &sets)?;
        let exact = known(mmc_m(agents, f64::from(2 * calls), 12.0, 4.0))?;
        let mut row = |what: &str, exact, simulated| {
            let what = format!("{calls} calls, {agents} agents: {what}");
            rows.push(Printed { what, print: None, exact, simulated });
        };
        row("give up", exact.p_lost, Some(results.exit_at("abandoned", "share", CONFIDENCE)));
        row("wait", exact.p_wait, None);
        // Whoever gives up has waited; a run counts the waits of those answered.
        let of_answered = (exact.p_wait - exact.p_lost) / (1.0 - exact.p_lost);
        row("wait, of those answered", of_answered, Some(results.desk_at("p_wait", CONFIDENCE)));
        row("answered within 20 s", answered, Some(results.desk_at("answered_within", CONFIDENCE)));
    }
    Ok(PrintedTable {
        title: "Calls a half hour of 300 s each, patience exponential of 900 s",
        source: "no print; exact: Palm 1946 (M/M/c+M), the share answered from the waiting time of all who call",
        decimals: 4,
        rows,
        cause: "none: there are exact and simulated values only",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_beds_by_hand_and_as_erlang() {
        // One bed for both, loads 1 and 1: states empty, one of either: turned away in 2 of 3.
        assert!(shared_beds([0, 0], 1, [1.0, 1.0]).iter().all(|p| (p - 2.0 / 3.0).abs() < 1e-12));
        let apart = shared_beds([14, 12], 0, [8.145, 9.718]);
        assert!((apart[0] - erlang::blocking(14, 8.145)).abs() < 1e-12);
        assert!((apart[1] - erlang::blocking(12, 9.718)).abs() < 1e-12);
        for (own, shared, acute, rehab) in [([11, 11], 4, 0.017, 0.036), ([9, 8], 9, 0.015, 0.021)] {
            let p = shared_beds(own, shared, [8.145, 9.718]);
            assert!((p[0] - acute).abs() < 6e-4 && (p[1] - rehab).abs() < 6e-4, "{p:?}");
        }
    }
}
