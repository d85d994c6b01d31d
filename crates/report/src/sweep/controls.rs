//! What control variates gave over the points of a sweep, in a sentence or two.

use crate::number;
use poolwise_sweep::analysis::{Findings, Lengths, MeasureGains, SweepGains, words};
use poolwise_sweep::manifest::Manifest;

/// The sentence, where controls were asked for.
pub(super) fn line(manifest: &Manifest, findings: &Findings) -> Option<String> {
    let gains = findings.controls.as_ref()?;
    let label = |gain: &MeasureGains| words::lower(&manifest.shown(&gain.measure).label);
    Some(told(gains, manifest.points, &label))
}

fn told(gains: &SweepGains, points: usize, label: &dyn Fn(&MeasureGains) -> String) -> String {
    const OF: &str = "What is known of arrivals is taken out of";
    let mut reasons: Vec<(&String, &usize)> = gains.without.iter().collect();
    reasons.sort_by(|a, b| b.1.cmp(a.1));
    let at = |(why, n): &(&String, &usize)| match **n == points {
        true => (*why).clone(),
        false => format!("{why} ({})", of_points(**n)),
    };
    let why = reasons.iter().map(at).collect::<Vec<_>>().join("; ");
    if gains.measures.is_empty() {
        return format!("{OF} no measure: {why}.");
    }
    let each = |(k, gain): (usize, &MeasureGains)| {
        let of = if k == 0 { format!(" of {}", of_points(points)) } else { String::new() };
        let own = gain.half_width.map_or_else(String::new, |lengths| {
            let intervals = if k == 0 { "intervals are " } else { "" };
            let times = if k == 0 { " times as long in the mean" } else { "" };
            format!(", {intervals}{}{times}{}", two(lengths.mean), ends(lengths))
        });
        let apart = gain.differences.map_or_else(String::new, |lengths| {
            format!(", differences {}{}", two(lengths.mean), ends(lengths))
        });
        format!("{} at {}{of}{own}{apart}", label(gain), gain.points)
    };
    let measures: Vec<String> = gains.measures.iter().enumerate().map(each).collect();
    let mut text = format!("{OF} {}.", measures.join("; "));
    if !reasons.is_empty() {
        text += &format!(" Of none: {why}.");
    }
    text
}

fn of_points(n: usize) -> String {
    format!("{n} point{}", if n == 1 { "" } else { "s" })
}

fn two(x: f64) -> String {
    number::fixed(x, 2, false)
}

/// ` (0.41 to 0.60)`, where they differ.
fn ends(lengths: Lengths) -> String {
    let (least, greatest) = (two(lengths.least), two(lengths.greatest));
    if least == greatest { String::new() } else { format!(" ({least} to {greatest})") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sentence_says_it() {
        let lengths = |least, mean, greatest| Some(Lengths { least, mean, greatest });
        let gain = |measure: &str, points, half_width, differences| MeasureGains {
            measure: measure.to_owned(),
            points,
            half_width,
            differences,
        };
        let mut gains = SweepGains {
            expected_arrivals_per_hour: None,
            without: [("nobody arrives".to_owned(), 1), ("arrivals of a are recorded ones".to_owned(), 3)]
                .into(),
            measures: vec![
                gain("Utilization", 8, lengths(0.41, 0.5, 0.6), None),
                gain("Wait", 3, lengths(0.8, 0.8, 0.8), lengths(0.95, 1.0, 1.07)),
            ],
        };
        let label = |g: &MeasureGains| g.measure.clone();
        assert_eq!(
            told(&gains, 12, &label),
            "What is known of arrivals is taken out of Utilization at 8 of 12 points, intervals are 0.50 times as long in the mean \
             (0.41 to 0.60); Wait at 3, 0.80, differences 1.00 (0.95 to 1.07). Of none: arrivals of a are recorded ones (3 \
             points); nobody arrives (1 point)."
        );
        gains.measures.clear();
        gains.without = [("nobody arrives".to_owned(), 4)].into();
        assert_eq!(
            told(&gains, 4, &label),
            "What is known of arrivals is taken out of no measure: nobody arrives."
        );
    }
}
