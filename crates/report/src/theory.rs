//! Theory beside the run: a table of pools, and the notes to read it by.

use super::block::{Block, BlockCell};
use super::number::{self, Scale};
use poolwise_engine::model::Words;
use poolwise_math::log10;
use poolwise_study::measures::Unit;
use poolwise_study::oracle::{Compared, JOINT_CONFIDENCE, Oracle, PoolAnswer};

/// Pools shown in the terminal.
pub(crate) const FEW: usize = 6;
/// Digits of a value that is known.
const DIGITS: i32 = 4;

/// Measures in the order of the columns: name, heading, unit.
const COLUMNS: [(&str, &str, Unit); 10] = [
    ("wait_mean_hours", "Mean wait", Unit::Hours),
    ("p_wait", "Share that waits", Unit::Share),
    ("queue_mean", "Waiting", Unit::Requests),
    ("busy_mean", "{Officers} busy", Unit::Officers),
    ("lost_share", "Lost", Unit::Share),
    ("time_to_completion_mean_hours", "Mean time to completion", Unit::Hours),
    ("answered_share_of_contacts", "Answered, of contacts", Unit::Share),
    ("answered_share_of_clients", "Answered, of clients", Unit::Share),
    ("redials_per_client", "Contacts after the first", Unit::Requests),
    ("between_contacts_mean", "Between two contacts", Unit::Requests),
];

/// The pools of a scenario, theory first and the simulated values below where there was a run. At most
/// `most` pools, exact ones and those that disagree before others. `None` where no pool has work.
pub(crate) fn block(called: &str, oracle: &Oracle, most: usize, words: &Words) -> Option<Block> {
    let pools = chosen(oracle, most);
    if pools.is_empty() {
        return None;
    }
    let values = |name: &str| -> Vec<&Compared> {
        pools.iter().flat_map(|p| &p.values).filter(|v| v.measure == name).collect()
    };
    let columns: Vec<(&str, String, Scale)> = COLUMNS
        .iter()
        .filter(|(name, ..)| !values(name).is_empty())
        .map(|(name, heading, unit)| {
            let seen = values(name);
            let all = seen.iter().flat_map(|v| [Some(v.theory), v.simulated.map(|s| s.estimate)]);
            let values: Vec<f64> = all.flatten().collect();
            let short = *unit == Unit::Hours && values.iter().any(|v| *v > 0.0 && *v < 1.0);
            // Minutes where one of them is below an hour.
            let scale = if short { Scale::of(*unit, []) } else { Scale::of(*unit, values) };
            let unit = if scale.unit.is_empty() || scale.unit == "requests" {
                String::new()
            } else {
                format!(",\u{a0}{}", scale.unit)
            };
            (*name, words.fill(&format!("{heading}{unit}")), scale)
        })
        .collect();
    let mut header = vec!["Pool".to_owned(), "Model".to_owned()];
    header.extend(columns.iter().map(|c| c.1.clone()));
    let run = pools.iter().flat_map(|p| &p.values).any(|v| v.simulated.is_some());
    let mut rows = Vec::new();
    for pool in &pools {
        let mut row = vec![text(label(pool, oracle)), text(model(pool))];
        row.extend(columns.iter().map(|(name, _, scale)| match value(pool, name) {
            Some(v) => text(significant(v.theory * scale.factor)),
            None => BlockCell::default(),
        }));
        rows.push(row);
        if run {
            let mut row = vec![BlockCell::default(), text("simulated")];
            row.extend(columns.iter().map(|(name, _, scale)| simulated(pool, name, scale)));
            rows.push(row);
        }
    }
    let title = if run { "Theory beside the run" } else { "What theory says of each pool" };
    Some(Block { title: format!("{title}: {called}"), header, rows })
}

fn text(value: impl Into<String>) -> BlockCell {
    BlockCell { value: value.into(), ..BlockCell::default() }
}

fn value<'a>(pool: &'a PoolAnswer, name: &str) -> Option<&'a Compared> {
    pool.values.iter().find(|v| v.measure == name)
}

fn simulated(pool: &PoolAnswer, name: &str, scale: &Scale) -> BlockCell {
    let Some((v, e)) = value(pool, name).and_then(|v| Some((v, v.simulated?))) else {
        return BlockCell::default();
    };
    let (value, interval) = scale.parts(&e, false);
    let remark = (v.agrees == Some(false)).then(|| "DIFFERS".to_owned());
    BlockCell { value, interval, remark }
}

/// The pool's name; its roles too where the centre has several pools.
fn label(pool: &PoolAnswer, oracle: &Oracle) -> String {
    let several = oracle.pools.iter().any(|p| p.centre == pool.centre && p.roles != pool.roles);
    if several { format!("{} / {}", pool.label(), pool.roles.join(", ")) } else { pool.label() }
}

fn model(pool: &PoolAnswer) -> String {
    format!("{}{}", if pool.exact() { "exact: " } else { "\u{2248} " }, pool.model)
}

/// So many significant digits, at most six decimals.
fn significant(x: f64) -> String {
    if x == 0.0 || !x.is_finite() {
        return number::fixed(x, 0, false);
    }
    let decimals = (DIGITS - 1 - log10(x.abs()).floor() as i32).clamp(0, 6);
    number::fixed(x, decimals as usize, false)
}

fn chosen(oracle: &Oracle, most: usize) -> Vec<&PoolAnswer> {
    let differs = |p: &PoolAnswer| p.values.iter().any(|v| v.agrees == Some(false));
    let mut order: Vec<usize> = (0..oracle.pools.len()).collect();
    order.sort_by_key(|i| {
        let p = &oracle.pools[*i];
        (!differs(p), !p.exact())
    });
    order.truncate(most);
    order.sort_unstable();
    order.into_iter().map(|i| &oracle.pools[i]).collect()
}

/// How to read the table: what is judged and how, and why the rest is approximate.
pub(crate) fn notes(oracle: &Oracle, most: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let judged: Vec<bool> = oracle.pools.iter().flat_map(|p| &p.values).filter_map(|v| v.agrees).collect();
    if !judged.is_empty() {
        let verdict = match judged.iter().filter(|a| !**a).count() {
            0 => "all agree".to_owned(),
            1 => "1 DIFFERS beyond chance".to_owned(),
            n => format!("{n} DIFFER beyond chance"),
        };
        lines.push(format!(
            "Theory: of {} exact values, {verdict}. Judged together: a correct run has all of them inside their \
             intervals with probability {} or more.",
            judged.len(),
            number::percent(JOINT_CONFIDENCE)
        ));
    }
    let rough: Vec<&PoolAnswer> = oracle.pools.iter().filter(|p| !p.exact()).collect();
    if !rough.is_empty() {
        let mut why: Vec<&str> = Vec::new();
        for reason in rough.iter().flat_map(|p| &p.because) {
            if !why.contains(&reason.as_str()) {
                why.push(reason);
            }
        }
        lines.push(format!(
            "Theory: values after \u{2248} are approximations and not judged. No exact model fits because of: {}.",
            why.join("; ")
        ));
    }
    let more = oracle.pools.len().saturating_sub(most);
    if more > 0 {
        lines.push(format!("Theory: {more} more pools are in summary.json and on the page."));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_stats::Estimate;
    use poolwise_theory::Exactness;

    fn pool(centre: &str, exactness: Exactness, agrees: Option<bool>) -> PoolAnswer {
        let e = Estimate { estimate: 0.146, lower: 0.145, upper: 0.147, replications: 9 };
        PoolAnswer {
            centre: centre.to_owned(),
            roles: vec!["server".to_owned()],
            class: None,
            model: "M/M/8".to_owned(),
            source: String::new(),
            exactness,
            error_bound: None,
            because: vec!["absence".to_owned(); usize::from(exactness == Exactness::Approximate)],
            values: vec![Compared {
                measure: "wait_mean_hours",
                theory: 0.146_153,
                simulated: agrees.map(|_| e),
                agrees: agrees.filter(|_| exactness == Exactness::Exact),
            }],
        }
    }

    #[test]
    fn theory_stands_above_the_run_and_a_difference_is_marked() {
        let pools = vec![
            pool("a", Exactness::Approximate, Some(true)),
            pool("b", Exactness::Exact, Some(true)),
            pool("c", Exactness::Exact, Some(false)),
        ];
        let oracle = Oracle { judged_at: 0.9995, pools };
        let block = block("s", &oracle, 2, &Words::default()).unwrap();
        assert_eq!(block.header, ["Pool", "Model", "Mean wait,\u{a0}min"]);
        let firsts: Vec<&str> = block.rows.iter().map(|r| r[0].value.as_str()).collect();
        assert_eq!(firsts, ["b", "", "c", ""]);
        assert_eq!(
            (block.rows[0][1].value.as_str(), block.rows[0][2].value.as_str()),
            ("exact: M/M/8", "8.769")
        );
        assert_eq!(block.rows[1][2].remark, None);
        assert_eq!(block.rows[3][2].remark.as_deref(), Some("DIFFERS"));
        let notes = notes(&oracle, 2).join("\n");
        for words in ["of 2 exact values, 1 DIFFERS", "99.9 %", "absence", "1 more pools"] {
            assert!(notes.contains(words), "{words} in {notes}");
        }
    }

    #[test]
    fn before_a_run_there_is_theory_only() {
        let oracle = Oracle { judged_at: f64::NAN, pools: vec![pool("a", Exactness::Exact, None)] };
        assert_eq!(block("s", &oracle, FEW, &Words::default()).unwrap().rows.len(), 1);
        assert!(notes(&oracle, FEW).is_empty());
        assert!(block("s", &Oracle::default(), FEW, &Words::default()).is_none());
    }

    #[test]
    fn digits() {
        assert_eq!(significant(8.769_16), "8.769");
        assert_eq!(significant(0.000_712_3), "0.000712");
        assert_eq!(significant(12_345.6), "12\u{202f}346");
        assert_eq!(significant(0.0), "0");
    }
}
