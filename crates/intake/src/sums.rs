//! Places that are sums of others, whatever they are called, and what columns of counts say of their places.

use crate::counts::Series;
use crate::facts::SheetTable;
use crate::problem::Problem;
use crate::words::{is_plain_count, is_sum_name};

/// Intervals in which two places or more of a sum are above 0, from which on it is one: that counts of so many agree by chance
/// happens less than once in a hundred thousand, even where each place has one or two.
const TELLING: usize = 20;

/// Names of places from names of columns, without what they say of all: `North [tickets]`, `North calls`.
pub(crate) fn place_names<'n>(names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let all: Vec<String> = names.map(without_brackets).collect();
    let ends = |n: &String| n.rsplit_once(' ').is_some_and(|(_, last)| is_plain_count(last));
    if all.len() > 1 && all.iter().all(ends) {
        return all.iter().map(|n| n.rsplit_once(' ').map_or(n.clone(), |(of, _)| of.to_owned())).collect();
    }
    all
}

/// A name without a word for counts in brackets at its end.
fn without_brackets(name: &str) -> String {
    let open = name.rfind(['(', '[']).filter(|_| name.ends_with([')', ']']));
    match open.map(|at| (name[..at].trim_end(), &name[at + 1..name.len() - 1])) {
        Some((own, word)) if !own.is_empty() && is_plain_count(word.trim_start_matches('#').trim()) => {
            own.to_owned()
        }
        _ => name.to_owned(),
    }
}

/// A place and those that it is the sum of, as ranges of places beside it.
struct SumOf {
    place: usize,
    of: std::ops::Range<usize>,
    telling: usize,
}

/// Leaves out places that are the sum of those beside them, or of all others, in every interval.
///
/// # Errors
/// If a place is called by a word for sums and is none.
pub(crate) fn leave_out_sums(series: &mut Series, table: &SheetTable) -> Result<(), Problem> {
    while let Some(found) = block(series).or_else(|| of_all(series)) {
        let name = series.places.remove(found);
        for (_, counts) in &mut series.rows {
            counts.remove(found);
        }
        series.notes.push(format!("`{name}` is the sum of others in every interval and is left out"));
    }
    match series.places.iter().find(|p| is_sum_name(p)) {
        Some(name) if series.places.len() > 1 => Err(table
            .problem(format!("`{name}` is a place by its name, and its counts are not the sum of the others"))
            .help("leave it out of the file, or give it the name of a place")
            .help("look for counts that are missing in the others")),
        _ => Ok(()),
    }
}

/// A place that is the sum of two or more that stand before or behind it.
fn block(series: &Series) -> Option<usize> {
    let n = series.places.len();
    let mut open: Vec<SumOf> = (0..n)
        .flat_map(|place| {
            let before = (0..place.saturating_sub(1)).map(move |from| from..place);
            let behind = (place + 3..=n).map(move |to| place + 1..to);
            before.chain(behind).map(move |of| SumOf { place, of, telling: 0 })
        })
        .collect();
    let mut sums = vec![0_u64; n + 1];
    let mut filled = vec![0_usize; n + 1];
    for (_, counts) in &series.rows {
        for (i, c) in counts.iter().enumerate() {
            (sums[i + 1], filled[i + 1]) = (sums[i] + c, filled[i] + usize::from(*c > 0));
        }
        open.retain_mut(|s| {
            s.telling += usize::from(filled[s.of.end] - filled[s.of.start] >= 2);
            sums[s.of.end] - sums[s.of.start] == counts[s.place]
        });
        if open.is_empty() {
            return None;
        }
    }
    open.into_iter().find(|s| s.telling >= TELLING).map(|s| s.place)
}

/// A place that is the sum of all others; one that is called by a word for sums may be that of one other.
fn of_all(series: &Series) -> Option<usize> {
    (0..series.places.len()).find(|p| {
        let named = is_sum_name(&series.places[*p]);
        let (mut telling, mut fits) = (0, series.places.len() > 1);
        for (_, counts) in &series.rows {
            let others = counts.iter().sum::<u64>() - counts[*p];
            fits &= others == counts[*p];
            let filled = counts.iter().filter(|c| **c > 0).count();
            telling += usize::from(filled > if named { 1 } else { 2 });
            if !fits {
                break;
            }
        }
        fits && (named || telling >= TELLING)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_without_what_they_count() {
        assert_eq!(place_names(["North [tickets]", "South (calls)"].into_iter()), ["North", "South"]);
        assert_eq!(place_names(["North calls", "South calls"].into_iter()), ["North", "South"]);
        assert_eq!(place_names(["North", "South calls"].into_iter()), ["North", "South calls"]);
        assert_eq!(place_names(["Ward (new)", "X"].into_iter()), ["Ward (new)", "X"]);
    }
}
