//! The answer of a search in plain sentences, from results only.

use super::answer::StaffingAnswer;
use super::solve::{HeadcountRange, Staffed};
use poolwise_engine::model::Words;
use poolwise_study::number;
use poolwise_study::verdict::{Present, list, named, short_titles};

/// What is known of one option.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Needs {
    /// Its title, as sentences use it.
    pub title: String,
    /// Officers that it has.
    pub has: f64,
    /// Officers that it needs, or why no number is shown to do.
    pub needs: Result<HeadcountRange, Unmet>,
    /// Officers on rosters on average that it has, and that it needs, where the scenario says nothing of people employed.
    pub posts: Option<(Present, HeadcountRange)>,
    /// Officers that it releases from the baseline as it is.
    pub released: Option<HeadcountRange>,
    /// Those that are left when the baseline has no more than it needs.
    pub beyond_slack: Option<HeadcountRange>,
    /// What uncertain inputs make of the number, and in what share of draws.
    pub inputs: Option<((f64, f64), f64)>,
}

/// Why no number of officers is shown to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unmet {
    /// Officers tried at most.
    pub tried: u32,
    /// It is shown that even they do not do.
    pub shown: bool,
}

/// One to three sentences on what options need, and one more for each group that cannot be staffed.
pub fn verdict(answer: &StaffingAnswer) -> Vec<String> {
    let titles: Vec<&str> = answer.options.iter().map(|o| o.title.as_str()).collect();
    let options: Vec<Needs> = answer
        .options
        .iter()
        .zip(short_titles(&titles))
        .map(|(o, title)| Needs {
            title: named(&title),
            has: o.solved.as_is.headcount,
            needs: match &o.solved.result {
                Ok(staffed) => Ok(Staffed::headcount(staffed)),
                Err(why) => Err(Unmet { tried: why.headcount, shown: why.shown }),
            },
            posts: match &o.solved.result {
                Ok(staffed) if !o.solved.states_headcount => {
                    let has = &o.solved.as_is;
                    Some((Present { rostered: has.posts, on_duty: has.present }, staffed.posts()))
                }
                _ => None,
            },
            released: o.released,
            beyond_slack: o.released_from_right_sized,
            inputs: o.inputs.as_ref().map(|s| (s.headcount, s.coverage)),
        })
        .collect();
    let base = answer.options.iter().position(|o| o.scenario == answer.baseline);
    sentences(&options, base, answer.matched, &answer.words())
}

/// The sentences on options, of which `base` is the baseline; `matched` where its service is what is to be reached.
pub(crate) fn sentences(options: &[Needs], base: Option<usize>, matched: bool, words: &Words) -> Vec<String> {
    let officers = |n: &str| if n == "1" { &words.officer.one } else { &words.officer.many };
    let base = base.and_then(|b| options.get(b));
    let goal = match base {
        Some(b) if matched => format!("for the service of {}", b.title),
        _ => "to meet the targets".to_owned(),
    };
    let mut met: Vec<(&Needs, HeadcountRange)> =
        options.iter().filter_map(|o| Some((o, o.needs.ok()?))).collect();
    met.sort_by(|a, b| a.1.estimate.total_cmp(&b.1.estimate));
    let mut said = Vec::new();
    if let Some((best, needs)) = met.first() {
        let alone = base.is_some_and(|b| b == *best);
        let goal = if alone && matched { "for its own service" } else { goal.as_str() };
        let number = whole(needs.estimate);
        let mut text = match best.posts {
            // Where nobody spoke of people employed those on duty come first.
            Some((has, posts)) => {
                let there = whole(posts.estimate);
                said.push(format!(
                    "{} needs {there} {} {} on average{} {goal}; it has {}.",
                    best.title,
                    officers(&there),
                    has.word(),
                    interval(posts),
                    whole(has.rostered)
                ));
                format!("In people employed that is {number}{}", interval(*needs))
            }
            None => format!("{} needs {number} {}{} {goal}", best.title, officers(&number), interval(*needs)),
        };
        match base {
            Some(b) if !alone => {
                text.push_str(&format!("; {} has {}", b.title, whole(b.has)));
                text.push_str(&best.released.map_or_else(String::new, |r| format!(", {}", released(r))));
            }
            _ => text.push_str(&format!("; it has {}", whole(best.has))),
        }
        said.push(text + ".");
        // Whose interval reaches into that of the first may need as few.
        let level: Vec<&str> =
            met.iter().skip(1).filter(|o| o.1.lower <= needs.upper).map(|o| o.0.title.as_str()).collect();
        if !level.is_empty() {
            let mut all = vec![best.title.as_str()];
            all.extend(&level);
            said.push(format!("Which of {} needs fewest cannot be told.", list(&all, "and")));
        } else if met.len() > 2 {
            said.push(format!("It needs the fewest of {}.", met.len()));
        }
        if let (Some(Ok(own)), Some(r), false) = (base.map(|b| b.needs), best.beyond_slack, alone) {
            let (title, has) = base.map_or(("", 0.0), |b| (b.title.as_str(), b.has));
            let itself = format!("{title} itself needs {}{}", whole(own.estimate), interval(own));
            let (fewer, other) = (format!("{}{}", whole(r.estimate), interval(r)), &best.title);
            said.push(match own.estimate - has {
                // It has no slack that could be left out of the count.
                short if short > 0.0 => {
                    format!("{itself}, {} more than it has; {other} does with {fewer} fewer.", whole(short))
                }
                none if none > -0.5 => format!("{itself}, all that it has: {fewer} come with {other}."),
                _ => format!("{itself}, so that {fewer} come with {other}; the rest is slack."),
            });
        }
        if let Some(((low, high), share)) = best.inputs {
            said.push(format!(
                "Over {} of the draws of its uncertain inputs it needs {} to {}.",
                number::percent(share),
                number::fixed(low, 0, false),
                number::fixed(high, 0, false)
            ));
        }
    }
    for shown in [true, false] {
        let of: Vec<(&str, u32)> = options
            .iter()
            .filter_map(|o| Some((o.title.as_str(), o.needs.err().filter(|u| u.shown == shown)?.tried)))
            .collect();
        let titles: Vec<&str> = of.iter().map(|o| o.0).collect();
        let most = of.iter().map(|o| o.1).max().unwrap_or(0);
        if !titles.is_empty() {
            let what = if shown { "cannot do it" } else { "cannot be told: it is not shown to do it" };
            let what =
                if !shown && titles.len() > 1 { "cannot be told: they are not shown to do it" } else { what };
            let noun = officers(&most.to_string());
            said.push(format!("{} {what}, with up to {most} {noun} tried.", list(&titles, "and")));
        }
    }
    said
}

fn whole(n: f64) -> String {
    number::trimmed(n, 1)
}

/// The staffings that the test cannot tell apart: with a blank before them, or nothing.
fn interval(r: HeadcountRange) -> String {
    let (low, value, high) = (whole(r.lower), whole(r.estimate), whole(r.upper));
    if low == value && high == value { String::new() } else { format!(" [{low}, {high}]") }
}

fn released(r: HeadcountRange) -> String {
    let turned = HeadcountRange { estimate: -r.estimate, lower: -r.upper, upper: -r.lower };
    match r.estimate {
        x if x > 0.0 => format!("{} more{}", whole(x), interval(r)),
        x if x < 0.0 => format!("{} fewer{}", whole(-x), interval(turned)),
        _ => format!("as many{}", interval(r)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_engine::model::Noun;

    fn range(lower: f64, estimate: f64, upper: f64) -> HeadcountRange {
        HeadcountRange { estimate, lower, upper }
    }

    fn option(title: &str, has: f64, needs: HeadcountRange) -> Needs {
        let (released, beyond_slack) = (Some(needs.taken_from(245.0)), None);
        let needs = Ok(needs);
        Needs { title: title.to_owned(), has, needs, posts: None, released, beyond_slack, inputs: None }
    }

    fn said(options: &[Needs], matched: bool) -> String {
        let words = Words { officer: Noun::regular("officer"), ..Words::default() };
        sentences(options, Some(0), matched, &words).join(" ")
    }

    #[test]
    fn fewest_officers_for_another_options_service() {
        let base = option("Status quo", 245.0, range(232.0, 232.0, 232.0));
        let one = Needs {
            beyond_slack: Some(range(54.0, 54.0, 57.0)),
            inputs: Some(((102.0, 261.0), 0.9)),
            ..option("One centre", 245.0, range(175.0, 178.0, 178.0))
        };
        let none = Needs {
            needs: Err(Unmet { tried: 1317, shown: false }),
            ..option("Areas", 245.0, range(0.0, 0.0, 0.0))
        };
        let closed = Needs {
            needs: Err(Unmet { tried: 900, shown: true }),
            ..option("Closed", 245.0, range(0.0, 0.0, 0.0))
        };
        assert_eq!(
            said(&[base, one, none, closed], true),
            "One centre needs 178 officers [175, 178] for the service of Status quo; Status quo has 245, 67 more [67, 70]. \
             Status quo itself needs 232, so that 54 [54, 57] come with One centre; the rest is slack. Over 90 % of the \
             draws of its uncertain inputs it needs 102 to 261. Closed cannot do it, with up to 900 officers tried. Areas \
             cannot be told: it is not shown to do it, with up to 1317 officers tried."
        );
    }

    #[test]
    fn a_baseline_that_has_too_few_has_no_slack() {
        let base = option("Desks", 672.0, range(760.0, 760.0, 760.0));
        let one = Needs {
            released: Some(range(-42.0, -42.0, -42.0)),
            beyond_slack: Some(range(46.0, 46.0, 46.0)),
            ..option("Pool", 672.0, range(714.0, 714.0, 714.0))
        };
        assert_eq!(
            said(&[base, one], true),
            "Pool needs 714 officers for the service of Desks; Desks has 672, 42 fewer. Desks itself needs 760, 88 more than \
             it has; Pool does with 46 fewer."
        );
    }

    #[test]
    fn a_baseline_that_needs_all_that_it_has_has_no_slack() {
        let base = option("Each town", 30.0, range(29.0, 30.0, 30.0));
        let one = Needs {
            beyond_slack: Some(range(3.0, 4.0, 8.0)),
            ..option("One centre", 30.0, range(22.0, 26.0, 26.0))
        };
        let text = said(&[base, one], true);
        let itself = "Each town itself needs 30 [29, 30], all that it has: 4 [3, 8] come with One centre.";
        assert!(text.contains(itself) && !text.contains("slack"), "{text}");
    }

    #[test]
    fn options_that_may_need_as_few_are_named_together() {
        let options = [
            option("Status quo", 245.0, range(230.0, 232.0, 233.0)),
            option("One", 245.0, range(175.0, 178.0, 180.0)),
            option("Hubs", 245.0, range(179.0, 182.0, 182.0)),
        ];
        assert!(said(&options, false).contains("Which of One and Hubs needs fewest cannot be told."));
    }

    #[test]
    fn the_baseline_may_need_fewest_or_as_many_as_it_has() {
        let base = option("Status quo", 245.0, range(170.0, 172.0, 174.0));
        let others = ["One", "Hubs"].map(|title| option(title, 245.0, range(180.0, 182.0, 182.0)));
        let all = [&[base][..], &others].concat();
        assert_eq!(
            said(&all, true),
            "Status quo needs 172 officers [170, 174] for its own service; it has 245. It needs the fewest of 3."
        );
        assert!(
            said(&all, false)
                .starts_with("Status quo needs 172 officers [170, 174] to meet the targets; it has 245.")
        );
        let level = [
            option("Status quo", 245.0, range(250.0, 250.0, 250.0)),
            option("One", 245.0, range(243.0, 245.0, 246.0)),
        ];
        assert!(said(&level, true).starts_with("One needs 245 officers [243, 246] for the service of Status quo; Status quo has 245, as many [-1, 2]."), "{}", said(&level, true));
        let more = [
            option("Status quo", 245.0, range(270.0, 270.0, 270.0)),
            option("One", 245.0, range(255.0, 256.0, 256.0)),
        ];
        assert!(
            said(&more, true).contains("Status quo has 245, 11 fewer [10, 11]."),
            "{}",
            said(&more, true)
        );
    }

    #[test]
    fn several_of_which_nothing_is_shown_and_a_single_officer() {
        let open = |title| Needs {
            needs: Err(Unmet { tried: 40, shown: false }),
            ..option(title, 8.0, range(0.0, 0.0, 0.0))
        };
        assert_eq!(
            said(&[open("Desk"), open("Office")], false),
            "Desk and Office cannot be told: they are not shown to do it, with up to 40 officers tried."
        );
        let one = option("Desk", 1.0, range(1.0, 1.0, 1.0));
        assert_eq!(
            said(std::slice::from_ref(&one), false),
            "Desk needs 1 officer to meet the targets; it has 1."
        );
        let never = Needs { needs: Err(Unmet { tried: 1, shown: true }), ..one };
        assert_eq!(said(&[never], false), "Desk cannot do it, with up to 1 officer tried.");
    }

    #[test]
    fn one_scenario_by_itself_and_one_that_cannot() {
        let alone = option("Desk", 8.0, range(9.0, 9.0, 9.0));
        assert_eq!(
            said(std::slice::from_ref(&alone), false),
            "Desk needs 9 officers to meet the targets; it has 8."
        );
        // Whoever says nothing of people employed thinks of officers on duty.
        let queue = Needs {
            posts: Some((Present { rostered: 8.0, on_duty: 8.0 }, range(10.0, 11.0, 11.0))),
            ..option("M/M/8", 33.6, range(42.0, 47.0, 47.0))
        };
        assert_eq!(
            said(std::slice::from_ref(&queue), false),
            "M/M/8 needs 11 officers on duty on average [10, 11] to meet the targets; it has 8. In people employed that is 47 [42, 47]; it has 33.6."
        );
        // Where some stay away those on rosters are not all on duty.
        let (_, needs) = queue.posts.unwrap();
        let absent = Needs { posts: Some((Present { rostered: 8.0, on_duty: 7.5 }, needs)), ..queue.clone() };
        assert!(
            said(&[absent], false)
                .contains("needs 11 officers rostered on average [10, 11] to meet the targets; it has 8.")
        );
        let other = option("Desks", 672.0, range(760.0, 760.0, 760.0));
        let text = said(&[other, queue], true);
        assert!(
            text.starts_with(
                "M/M/8 needs 11 officers on duty on average [10, 11] for the service of Desks; it has 8."
            ),
            "{text}"
        );
        assert!(text.contains("In people employed that is 47 [42, 47]; Desks has 672"), "{text}");
        let never = Needs { needs: Err(Unmet { tried: 40, shown: true }), ..alone };
        assert_eq!(said(&[never], false), "Desk cannot do it, with up to 40 officers tried.");
    }
}
