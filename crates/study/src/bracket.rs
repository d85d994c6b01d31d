//! Where on the way between two values a difference changes its sign: two values that chance can tell from it, at a bounded number
//! of simulations.

use poolwise_stats::Estimate;

/// What a verdict comes to at a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AtEnd {
    /// The difference has the sign that it has at the base, beyond chance.
    Holds,
    /// It has the other, beyond chance.
    Turns,
    /// It cannot be told.
    Open,
}

/// How far beyond an interval's half width a value is tried, in half widths: the curve to it is known roughly.
const MARGIN: f64 = 1.25;
/// How far from both ends the first value is at least, as a share of the way: little is known of the curve between them.
const INSIDE: f64 = 0.4;
/// Steps of the way by which a value is put further out where one next to it was tried: values are round.
const OUTWARD: [f64; 3] = [0.0, 1.0 / 32.0, 1.0 / 16.0];

/// Between which shares of the way from the base to an end a verdict turns that holds at the base and has turned at the end, with the
/// differences `known` at both: at the first it holds, at the second it has turned. `None` if nothing came of it.
///
/// After the first value, each is put just so far from where the curve through the nearest three crosses zero that chance should not
/// reach there, on the side that is open the widest. All values have the same replications, and differences fall on the way: what
/// is left between the two shares are the values at which a test of no difference says nothing, which hold the true one with the
/// confidence of one interval, however many are tried.
pub(crate) fn bracket(
    steps: u32,
    [base, end]: [Estimate; 2],
    round: impl Fn(f64) -> f64,
    mut found: impl FnMut(f64) -> Option<Estimate>,
) -> Option<[f64; 2]> {
    let (mut holds, mut turns) = (0.0, 1.0);
    let mut tried = vec![(0.0, base), (1.0, end)];
    for _ in 0..steps {
        let (crossing, slope) = crossing(&tried)?;
        let searched = tried[1..tried.len() - 1].iter();
        let nearest = searched.min_by(|a, b| (a.0 - crossing).abs().total_cmp(&(b.0 - crossing).abs()));
        let wanted = match nearest {
            None => vec![crossing.clamp(INSIDE, 1.0 - INSIDE)],
            Some((_, e)) => {
                let margin = MARGIN * e.half_width() / slope;
                let (low, high) = (crossing - margin, crossing + margin);
                let [lows, highs] = [OUTWARD.map(|by| low - by), OUTWARD.map(|by| high + by)];
                if low - holds > turns - high { [lows, highs].concat() } else { [highs, lows].concat() }
            }
        };
        let new = |share: &f64| *share > holds && *share < turns && tried.iter().all(|t| t.0 != *share);
        let Some(share) = wanted.into_iter().map(&round).find(new) else { break };
        let difference = found(share)?;
        match at_end(&difference) {
            AtEnd::Holds => holds = share,
            AtEnd::Turns => turns = share,
            AtEnd::Open => {}
        }
        tried.push((share, difference));
        tried.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    (turns - holds < 1.0).then_some([holds, turns])
}

/// Where the curve of the differences first crosses zero between two values tried, and how steeply it falls there: a parabola through
/// both and the nearer of their neighbours.
fn crossing(tried: &[(f64, Estimate)]) -> Option<(f64, f64)> {
    let at = tried.windows(2).position(|two| two[1].1.estimate <= 0.0)?;
    let (mut low, mut high) = (tried[at].0, tried[at + 1].0);
    let middle = f64::midpoint(low, high);
    let neighbours = [at.checked_sub(1), Some(at + 2)].into_iter().flatten().filter_map(|i| tried.get(i));
    let third = neighbours.min_by(|a, b| (a.0 - middle).abs().total_cmp(&(b.0 - middle).abs()));
    let points: Vec<(f64, f64)> =
        tried[at..=at + 1].iter().chain(third).map(|(share, e)| (*share, e.estimate)).collect();
    let curve = |x: f64| -> f64 {
        let weight = |i: usize| {
            let others = (0..points.len()).filter(|j| *j != i);
            others.map(|j| (x - points[j].0) / (points[i].0 - points[j].0)).product::<f64>()
        };
        (0..points.len()).map(|i| points[i].1 * weight(i)).sum()
    };
    let chord = (points[0].1 - points[1].1) / (high - low);
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if curve(middle) > 0.0 { low = middle } else { high = middle }
    }
    let (crossing, by) = (f64::midpoint(low, high), 1e-3);
    let slope = (curve(crossing - by) - curve(crossing + by)) / (2.0 * by);
    // A parabola may be level where the differences are not.
    Some((crossing, slope.max(chord / 4.0)))
}

/// What a difference says that is above zero where it is as at the base.
pub(crate) fn at_end(difference: &Estimate) -> AtEnd {
    match (difference.lower > 0.0, difference.upper < 0.0) {
        (true, _) => AtEnd::Holds,
        (_, true) => AtEnd::Turns,
        _ => AtEnd::Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_bracketed_though_it_cannot_be_told_near_it() {
        let rounded = |share: f64| (share * 64.0).round() / 64.0;
        let at =
            |d: f64, half: f64| Estimate { estimate: d, lower: d - half, upper: d + half, replications: 10 };
        // A line that crosses zero at 0.3, and one that is bent: slowly at first, then ever faster.
        let line = |share: f64| 0.3 - share;
        let bent = |share: f64| 0.5 * (0.09 - share * share);
        for (name, d) in [("line", &line as &dyn Fn(f64) -> f64), ("bent", &bent)] {
            for half in [0.0, 0.01, 0.03] {
                let known = [at(d(0.0), half), at(d(1.0), half)];
                let mut tried = 0;
                let found = |share: f64| {
                    tried += 1;
                    Some(at(d(share), half))
                };
                let [holds, turns] = bracket(4, known, rounded, found).expect("a bracket");
                // A test leaves open what is nearer than its half width; no search can tell more.
                let ends =
                    [half, -half].map(|h| if name == "line" { 0.3 - h } else { (0.09 - 2.0 * h).sqrt() });
                assert!(holds < ends[0] && ends[1] < turns, "{name} {half}: {holds} {turns}");
                let open = ends[1] - ends[0];
                assert!(turns - holds < 1.7 * open + 0.06 && tried <= 4, "{name} {half}: {holds} {turns}");
            }
        }
        // Round values are no closer than they are.
        let known = [at(0.3, 0.0), at(-0.7, 0.0)];
        let sixteenths = |share: f64| (share * 16.0).round() / 16.0;
        assert_eq!(bracket(4, known, sixteenths, |share| Some(at(line(share), 0.0))), Some([0.25, 0.3125]));
        // Nothing can be told, and nothing was found.
        assert_eq!(bracket(4, known, rounded, |share| Some(at(line(share), 2.0))), None);
        assert_eq!(bracket(4, known, rounded, |_| None), None);
    }
}
