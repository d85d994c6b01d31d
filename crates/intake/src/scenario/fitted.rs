//! Options of what comes in: arrivals by their fitted law instead of recorded weeks, and the weeks after the record.

use super::words::{bounded, digits, key, share_interval, text, toml_list};
use super::{Material, RecordWindow, trace};
use crate::fit::Interval;
use crate::forecast::DemandForecast;
use crate::holidays::Holiday;
use crate::pattern::{Likeness, Pattern, Patterns};
use jiff::civil::Date;

/// A rate with the range of its interval.
fn rate(i: &Interval) -> String {
    let t = |x: f64| format!("\"{} per hour\"", digits(x, 5));
    let (low, high) = super::words::widened(i);
    if low <= 0.0 || t(low) == t(high) {
        return t(i.base);
    }
    format!("{{ low = {}, base = {}, high = {}, standing = \"derived\" }}", t(low), t(i.base), t(high))
}

/// A change with the range of its interval; it may be below 0.
fn change_interval(i: &Interval) -> String {
    let (low, high) = super::words::widened_change(i);
    let t = |x: f64| format!("{x:.4}");
    format!("{{ low = {}, base = {}, high = {}, standing = \"derived\" }}", t(low), t(i.base), t(high))
}

/// A correlation with the range of its interval, if it has one.
fn correlation(found: &Likeness, most: f64, together: Option<&str>) -> String {
    found.interval().map_or_else(|| digits(found.base, 2), |i| bounded(&i, (0.0, most), 2, together))
}

/// Today's staffing with arrivals by their law.
pub(super) fn fitted(m: &Material<'_>, patterns: &Patterns, window: &RecordWindow) -> String {
    let mut out = format!(
        "# Written by `poolwise import`. Today's staffing, with the law of arrivals in the place of recorded weeks: change a rate, a\n\
         # month or a factor here and see what it does. Each value has the 95 % interval of the record where it has a range.\n\
         # Counts: {}.\n\
         extends = \"today.toml\"\ntitle = \"Today, arrivals by their law\"\nbaseline = false\n\n",
        m.counts_file.replace('\n', " ")
    );
    let several = m.series.places.len() > 1;
    for p in &patterns.places {
        out.push_str(&class(p, window.start, (patterns.between.as_ref().filter(|_| several), several)));
    }
    out.push_str(&exceptions(m.holidays, patterns, window));
    out
}

fn class(p: &Pattern, start: Date, (between, several): (Option<&Likeness>, bool)) -> String {
    let mut out = format!(
        "# {}: {} ordinary days. Profile by {} of the week, smoothed: each value lies between its own mean (weight {} on\n\
         # average) and what its weekday and time of day say together; limits in data/profile.csv.\n",
        p.name.replace('\n', " "),
        p.days,
        if p.profile.len() > 168 { "half-hour" } else { "hour" },
        digits(p.own_weight, 2),
    );
    let course = &p.course;
    let found = match (&course.months, &course.growth) {
        (Some(_), Some(_)) => {
            "from the record, drawn towards 1 as far as chance may have made them, and a trend"
        }
        (Some(_), None) => "from the record, drawn towards 1 as far as chance may have made them",
        (None, Some(_)) => "none, but a trend",
        (None, None) => "none",
    };
    out.push_str(&format!("# Months: {found}; {}.\n", course.why));
    // Growth is counted from the run's beginning on.
    let by = course.grown(start);
    let begins =
        Interval { base: p.per_hour.base * by, low: p.per_hour.low * by, high: p.per_hour.high * by };
    out.push_str(&format!("[class.{}]\nrate = {}\n", key(&p.name), rate(&begins)));
    if let Some(growth) = &course.growth {
        out.push_str(&format!(
            "growth = {} # a year, from the start of the run on\n",
            change_interval(growth)
        ));
    }
    if several {
        out.push_str(&format!("area = {}\n", text(&p.name)));
    }
    out.push_str(&format!("profile = {{ file = \"data/profile.csv\", column = {} }}\n", text(&p.name)));
    if let Some(months) = &p.months {
        out.push_str(&format!("months = {}\n", toml_list(months, 4)));
    }
    let limits =
        |i: &Interval| format!("{} [{}, {}]", digits(i.base, 2), digits(i.low, 2), digits(i.high, 2));
    if p.day_cv.base > 0.0 {
        let mut factor = format!("cv = {}", share_interval(&p.day_cv));
        let mut about =
            format!("correlation with the next day's {}", p.autocorrelation.shown(|x| digits(x, 2)));
        if p.autocorrelation.base > 0.0 {
            let value = correlation(&p.autocorrelation, 0.95, None);
            factor.push_str(&format!(", autocorrelation = {value}"));
        } else if p.autocorrelation.interval().is_some() {
            about.push_str(", which may be chance");
        }
        if let Some(r) = between {
            about.push_str(&format!(", between places {}", r.shown(|x| digits(x, 2))));
            let value = correlation(r, 1.0, Some("days of places"));
            factor.push_str(&format!(", correlation = {value}"));
        }
        out.push_str(&format!(
            "# A factor of each day: coefficient of variation {}, {about}; 95 % intervals, of\n\
             # correlations the values that the record does not contradict, of bursts by drawing its weeks anew.\nday_factor = {{ {factor} }}\n",
            limits(&p.day_cv)
        ));
    }
    if p.dispersion.base > 1.005 {
        out.push_str(&format!(
            "# Variance over mean of hourly counts, given the day: {}\nbursts = {{ dispersion = {}, every = \"1 h\" }}\n",
            limits(&p.dispersion),
            bounded(&p.dispersion, (1.0, f64::INFINITY), 3, None)
        ));
    } else if p.dispersion.high.is_finite() {
        out.push_str(&format!(
            "# No bursts: variance over mean of hourly counts, given the day, {}\n",
            limits(&p.dispersion)
        ));
    }
    out.push('\n');
    out
}

/// Holidays of the run as dated exceptions.
fn exceptions(holidays: &[Holiday], patterns: &Patterns, window: &RecordWindow) -> String {
    let Some(factor) = &patterns.holidays else { return String::new() };
    let days = if window.weeks > 0 { window.weeks.min(52) * 7 } else { window.days };
    let end = window.start.checked_add(jiff::Span::new().days(days)).unwrap_or(window.start);
    let mut out = format!(
        "# Holidays: {} in the record, on which {} of an ordinary day's requests came.\n",
        patterns.seen_holidays,
        digits(factor.base, 3)
    );
    for h in holidays.iter().filter(|h| h.date >= window.start && h.date < end) {
        let next = h.date.tomorrow().unwrap_or(h.date);
        let name = if h.name == h.date.to_string() {
            h.name.clone()
        } else {
            format!("{} {}", h.name, h.date.year())
        };
        out.push_str(&format!(
            "[[exception]]\nname = {}\nfrom = \"{} 00:00\"\nuntil = \"{next} 00:00\"\ndemand = {}\n\n",
            text(&name),
            h.date,
            digits(factor.base, 3)
        ));
    }
    out
}

/// Today's staffing with what comes in the weeks after the record.
pub(super) fn ahead(m: &Material<'_>, f: &DemandForecast) -> Option<String> {
    let first = f.weeks.first()?.monday;
    let score = f.scores.first()?;
    let mut out = format!(
        "# Written by `poolwise import`. Today's staffing in the {} weeks after the record. Foreseen by {}, which was off by {} % in\n\
         # the {} weeks held out. Recorded weeks are drawn, at the level foreseen: `factor` is that level over the record's, with its\n\
         # 95 % interval; `months` has how it changes within the weeks foreseen.\n\
         extends = \"today.toml\"\ntitle = \"Today's staffing, the {} weeks to come\"\nbaseline = false\n\n\
         [run]\nstart = {first}\nhorizon = \"{} weeks\"\n\n",
        f.weeks.len(),
        f.way.name(),
        digits(100.0 * score.error, 2),
        f.held_out,
        f.weeks.len(),
        f.weeks.len(),
    );
    let mean = f.weeks.iter().map(|w| w.requests.base).sum::<f64>() / f.weeks.len() as f64;
    let mut by_month = [(0.0, 0.0); 12];
    for w in &f.weeks {
        for d in 0..7 {
            let day = w.monday.checked_add(jiff::Span::new().days(d)).ok()?;
            let slot = &mut by_month[usize::try_from(day.month() - 1).ok()?];
            *slot = (slot.0 + w.requests.base, slot.1 + 1.0);
        }
    }
    let months = by_month.map(|(sum, n)| if n > 0.0 && mean > 0.0 { sum / n / mean } else { 1.0 });
    let differ = f.weeks.len() <= 52 && months.iter().any(|x| (x - 1.0).abs() > 0.001);
    let more = if differ { format!(", months = {}", toml_list(&months, 4)) } else { String::new() };
    let level = share_interval(&f.level);
    for i in 0..m.series.places.len() {
        let (name, line) =
            trace(m, i, "data/arrivals.csv", ", resample = \"weeks\"", &format!(", factor = {level}{more}"));
        out.push_str(&format!("[class.{}]\ntrace = {line}\n\n", key(name)));
    }
    Some(out)
}

/// The weeks foreseen as CSV.
pub(super) fn csv(f: &DemandForecast) -> String {
    let mut out = String::from("monday,requests,low,high\n");
    for w in &f.weeks {
        let r = &w.requests;
        out.push_str(&format!("{},{:.1},{:.1},{:.1}\n", w.monday, r.base, r.low, r.high));
    }
    out
}
