//! Pieces of TOML.

use crate::fit::{Family, Interval, Law};
use crate::values::unit_name;
use poolwise_math::log10;

/// A number with so many digits that count, without trailing zeros.
pub(super) fn digits(x: f64, n: usize) -> String {
    if x == 0.0 || !x.is_finite() {
        return "0".to_owned();
    }
    let decimals = (n as f64 - 1.0 - log10(x.abs()).floor()).clamp(0.0, 9.0) as usize;
    let text = format!("{x:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A text as TOML writes it.
pub(super) fn text(value: &str) -> String {
    let mut out = String::from("\"");
    for c in value.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A name as a key.
pub(super) fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if bare { name.to_owned() } else { text(name) }
}

/// A length of time in its largest whole unit.
pub(super) fn duration(seconds: f64) -> String {
    for (unit, size) in [("h", 3600.0), ("min", 60.0)] {
        if seconds >= size && (seconds / size).fract() == 0.0 {
            return format!("\"{} {unit}\"", seconds / size);
        }
    }
    format!("\"{} s\"", digits(seconds, 6))
}

/// A symmetric triangular law has 95 % of its draws within this share of its half-width: 1 - sqrt(0.05).
const WITHIN: f64 = 0.776_393_202_250_021;

pub(super) fn widened(i: &Interval) -> (f64, f64) {
    ((i.base - (i.base - i.low) / WITHIN).max(0.0), i.base + (i.high - i.base) / WITHIN)
}

/// The same of a change in a year, which may be below 0 but takes no more than there is.
pub(super) fn widened_change(i: &Interval) -> (f64, f64) {
    ((i.base - (i.base - i.low) / WITHIN).max(-0.99), (i.base + (i.high - i.base) / WITHIN).min(10.0))
}

/// An uncertain time of which 95 % of draws lie in the interval, or the time alone where it is known.
pub(super) fn interval(i: &Interval, unit: f64) -> String {
    let name = unit_name(unit);
    let t = |x: f64| format!("\"{} {name}\"", digits(x / unit, 5));
    let (low, high) = widened(i);
    if t(low) == t(high) || low <= 0.0 || !high.is_finite() {
        return t(i.base);
    }
    format!("{{ low = {}, base = {}, high = {}, standing = \"derived\" }}", t(low), t(i.base), t(high))
}

/// The same of a plain number.
pub(crate) fn share_interval(i: &Interval) -> String {
    let (low, high) = widened(i);
    if digits(low, 4) == digits(high, 4) || !high.is_finite() {
        return digits(i.base, 4);
    }
    format!(
        "{{ low = {}, base = {}, high = {}, standing = \"derived\" }}",
        digits(low, 4),
        digits(i.base, 4),
        digits(high, 4)
    )
}

/// The same of a number that has a least and a greatest value; those tied `together` are drawn alike.
pub(super) fn bounded(i: &Interval, (least, most): (f64, f64), n: usize, together: Option<&str>) -> String {
    let (low, high) = widened(i);
    let (low, high) = (low.clamp(least, i.base), high.clamp(i.base, most));
    let shown = |x: f64| digits(x, n);
    if shown(low) == shown(high) || !high.is_finite() {
        return shown(i.base);
    }
    let tied = together.map_or_else(String::new, |t| format!(", together = {}", text(t)));
    format!(
        "{{ low = {}, base = {}, high = {}{tied}, standing = \"derived\" }}",
        shown(low),
        shown(i.base),
        shown(high)
    )
}

/// Numbers as a list.
pub(super) fn toml_list(x: &[f64], n: usize) -> String {
    format!("[{}]", x.iter().map(|v| digits(*v, n)).collect::<Vec<_>>().join(", "))
}

/// A law with its mean written as given.
pub(super) fn law(law: &Law, mean: &str, unit: f64) -> String {
    let name = unit_name(unit);
    let t = |x: f64| format!("\"{} {name}\"", digits(x / unit, 5));
    let [a, b, c] = law.numbers;
    match law.family {
        Family::Exponential => format!("{{ exponential = {{ mean = {mean} }} }}"),
        Family::Lognormal | Family::Gamma | Family::Weibull => {
            format!("{{ {} = {{ mean = {mean}, cv = {} }} }}", law.family.name(), digits(b, 4))
        }
        Family::Erlang => format!("{{ erlang = {{ shape = {a}, mean = {mean} }} }}"),
        Family::Hyperexponential => {
            let p = digits(a, 4);
            let rest = digits(1.0 - p.parse::<f64>().unwrap_or(a), 9);
            format!(
                "{{ hyperexponential = {{ phases = [{{ probability = {p}, mean = {} }}, {{ probability = {rest}, mean = {} }}] }} }}",
                t(b),
                t(c)
            )
        }
        Family::Uniform => format!("{{ uniform = {{ low = {}, high = {} }} }}", t(a), t(b)),
        Family::Triangular => {
            format!("{{ triangular = {{ low = {}, mode = {}, high = {} }} }}", t(a), t(b), t(c))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_toml() {
        assert_eq!(digits(17.0256, 4), "17.03");
        assert_eq!(digits(0.000_123_46, 3), "0.000123");
        assert_eq!(digits(1200.0, 3), "1200");
        assert_eq!(key("North"), "North");
        assert_eq!(key("Los \"Angeles\""), "\"Los \\\"Angeles\\\"\"");
        assert_eq!(duration(1800.0), "\"30 min\"");
        assert_eq!(duration(7200.0), "\"2 h\"");
        assert_eq!(duration(20.0), "\"20 s\"");
    }
}
