//! Shifts as assigned: who is rostered where and when, once the program has spread officers over centres and shifts.

use crate::block::{Block, BlockCell};
use crate::number;
use poolwise_engine::model::{Model, PoolKind, Words};
use poolwise_engine::time::HOUR;

/// A shift of a centre.
#[derive(Debug, Clone, PartialEq)]
pub struct Assigned {
    /// Name of the centre whose officers these are.
    pub centre: String,
    /// Start, seconds after local midnight.
    pub start: f64,
    /// Length of the shift, seconds.
    pub length: f64,
    /// Officers rostered by weekday of the start, Monday first.
    pub officers: [u32; 7],
}

/// All shifts of a model that anybody is rostered on; officers of several pools of a centre on the same shift are one row.
pub(crate) fn of(model: &Model) -> Vec<Assigned> {
    let mut all: Vec<Assigned> = Vec::new();
    for centre in &model.centres {
        for pool in &centre.pools {
            let PoolKind::Crews(lines) = &pool.kind else { continue };
            for line in lines.iter().filter(|l| l.once.is_none() && l.officers.iter().any(|n| *n > 0)) {
                let same = |a: &&mut Assigned| {
                    a.centre == centre.name && a.start == line.start && a.length == line.length
                };
                match all.iter_mut().find(same) {
                    Some(known) => known.officers.iter_mut().zip(line.officers).for_each(|(a, n)| *a += n),
                    None => all.push(Assigned {
                        centre: centre.name.clone(),
                        start: line.start,
                        length: line.length,
                        officers: line.officers,
                    }),
                }
            }
        }
    }
    all
}

/// A row a shift. `None` where nobody is on shifts, such as where officers are given by levels.
pub(crate) fn block(shifts: &[Assigned], words: &Words) -> Option<Block> {
    if shifts.is_empty() {
        return None;
    }
    let cell = |value: String| BlockCell { value, ..BlockCell::default() };
    let rows = shifts
        .iter()
        .map(|s| {
            let end = (s.start + s.length) % (24.0 * HOUR);
            let mut row = vec![cell(s.centre.clone()), cell(format!("{}-{}", clock(s.start), clock(end)))];
            row.extend(s.officers.iter().map(|n| cell(if *n == 0 { String::new() } else { n.to_string() })));
            let week: f64 = s.officers.iter().map(|n| f64::from(*n)).sum();
            row.push(cell(number::fixed(week * s.length / HOUR, 0, false)));
            row
        })
        .collect();
    let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let header = ["Centre", "Shift"].into_iter().chain(days).chain(["Hours a week"]);
    Some(Block {
        title: words.fill("Shifts as assigned: {officers} rostered, by the day on which the shift begins"),
        header: header.map(str::to_owned).collect(),
        rows,
    })
}

fn clock(seconds: f64) -> String {
    let minutes = (seconds / 60.0).round() as u32;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_engine::model::{ModelBuilder, Pool, ShiftLine};
    use poolwise_engine::random::Sampler;

    #[test]
    fn a_row_a_shift_with_the_officers_of_each_day() {
        let of_pools = |pools: Vec<Pool>| {
            of(&ModelBuilder::one_queue(6.0, Sampler::Exponential(60.0), pools).build().unwrap())
        };
        let night =
            |officers: [u32; 7]| Pool::crews(1, vec![ShiftLine::weekly("night", officers, 22.0, 8.0)]);
        // Two pools on the same shift are one row; nobody's shift is none.
        let day = ShiftLine::weekly("day", [0; 7], 6.0, 8.0);
        let rows = of_pools(vec![
            night([2, 2, 2, 2, 2, 0, 0]),
            Pool::crews(1, vec![day, ShiftLine::weekly("late", [1, 0, 0, 0, 0, 0, 3], 22.0, 8.0)]),
        ]);
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].officers, [3, 2, 2, 2, 2, 0, 3]);
        let block = block(&rows, &Words::default()).unwrap();
        let cells: Vec<&str> = block.rows[0].iter().skip(1).map(|c| c.value.as_str()).collect();
        // 14 officers of eight hours.
        assert_eq!(cells, ["22:00-06:00", "3", "2", "2", "2", "2", "", "3", "112"]);
        assert_eq!(block.rows[0].len(), block.header.len());
        assert_eq!(super::block(&of_pools(vec![Pool::level(1, 4)]), &Words::default()), None);
    }

    #[test]
    fn clocks_are_of_the_day() {
        assert_eq!([clock(0.0), clock(22.5 * HOUR)], ["00:00", "22:30"]);
    }
}
