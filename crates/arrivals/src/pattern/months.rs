//! Whether months differ beyond chance, and by how much.
//!
//! Days that hang together make months differ without any season. So the spread of the months' means is set beside what such days make of
//! it: their covariances are taken from what is left of each month without its mean and its slope, which no season changes (a part
//! that goes on from one day to the next by `r`, and chance of each day), corrected for what mean and slope take away; the ratio is
//! judged by F's law, its denominator with as many degrees of freedom as such an estimate is worth (Bartlett 1946). That does not hold
//! where days hang together by nearly 1. Where they may do so a record of one year leaves it open; one of two years or more is judged over all
//! ways in which its days may hang together ([`super::chains`]).

use super::chains::{DayInMonth, over_chains};
use super::together::number_of;
use super::{YEAR, mean, month, weekday};
use jiff::civil::Date;
use poolwise_math::beta_lower;
use std::collections::BTreeMap;

/// Months are said to differ where chance alone would make them differ as much in one record of twenty.
const LEVEL: f64 = 0.05;
/// The same of the test over all chains, which by simulation says so a quarter more often than its level.
const LEVEL_OVER_CHAINS: f64 = 0.04;
/// Days apart of which covariances are looked at.
const LAGS: usize = 7;
/// How much less an estimate of what hangs together is worth than of a whole record without mean and slope taken away; by simulation of
/// records of one to three years and correlations of 0 to 0.9.
const WORTH: f64 = 2.5;
/// The greatest relative variance of such an estimate: correlations thought of end at 0.95.
const MOST_ERROR: f64 = 0.3;
/// Correlation with the next day's where there is one too small to be told.
const HARDLY: f64 = 0.5;

/// Days from which on nearly every month has come twice.
pub(crate) const TWO_YEARS: i32 = 700;
/// Weight of chains near to 1 beyond which a year does not tell months from chance: under such chains the test's chance of one in twenty is one in three, and
/// their months differ as seasons do.
const OPEN: f64 = 0.15;

/// What a record says of its months.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Months {
    /// They differ beyond chance: a factor of each, January first.
    Differ([f64; 12]),
    /// They do not, or the record has less than a year.
    Alike,
    /// Days hang together so closely that a year does not tell.
    Open,
}

impl Months {
    /// The factors, if they differ.
    pub(crate) fn factors(self) -> Option<[f64; 12]> {
        match self {
            Self::Differ(factors) => Some(factors),
            Self::Alike | Self::Open => None,
        }
    }
}

/// Days of one month of one year: days since its first, and their level.
struct MonthDays {
    month: usize,
    days: Vec<(usize, f64)>,
}

/// How days vary and hang together.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Covariance {
    /// Variance of what goes on from one day to the next.
    chain: f64,
    /// Its correlation with the next day's.
    r: f64,
    /// Variance of each day's chance.
    chance: f64,
    /// Days hang together beyond chance.
    told: bool,
}

/// What mean and slope leave of covariances that fall by `r` from day to day: sums by lag, and the variance of the mean; of variance 1.
fn left(m: &MonthDays, r: f64) -> ([f64; LAGS + 1], f64) {
    let n = m.days.len();
    let middle = m.days.iter().map(|d| d.0 as f64).sum::<f64>() / n as f64;
    let t: Vec<f64> = m.days.iter().map(|d| d.0 as f64 - middle).collect();
    let spread = t.iter().map(|x| x * x).sum::<f64>().max(1e-12);
    let mut powers = [1.0; 32];
    (1..32).for_each(|k| powers[k] = powers[k - 1] * r);
    let g = |i: usize, j: usize| powers[m.days[i].0.abs_diff(m.days[j].0).min(31)];
    let over = |f: &dyn Fn(usize) -> f64| (0..n).map(f).sum::<f64>();
    let means: Vec<f64> = (0..n).map(|i| over(&|j| g(i, j)) / n as f64).collect();
    let slopes: Vec<f64> = (0..n).map(|i| over(&|j| g(i, j) * t[j])).collect();
    let (of_mean, of_slope) = (over(&|i| means[i]) / n as f64, over(&|i| slopes[i] * t[i]));
    let both = over(&|i| slopes[i]) / n as f64;
    let mut out = [0.0; LAGS + 1];
    for i in 0..n {
        for j in i..n {
            let apart = m.days[j].0 - m.days[i].0;
            if apart > LAGS {
                break;
            }
            let (a, b) = (t[i] / spread, t[j] / spread);
            out[apart] += g(i, j) - means[i] - means[j] + of_mean - a * slopes[j] - b * slopes[i]
                + a * b * of_slope
                + both * (a + b);
        }
    }
    (out, of_mean)
}

/// The same of the record itself.
fn seen(m: &MonthDays) -> [f64; LAGS + 1] {
    let n = m.days.len() as f64;
    let (at, level) =
        (m.days.iter().map(|d| d.0 as f64).sum::<f64>() / n, m.days.iter().map(|d| d.1).sum::<f64>() / n);
    let spread = m.days.iter().map(|d| (d.0 as f64 - at) * (d.0 as f64 - at)).sum::<f64>().max(1e-12);
    let slope = m.days.iter().map(|d| (d.0 as f64 - at) * (d.1 - level)).sum::<f64>() / spread;
    let rest: Vec<f64> = m.days.iter().map(|d| d.1 - level - slope * (d.0 as f64 - at)).collect();
    let mut out = [0.0; LAGS + 1];
    for (i, a) in rest.iter().enumerate() {
        for (j, b) in rest.iter().enumerate().skip(i) {
            match m.days[j].0 - m.days[i].0 {
                apart if apart > LAGS => break,
                apart => out[apart] += a * b,
            }
        }
    }
    out
}

fn sum(of: impl Iterator<Item = [f64; LAGS + 1]>) -> [f64; LAGS + 1] {
    of.fold([0.0; LAGS + 1], |mut sum, x| {
        sum.iter_mut().zip(x).for_each(|(s, x)| *s += x);
        sum
    })
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The covariances that fit best. Of days that do not hang together beyond chance it is what they have in common with the next day, if anything.
fn covariance(months: &[MonthDays], n: f64) -> Covariance {
    let seen = sum(months.iter().map(seen));
    let plain = sum(months.iter().map(|m| left(m, 0.0).0));
    let all = seen[0] / plain[0];
    let alone = Covariance { chain: 0.0, r: 0.0, chance: all, told: false };
    if seen[0] <= 0.0 {
        return alone;
    }
    let beyond: Vec<f64> = (1..=LAGS).map(|k| (seen[k] - seen[0] * plain[k] / plain[0]) / seen[0]).collect();
    let together: f64 = beyond.iter().sum::<f64>() / (LAGS as f64).sqrt();
    if beyond[0].max(together) * n.sqrt() < 1.96 {
        let chain = (beyond[0].max(0.0) / HARDLY).min(1.0) * all;
        return Covariance { chain, r: HARDLY, chance: all - chain, told: false };
    }
    let mut best = (f64::INFINITY, alone);
    for step in 2..=19 {
        let r = f64::from(step) * 0.05;
        let chained = sum(months.iter().map(|m| left(m, r).0));
        let (a, b, d) = (dot(&chained, &chained), dot(&chained, &plain), dot(&plain, &plain));
        let (u, v) = (dot(&chained, &seen), dot(&plain, &seen));
        let determinant = a * d - b * b;
        let (mut chain, mut chance) = ((d * u - b * v) / determinant, (a * v - b * u) / determinant);
        if chance < 0.0 {
            (chain, chance) = (u / a, 0.0);
        }
        if chain < 0.0 {
            (chain, chance) = (0.0, alone.chance);
        }
        let off: f64 =
            (0..=LAGS).map(|k| seen[k] - chain * chained[k] - chance * plain[k]).map(|x| x * x).sum();
        if off < best.0 {
            best = (off, Covariance { chain, r, chance, told: true });
        }
    }
    best.1
}

/// Probability that a ratio of variances of so many degrees of freedom is greater.
pub(super) fn beyond(ratio: f64, free: (f64, f64)) -> f64 {
    beta_lower(free.1 / 2.0, free.0 / 2.0, free.1 / (free.1 + free.0 * ratio))
}

/// Each month's mean, the variance that chance gives it, and how days vary.
struct MonthMeans {
    means: [f64; 12],
    variances: [f64; 12],
    found: Covariance,
    days: f64,
}

fn month_means(parts: &[MonthDays]) -> Option<MonthMeans> {
    let n = parts.iter().map(|m| m.days.len()).sum::<usize>() as f64;
    // A mean and a slope leave nothing of two days.
    let whole: Vec<MonthDays> = parts
        .iter()
        .filter(|m| m.days.len() >= 10)
        .map(|m| MonthDays { month: m.month, days: m.days.clone() })
        .collect();
    if whole.is_empty() {
        return None;
    }
    let found = covariance(&whole, n);
    let (mut means, mut counts, mut variances) = ([0.0; 12], [0.0; 12], [0.0; 12]);
    for m in parts {
        let days = m.days.len() as f64;
        let of_mean = found.chain * left(m, found.r).1 + found.chance / days;
        means[m.month] += m.days.iter().map(|d| d.1).sum::<f64>();
        counts[m.month] += days;
        variances[m.month] += of_mean * days * days;
    }
    if counts.iter().any(|n| *n < 20.0) {
        return None;
    }
    for i in 0..12 {
        (means[i], variances[i]) = (means[i] / counts[i], variances[i] / (counts[i] * counts[i]));
    }
    Some(MonthMeans { means, variances, found, days: n })
}

impl MonthMeans {
    /// Whether the means differ beyond what days that hang together as estimated make of them.
    fn differ(&self, between: f64, chance: f64) -> bool {
        let (found, n) = (&self.found, self.days);
        // What such an estimate of the chance in a month's mean is worth: the error of `r` counts for more the more days hang together.
        let part = found.chain / (found.chain + found.chance);
        let of_chain = found.chain * (1.0 + found.r) / (1.0 - found.r);
        let share = of_chain / (of_chain + found.chance);
        let of_r = (1.0 - found.r * found.r) / n / (part * part).max(1e-12);
        let error = if found.told && found.chain > 0.0 {
            (WORTH * 4.0 * of_r / ((1.0 - found.r) * (1.0 - found.r)) * share * share).min(MOST_ERROR)
        } else {
            0.0
        };
        let free = 2.0 / (2.0 / n + error);
        beyond(between / 11.0 / (chance / 12.0), (11.0, free)) <= LEVEL
    }
}

/// Factors of the months, drawn towards 1 as far as chance may have made them; none with less than a year, or where they do not differ
/// beyond what days that hang together make of them. A year's mean is 1.
pub(crate) fn months(days: &BTreeMap<Date, f64>) -> Months {
    let span = days.keys().next().zip(days.keys().next_back()).and_then(|(a, b)| a.until(*b).ok());
    let length = span.map_or(0, |s| s.get_days() + 1);
    if length < i32::try_from(YEAR).unwrap_or(i32::MAX) {
        return Months::Alike;
    }
    let by_weekday: Vec<f64> =
        (0..7).map(|w| mean(days.iter().filter(|d| weekday(*d.0) == w).map(|d| *d.1))).collect();
    let mut parts: BTreeMap<(i16, usize), MonthDays> = BTreeMap::new();
    let mut all_days = Vec::new();
    for (d, x) in days.iter().filter(|d| by_weekday[weekday(*d.0)] > 0.0) {
        let part = parts
            .entry((d.year(), month(*d)))
            .or_insert_with(|| MonthDays { month: month(*d), days: Vec::new() });
        let level = x / by_weekday[weekday(*d)];
        part.days.push((usize::try_from(d.day() - 1).unwrap_or(0), level));
        let middle = f64::from(d.days_in_month() + 1) / 2.0;
        let at = (f64::from(d.day()) - middle) / 15.0;
        all_days.push(DayInMonth { number: number_of(*d), month: month(*d), at, level });
    }
    let parts: Vec<MonthDays> = parts.into_values().collect();
    let Some(found) = month_means(&parts) else { return Months::Alike };
    let mut out = found.means;
    let all = mean(out);
    let between: f64 = out.iter().map(|x| (x - all) * (x - all)).sum();
    let chance: f64 = found.variances.iter().sum();
    if chance <= 0.0 || between <= chance {
        return Months::Alike;
    }
    if length >= TWO_YEARS {
        if over_chains(&all_days).chance > LEVEL_OVER_CHAINS {
            return Months::Alike;
        }
    } else if !found.differ(between, chance) {
        return Months::Alike;
    } else if over_chains(&all_days).near_one > OPEN {
        return Months::Open;
    }
    let real = (between - chance) / 12.0;
    for (f, v) in out.iter_mut().zip(found.variances) {
        *f = 1.0 + (*f - 1.0) * real / (real + v);
    }
    let mean = mean(out);
    out.iter_mut().for_each(|f| *f /= mean);
    Months::Differ(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use poolwise_math::{normal_quantile, sin};

    /// Daily totals of some 60, with weekdays of their own, a factor of each day of CV 0.15 that hangs together by `r`, and a season.
    fn stream(name: &str, days: usize, r: f64, season: f64) -> BTreeMap<Date, f64> {
        let mut rng = poolwise_fit::draws::generator(name);
        let mut draw = || {
            let u = poolwise_engine::random::unit(rand::rand_core::Rng::next_u64(&mut rng));
            normal_quantile(u.clamp(1e-12, 1.0 - 1e-12))
        };
        let mut factor = draw();
        (0..days)
            .map(|i| {
                let day = date(2024, 1, 1).checked_add(jiff::Span::new().days(i as i64)).expect("a day");
                factor = r * factor + (1.0 - r * r).sqrt() * draw();
                let level = 1.0 + season * sin(std::f64::consts::TAU * i as f64 / 365.25);
                let m = 60.0 * if i % 7 > 4 { 0.6 } else { 1.0 } * level * (1.0 + 0.15 * factor);
                (day, (m + m.sqrt() * draw()).max(0.0).round())
            })
            .collect()
    }

    fn found(what: &str, of: (usize, f64, f64), n: usize) -> usize {
        (0..n)
            .filter(|k| months(&stream(&format!("{what} {of:?} {k}"), of.0, of.1, of.2)).factors().is_some())
            .count()
    }

    /// Of 400 streams without months, of one year and of two, whose days hang together by 0 to 0.95, no more than 32 have some: at 5 % more
    /// come once in two hundred.
    #[test]
    fn days_that_hang_together_are_no_months() {
        for days in [366, 731] {
            for r in [0.0, 0.5, 0.8, 0.9, 0.95] {
                let n = found("none", (days, r, 0.0), 400);
                println!("{days} days, {r}: {n} of 400");
                assert!(n <= 32, "{days} days, {r}: {n} of 400");
            }
        }
    }

    /// False alarms and power, figures of `docs/from-a-spreadsheet.md`: `cargo test --release -p poolwise-intake --lib -- --ignored --nocapture the_table_of_months`.
    #[test]
    #[ignore = "takes half a minute, and prints figures of the docs"]
    fn the_table_of_months() {
        for days in [366, 731] {
            for r in [0.0, 0.5, 0.8, 0.85, 0.9, 0.95] {
                let none = found("none", (days, r, 0.0), 400);
                let some = [0.1, 0.2].map(|s| found("season", (days, r, s), 100));
                println!("{days} days, {r}: none {:.1} %, seasons {some:?}", none as f64 / 4.0);
            }
        }
    }

    /// A season that moves the level by a fifth up and down is found nearly always in two years; in one where days hang together little, else it is often left
    /// open.
    #[test]
    fn seasons_are_found() {
        for (of, least) in [
            ((366, 0.0, 0.1), 88),
            ((366, 0.0, 0.2), 70),
            ((366, 0.5, 0.1), 30),
            ((366, 0.5, 0.2), 60),
            ((731, 0.5, 0.1), 88),
            ((731, 0.5, 0.2), 97),
            ((366, 0.8, 0.2), 15),
            ((731, 0.8, 0.2), 88),
            ((731, 0.9, 0.2), 60),
        ] {
            let n = found("season", of, 100);
            println!("{of:?}: {n} of 100");
            assert!(n >= least, "{of:?}: {n} of 100");
        }
    }

    /// Covariances by hand: three days without gaps and no correlation leave nothing of a mean and a slope but one degree of freedom.
    #[test]
    fn what_mean_and_slope_leave() {
        let m = MonthDays { month: 0, days: vec![(0, 1.0), (1, 4.0), (2, 1.0)] };
        let (left, of_mean) = left(&m, 0.0);
        assert!((left[0] - 1.0).abs() < 1e-12 && (of_mean - 1.0 / 3.0).abs() < 1e-12, "{left:?} {of_mean}");
        // The residuals are -1, 2, -1.
        assert!((seen(&m)[0] - 6.0).abs() < 1e-12 && (seen(&m)[1] + 4.0).abs() < 1e-12);
        assert!((left[1] + 2.0 / 3.0).abs() < 1e-12);
        // The upper 5 % of F with 11 and 20 degrees of freedom: 2.310 (tables).
        assert!((beyond(2.310, (11.0, 20.0)) - 0.05).abs() < 2e-4);
    }
}
