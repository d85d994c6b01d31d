//! Numbers as planners read them: as many digits as the interval supports, one unit a column.

pub use super::measures::Unit;
use poolwise_math::{log10, powi};
use poolwise_stats::Estimate;

/// What stands where a number is undefined.
pub const UNDEFINED: &str = "n/a";
/// Groups thousands: a narrow space, because commas separate the ends of an interval.
const GROUP: char = '\u{202f}';
/// Longest time, in hours, that a column shows in minutes.
const MINUTES_UP_TO: f64 = 1.5;
/// Below this time, in hours, a column shows seconds.
const SECONDS_UP_TO: f64 = 1.0 / 60.0;
/// Decimals that are shown at most.
const MOST_DECIMALS: usize = 3;

/// How a column shows its numbers: factor from the stored unit, and the word for the unit shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Shown number = stored number times this.
    pub factor: f64,
    /// Unit shown; empty for a bare count.
    pub unit: &'static str,
    /// Decimals for a number known exactly.
    exact_decimals: usize,
    /// Decimals shown even where the interval is long.
    least_decimals: usize,
    /// Digits of its own that an interval's half width shows.
    digits: usize,
}

impl Scale {
    /// The scale of a column of values (as stored) of one measure. Short times are shown in minutes.
    pub fn of(unit: Unit, values: impl IntoIterator<Item = f64>) -> Self {
        let (factor, word, exact_decimals) = match unit {
            Unit::Officers => (1.0, "", 1),
            Unit::HoursPerWeek => (1.0, "h/week", 0),
            Unit::Share => (100.0, "%", 1),
            Unit::Hours => {
                let greatest =
                    values.into_iter().filter(|v| v.is_finite()).fold(0.0_f64, |a, v| a.max(v.abs()));
                match greatest {
                    x if x > 0.0 && x < SECONDS_UP_TO => (3_600.0, "s", 1),
                    x if x < MINUTES_UP_TO => (60.0, "min", 1),
                    _ => (1.0, "h", 2),
                }
            }
            Unit::PerHour => (1.0, "per hour", 1),
            Unit::Requests => (1.0, "requests", 1),
        };
        let least_decimals = usize::from(unit == Unit::Share);
        Self { factor, unit: word, exact_decimals, least_decimals, digits: 1 }
    }

    /// The same for differences: a difference of percentages is in percentage points.
    pub fn of_difference(unit: Unit, values: impl IntoIterator<Item = f64>) -> Self {
        let mut scale = Self::of(unit, values);
        if unit == Unit::Share {
            scale.unit = "points";
        }
        scale
    }

    /// The same with one digit more.
    pub fn finer(self) -> Self {
        Self { digits: self.digits + 1, ..self }
    }

    /// `61.3 [61.1, 61.5]`; only the number when it is exact or has no interval.
    pub fn cell(&self, e: &Estimate) -> String {
        join(self.parts(e, false))
    }

    /// The same with a sign.
    pub fn signed(&self, e: &Estimate) -> String {
        join(self.parts(e, true))
    }

    /// The number, and its interval in brackets if it has one of some length.
    pub fn parts(&self, e: &Estimate, signed: bool) -> (String, Option<String>) {
        let value = e.estimate * self.factor;
        if !value.is_finite() {
            return (UNDEFINED.to_owned(), None);
        }
        let half = e.half_width() * self.factor;
        // Rounding errors of a constant are no interval.
        if !half.is_finite() || half <= 1e-9 * value.abs() {
            return (self.alone(value, signed), None);
        }
        let decimals = decimals_for(half, self.digits).max(self.least_decimals);
        let (lower, upper) = (e.lower * self.factor, e.upper * self.factor);
        let [shown, lower, upper] = [value, lower, upper].map(|x| fixed(x, decimals, signed));
        // Of an interval that is shorter than any digit shown there is nothing to show: 99.9 %, and not 99.900.
        if shown == lower && shown == upper {
            let shown = if nought(&shown) { seen(value, decimals, signed) } else { without_noughts(shown) };
            return (if self.is_all(&shown) { all_but(value) } else { shown }, None);
        }
        // A difference that may be either is best shown as nought; of all else its size is known to be more.
        let shown = match () {
            () if nought(&shown) && !signed => seen(value, decimals, false),
            () if self.is_all(&shown) && value < 100.0 - 1e-9 => {
                format!("over {}", fixed(100.0 - powi(0.1, decimals as i32), decimals, false))
            }
            () => shown,
        };
        (shown, Some(format!("[{lower}, {upper}]")))
    }

    /// A number whose interval is not shown.
    pub fn alone_of(&self, e: &Estimate, signed: bool) -> String {
        let (shown, _) = self.parts(e, signed);
        let value = e.estimate * self.factor;
        match self.is_all(&shown) {
            true => all_but(value),
            false if nought(&shown) => seen(value, 0, signed),
            false => shown,
        }
    }

    /// Decimals that all numbers of a column take whose intervals are not shown: as many as the coarsest interval warrants, one
    /// where a number below ten has it, and as many more as tell numbers apart that their own intervals tell apart.
    pub fn common_decimals(&self, all: &[Estimate]) -> usize {
        let known: Vec<(f64, usize)> = all
            .iter()
            .filter(|e| e.estimate.is_finite())
            .map(|e| (e.estimate * self.factor, self.decimals_of(e)))
            .collect();
        let least = known.iter().map(|(_, own)| *own).min().unwrap_or(self.exact_decimals);
        let below_ten = known.iter().any(|(x, own)| *own > 0 && (1.0..10.0).contains(&x.abs()));
        let most = known.iter().map(|(_, own)| *own).max().unwrap_or(least);
        let same = |a: f64, b: f64, decimals| seen(a, decimals, false) == seen(b, decimals, false);
        let hides = |decimals: usize| {
            let mut pairs =
                known.iter().enumerate().flat_map(|(i, a)| known[..i].iter().map(move |b| (*a, *b)));
            pairs.any(|(a, b)| same(a.0, b.0, decimals) && !same(a.0, b.0, a.1.min(b.1)))
        };
        (least.max(usize::from(below_ten))..most).find(|d| !hides(*d)).unwrap_or(most)
    }

    /// Decimals that the interval of a number warrants; those of an exact number where there is none of some length.
    fn decimals_of(&self, e: &Estimate) -> usize {
        let half = e.half_width() * self.factor;
        if !half.is_finite() || half <= 1e-9 * (e.estimate * self.factor).abs() {
            return self.exact_decimals;
        }
        decimals_for(half, self.digits).max(self.least_decimals)
    }

    /// One number with that many decimals, or as many more as its first digit takes.
    pub fn at(&self, stored: f64, decimals: usize, signed: bool) -> String {
        let value = stored * self.factor;
        let shown = seen(value, decimals, signed);
        if self.is_all(&shown) { all_but(value) } else { shown }
    }

    /// Whether a share is shown as all.
    fn is_all(&self, shown: &str) -> bool {
        self.unit == "%" && without_noughts(shown.to_owned()) == "100"
    }

    /// One number without an interval, with the decimals of an exact one.
    pub fn plain(&self, stored: f64) -> String {
        self.alone(stored * self.factor, false)
    }

    fn alone(&self, value: f64, signed: bool) -> String {
        let shown = seen(value, self.exact_decimals, signed);
        if self.is_all(&shown) { all_but(value) } else { shown }
    }
}

/// A share in per cent that rounds to all: `100`, or `over 99.9` where some are missing.
fn all_but(percent: f64) -> String {
    if percent < 100.0 - 1e-9 { "over 99.9".to_owned() } else { "100".to_owned() }
}

/// Whether a number as it is shown has no digit but noughts.
fn nought(shown: &str) -> bool {
    shown.chars().all(|c| !c.is_ascii_digit() || c == '0')
}

/// A number with fixed decimals, or with as many more as its first digit takes: what is not nought is not shown as nought. Below the
/// last decimal that is ever shown it is `under 0.001`, and nought itself is `0`.
pub fn seen(value: f64, decimals: usize, signed: bool) -> String {
    // Rounding errors of nought are nought.
    if value.abs() < 1e-12 {
        return "0".to_owned();
    }
    let digits = (decimals..=MOST_DECIMALS.max(decimals)).find(|d| !nought(&fixed(value, *d, false)));
    match digits {
        _ if !value.is_finite() => UNDEFINED.to_owned(),
        Some(digits) => fixed(value, digits, signed),
        None => {
            let least = powi(0.1, MOST_DECIMALS.max(decimals) as i32).copysign(value);
            let word = if value < 0.0 { "above" } else { "under" };
            format!("{word} {}", fixed(least, MOST_DECIMALS.max(decimals), signed))
        }
    }
}

fn join((value, interval): (String, Option<String>)) -> String {
    match interval {
        Some(interval) => format!("{value} {interval}"),
        None => value,
    }
}

/// A number without noughts at its end, after a point.
fn without_noughts(text: String) -> String {
    if text.contains('.') && !nought(&text) {
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    text
}

/// Decimals at which an interval of that half width shows so many digits of its own: at most three.
fn decimals_for(half_width: f64, digits: usize) -> usize {
    let needed = digits as f64 - 1.0 - log10(half_width).floor();
    if needed <= 0.0 { 0 } else { (needed as usize).min(MOST_DECIMALS) }
}

/// A number with fixed decimals and grouped thousands. Never `-0`.
pub fn fixed(value: f64, decimals: usize, signed: bool) -> String {
    if !value.is_finite() {
        return UNDEFINED.to_owned();
    }
    let digits = format!("{:.*}", decimals, value.abs());
    let zero = digits.chars().all(|c| c == '0' || c == '.');
    let sign = match (value < 0.0 && !zero, signed && !zero) {
        (true, _) => "-",
        (false, true) => "+",
        (false, false) => "",
    };
    let (whole, rest) = digits.find('.').map_or((digits.as_str(), ""), |dot| digits.split_at(dot));
    let mut text = String::from(sign);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) && whole.len() > 4 {
            text.push(GROUP);
        }
        text.push(digit);
    }
    text + rest
}

/// A length of time given in hours, in the unit a planner would use: `20 s`, `25 min`, `4 h`, `2.5 h`, `3 days`.
pub fn duration(hours: f64) -> String {
    let (value, unit) = match hours {
        h if !h.is_finite() => return UNDEFINED.to_owned(),
        h if h * 3_600.0 < 60.0 - 1e-6 && h > 0.0 => (h * 3_600.0, "s"),
        h if h < 1.0 - 1e-9 => (h * 60.0, "min"),
        h if h >= 72.0 && h % 24.0 == 0.0 => (h / 24.0, "days"),
        h => (h, "h"),
    };
    format!("{} {unit}", trimmed(value, 2))
}

/// A number with at most that many decimals, without trailing zeros; what is not nought has its first digit ([`seen`]).
pub fn trimmed(value: f64, decimals: usize) -> String {
    without_noughts(seen(value, decimals, false))
}

/// Weeks when the days are whole weeks, hours when they are a part of a few days, else days: `52 weeks`, `10 days`, `36 h`.
pub fn span(days: f64) -> String {
    if days < 3.0 && days.fract() != 0.0 {
        return duration(days * 24.0);
    }
    let (n, unit) = if days >= 7.0 && days % 7.0 == 0.0 { (days / 7.0, "week") } else { (days, "day") };
    let plural = if n == 1.0 { "" } else { "s" };
    format!("{} {unit}{plural}", trimmed(n, 2))
}

/// A confidence of 0.95 as `95 %`.
pub fn percent(share: f64) -> String {
    format!("{} %", trimmed(share * 100.0, 2))
}

/// An hour of the week as `Tue 04:00`.
pub fn hour_of_week(hour: usize) -> String {
    format!("{} {:02}:00", DAYS[(hour / 24) % 7], hour % 24)
}

/// Names of days, Monday first.
pub const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

#[cfg(test)]
mod tests {
    use super::*;

    fn e(estimate: f64, lower: f64, upper: f64) -> Estimate {
        Estimate { estimate, lower, upper, replications: 10 }
    }

    #[test]
    fn an_interval_decides_the_digits() {
        let share = Scale::of(Unit::Share, []);
        assert_eq!(share.cell(&e(0.6132, 0.6112, 0.6152)), "61.3 [61.1, 61.5]");
        // Shorter than the digits that are shown; a small number is not nought.
        assert_eq!(share.cell(&e(0.999_999_9, 0.999_999_8, 1.0)), "over 99.9");
        assert_eq!(share.cell(&e(1.0, 1.0, 1.0)), "100");
        assert_eq!(share.cell(&e(0.999_996, 0.999_92, 1.0)), "over 99.999 [99.992, 100.000]");
        assert_eq!(share.cell(&e(1e-7, 0.5e-7, 1.5e-7)), "under 0.001");
        let hours = Scale::of(Unit::Hours, [3.0]);
        assert_eq!(hours.cell(&e(3.0, 2.985, 3.015)), "3.00 [2.98, 3.02]");
        assert_eq!(hours.cell(&e(912.3, 870.1, 954.5)), "912 [870, 954]");
        let requests = Scale::of(Unit::Requests, []);
        assert_eq!(
            requests.cell(&e(512_340.0, 510_200.0, 514_480.0)),
            "512\u{202f}340 [510\u{202f}200, 514\u{202f}480]"
        );
    }

    #[test]
    fn short_times_are_in_minutes() {
        let scale = Scale::of(Unit::Hours, [0.42, 0.03, f64::NAN]);
        assert_eq!(scale.unit, "min");
        assert_eq!(scale.cell(&e(0.42, 0.40, 0.44)), "25 [24, 26]");
        assert_eq!(Scale::of(Unit::Hours, [0.42, 1.7]).unit, "h");
    }

    #[test]
    fn what_is_not_nought_is_not_shown_as_nought() {
        let trimmed = |x: f64| trimmed(x, 1);
        assert_eq!([trimmed(0.03), trimmed(0.004), trimmed(0.0), trimmed(7.0)], ["0.03", "0.004", "0", "7"]);
        assert_eq!(
            [trimmed(0.0002), trimmed(-0.0002), trimmed(-0.04)],
            ["under 0.001", "above -0.001", "-0.04"]
        );
        assert_eq!(
            [seen(0.0004, 0, true), seen(-0.0004, 0, true), seen(0.3, 0, true)],
            ["under +0.001", "above -0.001", "+0.3"]
        );
        assert_eq!([seen(1e-9, 6, false), seen(f64::NAN, 1, false)], ["under 0.000001", "n/a"]);
        let share = Scale::of(Unit::Share, []);
        assert_eq!(share.cell(&e(0.0004, 0.0, 0.05)), "0.04 [0.0, 5.0]");
        assert_eq!(share.signed(&e(0.0004, -0.05, 0.05)), "0.0 [-5.0, +5.0]");
        // All is all, and what only rounds to it is not.
        assert_eq!([1.0, 0.999_99, 0.9994].map(|x| share.plain(x)), ["100", "over 99.9", "99.9"]);
        let hidden = |x, lower, upper| share.alone_of(&e(x, lower, upper), false);
        assert_eq!(hidden(0.999_999_9, 0.999_999_8, 1.0), "over 99.9");
        assert_eq!([hidden(1.0, 0.999, 1.0), hidden(0.9996, 0.999, 1.0)], ["100", "99.96"]);
        assert_eq!([hidden(0.000_02, 0.0, 0.0001), hidden(0.0, 0.0, 0.0001)], ["0.002", "0"]);
        let hours = Scale::of_difference(Unit::Hours, [5.6]);
        assert_eq!(hours.alone_of(&e(0.42, -1.6, 2.4), true), "+0.4");
        assert_eq!(hours.alone_of(&e(-3.1, -4.6, -1.6), true), "-3");
    }

    #[test]
    fn numbers_of_a_column_have_one_number_of_decimals() {
        let shown = |scale: Scale, all: &[Estimate]| -> Vec<String> {
            let decimals = scale.common_decimals(all);
            all.iter().map(|e| scale.at(e.estimate, decimals, false)).collect()
        };
        let hours = Scale::of(Unit::Hours, [5.6]);
        let about = |x: f64, half: f64| e(x, x - half, x + half);
        // The coarsest interval decides, but that of an option that cannot keep up takes no digit from the others.
        assert_eq!(shown(hours, &[about(5.46, 0.3), about(7.948, 0.02)]), ["5.5", "7.9"]);
        assert_eq!(
            shown(hours, &[about(5.46, 0.3), about(2.64, 0.02), about(50.6, 12.0)]),
            ["5.5", "2.6", "50.6"]
        );
        assert_eq!(shown(hours, &[about(55.46, 2.0), about(20.64, 0.02)]), ["55", "21"]);
        // What intervals tell apart the column does, and no more than that.
        let share = Scale::of(Unit::Share, []);
        let close = [about(0.917, 0.002), about(0.9563, 0.0004), about(0.9558, 0.0004)];
        assert_eq!(shown(share, &close), ["91.70", "95.63", "95.58"]);
        let open = [about(0.9163, 0.002), about(0.9158, 0.002), about(0.95, 0.0004)];
        assert_eq!(shown(share, &open), ["91.6", "91.6", "95.0"]);
        // What is not nought is not shown as nought; all is all.
        let small =
            [about(0.0082, 0.001), about(0.000_02, 0.000_01), about(0.999_99, 0.000_01), about(1.0, 0.0)];
        assert_eq!(shown(share, &small), ["0.8", "0.002", "over 99.9", "100"]);
    }

    #[test]
    fn times_below_a_minute_are_in_seconds() {
        let scale = Scale::of(Unit::Hours, [20.0 / 3600.0, f64::NAN]);
        assert_eq!((scale.unit, scale.plain(20.0 / 3600.0)), ("s", "20.0".to_owned()));
        assert_eq!(
            [Scale::of(Unit::Hours, [1.0 / 60.0]).unit, Scale::of(Unit::Hours, [0.0]).unit],
            ["min", "min"]
        );
    }

    #[test]
    fn undefined_exact_and_single_values() {
        let share = Scale::of(Unit::Share, []);
        assert_eq!(share.cell(&e(f64::NAN, f64::NAN, f64::NAN)), "n/a");
        assert_eq!(share.cell(&e(0.5, f64::NAN, f64::NAN)), "50.0");
        assert_eq!(Scale::of(Unit::HoursPerWeek, []).cell(&Estimate::exact(6400.0, 1)), "6400");
        assert_eq!(Scale::of(Unit::Officers, []).cell(&Estimate::exact(38.095, 1)), "38.1");
    }

    #[test]
    fn differences_carry_a_sign_and_points() {
        let points = Scale::of_difference(Unit::Share, []);
        assert_eq!(points.unit, "points");
        assert_eq!(points.signed(&e(0.123, 0.119, 0.127)), "+12.3 [+11.9, +12.7]");
        assert_eq!(points.signed(&e(-0.0001, -0.002, 0.0018)), "0.0 [-0.2, +0.2]");
    }

    #[test]
    fn durations_and_spans() {
        assert_eq!(duration(4.0), "4 h");
        assert_eq!(duration(0.25), "15 min");
        assert_eq!(duration(72.0), "3 days");
        assert_eq!(span(364.0), "52 weeks");
        assert_eq!(span(10.0), "10 days");
        assert_eq!(span(7.0), "1 week");
        assert_eq!(percent(0.95), "95 %");
        assert_eq!(hour_of_week(28), "Tue 04:00");
        assert_eq!(fixed(-0.0001, 2, true), "0.00");
        assert_eq!(fixed(12_345.6, 1, true), "+12\u{202f}345.6");
    }
}
