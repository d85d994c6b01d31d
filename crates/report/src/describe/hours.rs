//! Hours of the week in words.

use crate::number;
use poolwise_engine::model::Window;
use poolwise_engine::time::DAY;

pub(super) fn window(w: &Window) -> String {
    match w {
        Window::Always => "always".to_owned(),
        Window::Open => "while it is open".to_owned(),
        Window::Hours(spans) => spans_in_words(spans),
    }
}

/// Spans of the area's local week in words; days with the same hours together.
pub(super) fn spans_in_words(spans: &[(f64, f64)]) -> String {
    let clock = |seconds: f64| {
        let minutes = (seconds / 60.0).round() as u32;
        format!("{:02}:{:02}", minutes / 60, minutes % 60)
    };
    // From and to, seconds after the first day's midnight, and the days.
    let mut groups: Vec<((f64, f64), Vec<usize>)> = Vec::new();
    for &(from, to) in spans {
        let day = (from / DAY).floor();
        let hours = (from - day * DAY, to - day * DAY);
        match groups.iter_mut().find(|g| g.0 == hours) {
            Some(group) => group.1.push(day as usize),
            None => groups.push((hours, vec![day as usize])),
        }
    }
    let in_words = |((from, to), days): &((f64, f64), Vec<usize>)| {
        let name = |day: usize| number::DAYS[day % 7];
        let (first, last) = (days[0], days[days.len() - 1]);
        let days_in_words = match days.len() {
            7 => "daily".to_owned(),
            n if n > 2 && last - first == n - 1 => format!("{}-{}", name(first), name(last)),
            _ => days.iter().map(|d| name(*d)).collect::<Vec<_>>().join(", "),
        };
        // Over more than one midnight the day of the end has to be told.
        if *to - *from > DAY {
            let over = (*to / DAY).ceil() - 1.0;
            return format!(
                "{days_in_words} {} to {} {}",
                clock(*from),
                name(first + over as usize),
                clock(*to - over * DAY)
            );
        }
        let end = if *to > DAY { *to - DAY } else { *to };
        format!("{days_in_words} {}-{}", clock(*from), clock(end))
    };
    groups.iter().map(in_words).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_engine::time::HOUR;

    #[test]
    fn hours_of_the_week_are_told() {
        let at = |day: f64, hour: f64| day * DAY + hour * HOUR;
        let office: Vec<(f64, f64)> =
            (0..5).map(|d| (at(f64::from(d), 6.0), at(f64::from(d), 22.0))).collect();
        assert_eq!(spans_in_words(&office), "Mon-Fri 06:00-22:00");
        let nights: Vec<(f64, f64)> =
            (0..7).map(|d| (at(f64::from(d), 22.5), at(f64::from(d), 24.0))).collect();
        assert_eq!(spans_in_words(&nights), "daily 22:30-24:00");
        assert_eq!(
            spans_in_words(&[(at(1.0, 22.0), at(2.0, 6.0)), (at(3.0, 22.0), at(4.0, 6.0))]),
            "Tue, Thu 22:00-06:00"
        );
        assert_eq!(spans_in_words(&[(at(4.0, 22.0), at(7.0, 0.0))]), "Fri 22:00 to Sun 24:00");
        assert_eq!(
            spans_in_words(&[(at(0.0, 0.0), at(0.0, 6.0)), (at(6.0, 22.0), at(7.0, 0.0))]),
            "Mon 00:00-06:00; Sun 22:00-24:00"
        );
    }
}
