//! How far one day's factor tells the next's, and what the factors of two places have in common: each with all values that the record does
//! not contradict.
//!
//! An estimate and a spread of estimates do not do here: means of quarters and weekdays take some of what hangs together away, counts add
//! chance of their own, and the nearer a correlation is to 1 the less an estimate varies, so that intervals drawn around estimates lie too
//! low. So each value is tried by itself (a score test, inverted: Wilson 1927 for shares, Fieller 1954 for ratios): what the products of
//! days would be under it, with the means taken away, and how far chance would move them (Bartlett 1946, with the fourth moments of a chain of
//! gamma factors). The interval is of the values that are not surprising.

use jiff::civil::Date;
use poolwise_fit::Interval;
use poolwise_math::student_quantile;
use serde::Serialize;
use std::collections::BTreeMap;

/// Correlations of a day's factor with the next day's are no nearer to 1 than this: with 1 all days would be alike.
pub(super) const MOST: f64 = 0.95;
/// Steps in which correlations are tried.
const STEPS: usize = 190;
/// Days apart beyond which days have nothing in common.
const FAR: usize = 96;

/// How far days, or places, hang together: a correlation with the values that a record does not contradict.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Likeness {
    /// What is simulated: the correlation that is nearest, or none where chance may have made it.
    pub base: f64,
    /// Lower end of the 95 % interval; none where no correlation fits.
    pub low: Option<f64>,
    /// Upper end of the 95 % interval; none where no correlation fits.
    pub high: Option<f64>,
}

impl Likeness {
    /// Of values tried in order, each with what the record is beyond it and how far chance moves that.
    fn of(base: f64, known: &[(f64, f64)], t: f64, tried: impl Fn(usize) -> f64) -> Self {
        let mut held = (0..known.len()).filter(|i| known[*i].0.abs() <= t * known[*i].1);
        let ends = match held.next() {
            Some(first) => Some((first, held.next_back().unwrap_or(first))),
            // What fits lies between two that were tried.
            None => known.windows(2).position(|w| w[0].0 > 0.0 && w[1].0 < 0.0).map(|i| (i, i + 1)),
        };
        Self { base, low: ends.map(|e| tried(e.0)), high: ends.map(|e| tried(e.1)) }
    }

    /// The 95 % interval; `None` where no correlation fits.
    pub fn interval(&self) -> Option<Interval> {
        Some(Interval { base: self.base, low: self.low?, high: self.high? })
    }

    /// For people: the correlation and its interval, or why it has none.
    pub fn shown(&self, figure: impl Fn(f64) -> String) -> String {
        let base = figure(self.base);
        match self.interval() {
            Some(i) => format!("{base} [{}, {}]", figure(i.low), figure(i.high)),
            None if self.base > 0.0 => {
                format!(
                    "{base} (no interval: they are more alike than with any correlation that is simulated)"
                )
            }
            None => format!("{base} (no interval: they are less alike than with no correlation at all)"),
        }
    }
}

/// A day as it enters: its number, relative departure, mean of its cell, and the cell.
#[derive(Debug, Clone, Copy)]
pub(super) struct OneDay {
    pub number: i32,
    pub away: f64,
    pub cell: usize,
}

/// Departures of a place's days, and what is known of them but how they hang together.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct DayChain {
    away: BTreeMap<i32, f64>,
    /// Sum of squares, and of products with the next day.
    squares: f64,
    products: f64,
    /// Of a chain of variance 1 and correlation r the squares sum to the first times the powers of r by days apart, the products to the
    /// second.
    of_squares: Vec<f64>,
    of_products: Vec<f64>,
    /// What counts add to a square by chance, on average over days; and the variance of that number.
    noise: f64,
    noise_error: f64,
    /// Days, less the means that were taken of them.
    free: f64,
}

fn power_sum(weights: &[f64], r: f64) -> f64 {
    weights.iter().rev().fold(0.0, |sum, w| sum * r + w)
}

/// The number of a date's day.
pub(super) fn number_of(d: Date) -> i32 {
    jiff::civil::date(1970, 1, 1).until(d).map_or(0, |s| s.get_days())
}

impl DayChain {
    /// Of days in order; `noise` is what counts add to a day's square by chance, before means are taken, and its variance.
    pub(super) fn of(days: &[OneDay], (noise, noise_error): (f64, f64)) -> Self {
        let cells = days.iter().map(|d| d.cell + 1).max().unwrap_or(0);
        let mut of_cell: Vec<Vec<i32>> = vec![Vec::new(); cells];
        days.iter().for_each(|d| of_cell[d.cell].push(d.number));
        let mut out = Self { noise, noise_error, ..Self::default() };
        let (mut first, mut second) = (vec![0.0; FAR], vec![0.0; FAR]);
        let add = |to: &mut Vec<f64>, a: i32, b: i32, weight: f64| {
            if let Some(w) = to.get_mut(a.abs_diff(b) as usize) {
                *w += weight;
            }
        };
        for (i, d) in days.iter().enumerate() {
            let own = &of_cell[d.cell];
            let n = own.len() as f64;
            add(&mut first, 0, 0, 1.0);
            own.iter().for_each(|k| add(&mut first, *k, d.number, -1.0 / n));
            out.away.insert(d.number, d.away);
            out.squares += d.away * d.away;
            let Some(next) = days.get(i + 1).filter(|next| next.number == d.number + 1) else { continue };
            let others = &of_cell[next.cell];
            let m = others.len() as f64;
            out.products += d.away * next.away;
            add(&mut second, d.number, next.number, 1.0);
            own.iter().for_each(|k| add(&mut second, *k, next.number, -1.0 / n));
            others.iter().for_each(|l| add(&mut second, d.number, *l, -1.0 / m));
            // The products of two cells' means are as many as pairs of their days.
            own.iter().for_each(|k| {
                others.iter().for_each(|l| add(&mut second, *k, *l, 1.0 / (n * m)));
            });
        }
        out.free = (days.len() as f64 - of_cell.iter().filter(|c| !c.is_empty()).count() as f64).max(1.0);
        (out.of_squares, out.of_products) = (first, second);
        out
    }

    /// Square of the factor's coefficient of variation if days hang together by `r`; below 0 where chance alone explains more.
    pub(super) fn square(&self, r: f64) -> f64 {
        (self.squares - self.noise * self.free) / power_sum(&self.of_squares, r).max(1e-9)
    }

    /// What products are more than days that hang together by `r` make them, and the standard deviation of that.
    fn beyond(&self, r: f64) -> (f64, f64) {
        let q = power_sum(&self.of_products, r) / power_sum(&self.of_squares, r).max(1e-9);
        let found = self.products - q * (self.squares - self.noise * self.free);
        let v = self.square(r).max(0.0);
        let all = v + self.noise;
        let chained = v * v / (1.0 - r * r);
        let of_squares = all * all + 2.0 * chained * r * r;
        let both = 2.0 * all * v * r + 2.0 * chained * r * r * r;
        let of_products = v * v * r * r + 2.0 * all * v * r * r + 2.0 * chained * r * r * r * r;
        let gaussian = of_squares + of_products - 4.0 * r * both + 2.0 * r * r * of_squares;
        let gamma = 6.0 * r * v * v * v * (1.0 - r);
        let of_noise = q * q * self.free * self.noise_error;
        (found, (self.free * (gaussian + gamma + of_noise)).max(1e-300).sqrt())
    }

    /// The factor's correlation with the next day's.
    pub(super) fn correlation(&self) -> Likeness {
        let t = student_quantile(0.975, (self.free - 1.0).max(1.0));
        if self.squares <= 0.0 {
            return Likeness { base: 0.0, low: Some(0.0), high: Some(MOST) };
        }
        let tried = |i: usize| MOST * i as f64 / STEPS as f64;
        let known: Vec<(f64, f64)> = (0..=STEPS).map(|i| self.beyond(tried(i))).collect();
        // Days that differ by chance alone have no factor, and any correlation is one of nothing.
        if self.square(0.0) <= 0.0 {
            let found = Likeness::of(0.0, &known, t, tried);
            return Likeness { low: found.low.or(Some(0.0)), high: found.high.or(Some(MOST)), ..found };
        }
        Likeness::of(self.nearest(&known), &known, t, tried)
    }

    fn nearest(&self, known: &[(f64, f64)]) -> f64 {
        match known.iter().position(|k| k.0 <= 0.0) {
            Some(0) => 0.0,
            Some(i) => {
                let (a, b) = (known[i - 1].0, known[i].0);
                MOST * (i as f64 - b / (b - a)) / STEPS as f64
            }
            None => MOST,
        }
    }

    /// Relative standard deviation of the variance of days about their means, if days hang together by `r`.
    pub(super) fn error(&self, r: f64) -> f64 {
        let v = self.square(r).max(0.0);
        let all = (v + self.noise).max(1e-300);
        let gaussian = 2.0 * (all * all + 2.0 * v * v * r * r / (1.0 - r * r));
        let gamma = 6.0 * v * v * v * (1.0 + r) / (1.0 - r);
        ((gaussian + gamma) / self.free + self.noise_error).sqrt() / all
    }
}

/// Places of which the factors are compared: of more the first.
const PLACES: usize = 30;

/// What places have in common, ready to be tried.
struct Common {
    /// Sum over pairs of the products of their days, over days.
    products: f64,
    /// Coefficient of variation of each factor, and what chance adds to a square.
    cv: Vec<f64>,
    noise: Vec<f64>,
    noise_error: Vec<f64>,
    /// Correlation with the next day's, of all places.
    r: f64,
    free: f64,
}

/// Correlation of the factors of any two places.
pub(super) fn between(places: &[&DayChain]) -> Option<Likeness> {
    let some: Vec<&DayChain> = places.iter().filter(|p| p.square(0.0) > 0.0).take(PLACES).copied().collect();
    if some.len() < 2 {
        return None;
    }
    let r = of_all(&some);
    let (mut products, mut days, mut pairs) = (0.0, 0.0, 0.0);
    for (i, a) in some.iter().enumerate() {
        for b in &some[..i] {
            let (mut sum, mut n) = (0.0, 0.0);
            for (d, x) in &a.away {
                if let Some(y) = b.away.get(d) {
                    (sum, n) = (sum + x * y, n + 1.0);
                }
            }
            if n > 0.0 {
                // What the means of cells leave of a product of two factors is what they leave of a square.
                let left = power_sum(&a.of_squares, r) / a.away.len() as f64;
                products += sum / n / left.max(1e-9);
                (days, pairs) = (days + n * a.free / a.away.len() as f64, pairs + 1.0);
            }
        }
    }
    if pairs == 0.0 {
        return None;
    }
    let common = Common {
        products,
        cv: alike(&some, r),
        noise: some.iter().map(|p| p.noise).collect(),
        noise_error: some.iter().map(|p| p.noise_error).collect(),
        r,
        free: (days / pairs).max(2.0),
    };
    Some(common.correlation())
}

/// Correlation with the next day's of all places together.
fn of_all(places: &[&DayChain]) -> f64 {
    let beyond = |r: f64| places.iter().map(|p| p.beyond(r).0 / p.free).sum::<f64>();
    let known: Vec<(f64, f64)> = (0..=STEPS).map(|i| (beyond(MOST * i as f64 / STEPS as f64), 0.0)).collect();
    places.first().map_or(0.0, |p| p.nearest(&known))
}

/// Coefficients of variation of factors. Where records are too thin to tell their squares apart these are drawn towards their mean, as far as
/// chance made them differ.
fn alike(places: &[&DayChain], r: f64) -> Vec<f64> {
    let squares: Vec<f64> = places.iter().map(|p| p.square(r).max(0.0)).collect();
    let n = squares.len() as f64;
    let mean = squares.iter().sum::<f64>() / n;
    let chance = places
        .iter()
        .map(|p| {
            let error = p.error(r) * (p.square(r).max(0.0) + p.noise);
            error * error
        })
        .sum::<f64>()
        / n;
    let between = squares.iter().map(|s| (s - mean) * (s - mean)).sum::<f64>() / (n - 1.0).max(1.0);
    let own = if between > chance { 1.0 - chance / between } else { 0.0 };
    squares.iter().map(|s| (mean + own * (s - mean)).sqrt()).collect()
}

impl Common {
    fn own(&self) -> f64 {
        let sum: f64 = self.cv.iter().sum();
        0.5 * (sum * sum - self.cv.iter().map(|c| c * c).sum::<f64>())
    }

    /// Standard deviation of the products if the correlation is `common`, the factors' variances being estimated too.
    fn deviation(&self, common: f64) -> f64 {
        let (n, sum) = (self.cv.len(), self.cv.iter().sum::<f64>());
        // The sum of products, less its expectation, as a quadratic form of a day's departures.
        let form = |i: usize, j: usize| {
            if i == j { -common * (sum - self.cv[i]) / (2.0 * self.cv[i].max(1e-9)) } else { 0.5 }
        };
        let shared = |i: usize, j: usize| self.cv[i] * self.cv[j] * if i == j { 1.0 } else { common };
        let mut together = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..n {
                together[i * n + j] = (0..n).map(|k| form(i, k) * shared(k, j)).sum();
            }
        }
        let (mut chained, mut mixed, mut chance, mut error) = (0.0, 0.0, 0.0, 0.0);
        let (mut squares, mut all) = (0.0, 0.0);
        for i in 0..n {
            for j in 0..n {
                chained += together[i * n + j] * together[j * n + i];
                mixed += together[i * n + j] * form(j, i) * self.noise[i];
                chance += form(i, j) * form(i, j) * self.noise[i] * self.noise[j];
                all += form(i, j) * self.cv[i] * self.cv[j];
            }
            let own = form(i, i) * self.cv[i] * self.cv[i];
            squares += own * own;
            error += form(i, i) * form(i, i) * self.noise_error[i];
        }
        let r = self.r;
        let gaussian = 2.0 * (chained * (1.0 + r * r) / (1.0 - r * r) + 2.0 * mixed + chance);
        let cv = self.cv.iter().map(|c| c * c).sum::<f64>() / n as f64;
        let gamma = 6.0 * cv * (common * all * all + (1.0 - common) * squares) * (1.0 + r) / (1.0 - r);
        ((gaussian + gamma) / self.free + error).sqrt()
    }

    fn correlation(&self) -> Likeness {
        let own = self.own().max(1e-300);
        let base = (self.products / own).clamp(0.0, 1.0);
        let t = student_quantile(0.975, self.free - 1.0);
        let tried = |i: usize| i as f64 / STEPS as f64;
        let beyond = |i: usize| (self.products - tried(i) * own, self.deviation(tried(i)));
        Likeness::of(base, &(0..=STEPS).map(beyond).collect::<Vec<_>>(), t, tried)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Days of a year by weekday, their departures by number, hardly any chance in them.
    fn chain(days: i32, away: impl Fn(i32) -> f64) -> DayChain {
        let day = |number: i32| OneDay { number, away: away(number), cell: (number % 7) as usize };
        DayChain::of(&(0..days).map(day).collect::<Vec<_>>(), (1e-4, 0.0))
    }

    /// Good and bad days by turns are less alike than with no correlation at all, ten years of which one half is good and one bad more than any correlation makes
    /// them: there is no interval, and it is said why.
    #[test]
    fn where_no_correlation_fits_there_is_no_interval() {
        let figure = |x: f64| format!("{x:.2}");
        let by_turns = |d: i32| if d % 2 == 0 { 0.2 } else { -0.2 };
        let found = chain(364, by_turns).correlation();
        assert_eq!(found, Likeness { base: 0.0, low: None, high: None });
        assert_eq!(found.interval(), None);
        assert!(found.shown(figure).starts_with("0.00 (no interval: they are less alike"));
        let halves = chain(3640, |d| if d < 1820 { 0.2 } else { -0.2 }).correlation();
        assert_eq!(halves, Likeness { base: MOST, low: None, high: None });
        assert!(halves.shown(figure).starts_with("0.95 (no interval: they are more alike"));
        // Two places of which the one is good where the other is bad.
        let (a, b) = (chain(364, by_turns), chain(364, |d| by_turns(d + 1)));
        assert_eq!(between(&[&a, &b]), Some(Likeness { base: 0.0, low: None, high: None }));
        // Where chance alone explains days, any correlation may be.
        let none = chain(364, |_| 0.0).correlation();
        assert_eq!(none, Likeness { base: 0.0, low: Some(0.0), high: Some(MOST) });
    }

    /// What fits between two values that were tried lies between them.
    #[test]
    fn an_interval_narrower_than_steps_is_a_step() {
        let tried = |i: usize| i as f64 / 10.0;
        let found = Likeness::of(0.14, &[(0.4, 0.01), (0.1, 0.01), (-0.2, 0.01)], 2.0, tried);
        assert_eq!(found, Likeness { base: 0.14, low: Some(0.1), high: Some(0.2) });
        assert_eq!(found.shown(|x| format!("{x:.1}")), "0.1 [0.1, 0.2]");
    }
}
