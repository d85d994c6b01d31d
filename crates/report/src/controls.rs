//! One sentence on control variates, where they were asked for: how many measures they are used for and how long intervals are, or why none is.

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
    const OF: &str = "What is known of arrivals is taken out of";
    if let Some(why) = &first.none {
        return Some(format!("{OF} no measure: {why}."));
    }
    // One decision for all options: what one controls all do.
    let mut lengths: Vec<(f64, &String)> =
        gains.iter().flat_map(|g| &g.measures).map(|(name, gain)| (gain.half_width, name)).collect();
    lengths.sort_by(|a, b| a.0.total_cmp(&b.0));
    let wording = Wording::of(summaries);
    let length = |(share, name): &(f64, &String)| {
        let label = find(name).map_or_else(|| (*name).clone(), |m| wording.label(m));
        format!("{} ({label})", number::fixed(*share, 2, false))
    };
    let mut text = match (lengths.first(), lengths.last(), first.measures.len()) {
        (Some(only), _, 1) if lengths.len() == 1 => {
            format!("{OF} one measure; its interval is {} times as long", length(only))
        }
        (Some(least), Some(most), n) => {
            let measures = if n == 1 { "one measure".to_owned() } else { format!("{n} measures") };
            format!("{OF} {measures}; intervals are {} to {} times as long", length(least), length(most))
        }
        _ => {
            format!("{OF} {} measures of classes, stages or centres, and of none of the whole", first.others)
        }
    };
    let apart: Vec<f64> = comparison
        .iter()
        .flat_map(|c| &c.rows)
        .filter(|row| row.verdict.is_some())
        .filter_map(|row| Some(row.controls?.half_width))
        .collect();
    if let Some(ends) = span(&apart) {
        text += &format!(", differences with a verdict {}", words(ends));
    }
    text.push('.');
    let saved = summaries.iter().filter_map(|s| s.precision.as_ref()).find_map(|p| {
        let all = p.without_controls.filter(|all| *all > p.replications)?;
        Some(format!(" That saved about {} of {all} replications.", all - p.replications))
    });
    Some(text + &saved.unwrap_or_default())
}

fn span(all: &[f64]) -> Option<(f64, f64)> {
    let most = all.iter().copied().reduce(f64::max)?;
    Some((all.iter().copied().fold(most, f64::min), most))
}

/// `0.49`, or `0.41 to 0.52`.
fn words((least, most): (f64, f64)) -> String {
    let (least, most) = (number::fixed(least, 2, false), number::fixed(most, 2, false));
    if least == most { least } else { format!("{least} to {most}") }
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
        let start = "What is known of arrivals is taken out of";
        assert!(
            said[0].starts_with(start)
                && said[0].contains("2 measures; intervals are 0.49 (Utilization) to 0.90 ("),
            "{said:?}"
        );
        assert!(lines(&[&a, &b], None)[1].contains("0.52 (Utilization)"));
        for row in comparison.rows.iter_mut().filter(|r| r.verdict.is_some()) {
            row.controls = Some(gain(1.07));
        }
        let said = lines(&[&a, &b], Some(&comparison));
        assert!(
            said.len() == 1 && said[0].ends_with(" times as long, differences with a verdict 1.07."),
            "{said:?}"
        );
        let none = Gains { none: Some("nobody arrives".to_owned()), ..Gains::default() };
        assert_eq!(
            lines(&[&with(all[0], &none)], None),
            ["What is known of arrivals is taken out of no measure: nobody arrives."]
        );
    }
}
