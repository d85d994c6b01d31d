//! One sentence on control variates, where they were asked for: which intervals are shorter, or why none is.

use super::called::Called;
use super::number;
use poolwise_study::Wording;
use poolwise_study::controls::Gains;
use poolwise_study::measures::find;
use poolwise_study::summary::{Comparison, Summary};

/// A line on all options of a comparison, else one on each scenario; none where nobody asked.
pub(crate) fn lines(summaries: &[&Summary], comparison: Option<&Comparison>) -> Vec<String> {
    if comparison.is_some() || summaries.len() == 1 {
        return line(summaries, comparison).into_iter().collect();
    }
    let called = Called::summaries(summaries);
    let of = |s: &&Summary| Some(format!("{}: {}", called.within(&s.scenario), line(&[s], None)?));
    summaries.iter().filter_map(of).collect()
}

fn line(summaries: &[&Summary], comparison: Option<&Comparison>) -> Option<String> {
    let gains: Vec<&Gains> = summaries.iter().filter_map(|s| s.controls.as_ref()).collect();
    let first = gains.first()?;
    if let Some(why) = &first.none {
        return Some(format!("What is known of arrivals shortens no interval: {why}."));
    }
    // One decision for all options: what one controls all do.
    let spans = first.measures.keys().filter_map(|name| {
        let all: Vec<f64> = gains.iter().filter_map(|g| Some(g.measures.get(name)?.half_width)).collect();
        Some((name, span(&all)?))
    });
    let most = spans.min_by(|a, b| a.1.1.total_cmp(&b.1.1));
    let n = first.measures.len() as f64;
    let mut text = match most {
        None => format!(
            "What is known of arrivals shortens the intervals of {} measures by class, stage or centre and of none of the whole",
            first.others
        ),
        Some((name, ends)) => {
            let wording = Wording::of(summaries);
            let label = find(name).map_or_else(|| name.clone(), |m| wording.label(m));
            let s = if n == 1.0 { "" } else { "s" };
            format!(
                "What is known of arrivals shortens the intervals of {} measure{s}, most that of {label}: to {} of its length",
                number::fixed(n, 0, false),
                words(ends)
            )
        }
    };
    let apart: Vec<f64> = comparison
        .iter()
        .flat_map(|c| &c.rows)
        .filter(|row| row.verdict.is_some())
        .filter_map(|row| Some(row.controls?.half_width))
        .collect();
    if let Some(ends) = span(&apart) {
        text += &format!("; differences with a verdict are {} times as long", words(ends));
    }
    text.push('.');
    if let Some(p) = summaries.iter().find_map(|s| s.precision.as_ref()) {
        if let Some(all) = p.without_controls.filter(|all| *all > p.replications) {
            text += &format!(" That saved about {} of {all} replications.", all - p.replications);
        }
    }
    Some(text)
}

fn span(all: &[f64]) -> Option<(f64, f64)> {
    let most = all.iter().copied().reduce(f64::max)?;
    Some((all.iter().copied().fold(most, f64::min), most))
}

/// `0.49`, or `between 0.41 and 0.52`.
fn words((least, most): (f64, f64)) -> String {
    let (least, most) = (number::fixed(least, 2, false), number::fixed(most, 2, false));
    if least == most { least } else { format!("between {least} and {most}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;
    use poolwise_study::controls::Gain;

    fn with(s: &Summary, gains: &Gains) -> Summary {
        Summary { controls: Some(gains.clone()), ..s.clone() }
    }

    #[test]
    fn one_sentence_says_it() {
        let summaries = fixture::seven();
        let mut comparison = fixture::comparison(&summaries);
        let all: Vec<&Summary> = summaries.iter().collect();
        assert!(lines(&all, Some(&comparison)).is_empty() && lines(&all[..1], None).is_empty());
        let gain = |half_width| Gain { explained: 0.8, half_width };
        let gains = |busy| Gains {
            measures: [("utilization".to_owned(), gain(busy)), ("done_within_target".to_owned(), gain(0.9))]
                .into(),
            ..Gains::default()
        };
        let (a, b) = (with(all[0], &gains(0.49)), with(all[1], &gains(0.524)));
        let said = lines(&[&a], None);
        assert_eq!(
            said,
            [
                "What is known of arrivals shortens the intervals of 2 measures, most that of Utilization: to 0.49 of its length."
            ]
        );
        assert!(lines(&[&a, &b], None)[1].contains("0.52"));
        comparison
            .rows
            .iter_mut()
            .filter(|r| r.verdict.is_some())
            .for_each(|r| r.controls = Some(gain(1.07)));
        let said = lines(&[&a, &b], Some(&comparison));
        assert!(
            said[0].contains(
                "to between 0.49 and 0.52 of its length; differences with a verdict are 1.07 times as long."
            ),
            "{said:?}"
        );
        let none = Gains { none: Some("nobody arrives".to_owned()), ..Gains::default() };
        assert_eq!(
            lines(&[&with(all[0], &none)], None),
            ["What is known of arrivals shortens no interval: nobody arrives."]
        );
    }
}
