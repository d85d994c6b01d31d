//! The staffing answer as tables and notes.

use super::controls;
use super::notes::{notes, partial};
use super::service;
use crate::block::{Block, BlockCell};
use crate::called::Called;
use crate::column::trim_whole;
use crate::table;
use crate::{markdown, number};
use poolwise_staffing::answer::{Answered, StaffingAnswer};
use poolwise_staffing::causes::Split;
use poolwise_staffing::judge::StaffingVerdict;
use poolwise_staffing::roster::Roster;
use poolwise_staffing::solve::{HeadcountRange, Staffed, words};

/// Tables and notes for the terminal.
pub fn text(answer: &StaffingAnswer, look: table::TableLook) -> String {
    let said = poolwise_staffing::verdict(answer).join(" ");
    let mut text = if said.is_empty() { said } else { table::paragraph(&said, look.width) };
    if look.verbose {
        return text + "\n" + &table::document(&legend(answer), &blocks(answer), &notes(answer), look.width);
    }
    let mut notes: Vec<String> = partial(answer).into_iter().collect();
    notes.extend(controls::lines(answer).iter().map(|line| answer.words().fill(line)));
    // Of a search that was stopped before its first option there is no table.
    text.push_str(&match answer.options.is_empty() {
        true => table::notes(&notes, look.width),
        false => table::further(&[options(answer)], &notes, look.width),
    });
    text.trim_start().to_owned()
}

/// The answer for a document: sentences and the one table.
pub fn markdown(answer: &StaffingAnswer) -> String {
    markdown::document(&poolwise_staffing::verdict(answer), &options(answer))
}

/// The one table: what each option has, needs, and releases, and what it costs where there is pay.
pub(crate) fn options(answer: &StaffingAnswer) -> Block {
    let called = called(answer);
    let from = if answer.options.iter().any(|o| o.scenario == answer.baseline) {
        called.get(&answer.baseline)
    } else {
        "the baseline"
    };
    let mut costs = answer.options.iter().filter_map(|o| o.solved.staffed()?.price.as_ref());
    let currency = costs.next().map(|c| c.currency.as_str());
    let rows = answer
        .options
        .iter()
        .map(|o| {
            let title = called.get(&o.scenario);
            let staffed = o.solved.staffed();
            let mut row = vec![
                plain(title),
                plain(number::seen(o.solved.as_is.headcount, 1, false)),
                range(staffed.map(Staffed::headcount), 0, false),
                o.released.map_or_else(|| plain(""), against),
                plain(match &o.solved.result {
                    Ok(staffed) => staffed.binding_said().to_owned(),
                    Err(why) => no_staffing(why.shown).to_owned(),
                }),
            ];
            row.extend(currency.map(|_| price(answer, o)));
            row.extend(currency.map(|_| price_of_year(o)));
            row
        })
        .collect();
    // Where nobody spoke of people employed the sentences tell of those on duty, and the table what they come to.
    let stated = answer.options.iter().any(|o| o.solved.states_headcount);
    let counted_as = if stated { "" } else { ", in people employed" };
    let title = if answer.matched {
        format!("{{Officers}} needed for the service of {from}{counted_as}")
    } else {
        format!("{{Officers}} needed to meet the targets{counted_as}")
    };
    let title = answer.words().fill(&title);
    let released = format!("Against {from}");
    let mut header = vec!["Option", "Has", "Needs", &released, "What binds"];
    let cost = currency.map(|c| format!("Cost a week, {c}"));
    header.extend(cost.as_deref());
    header.extend(currency.map(|_| "A year"));
    block(title, &header, rows)
}

/// How many fewer or more an option needs than the baseline has, with a word for the sign.
fn against(released: HeadcountRange) -> BlockCell {
    let HeadcountRange { estimate, lower, upper } = released;
    let turned = HeadcountRange { estimate: -estimate, lower: -upper, upper: -lower };
    let more = estimate < 0.0;
    let cell = range(Some(if more { turned } else { released }), 0, false);
    let value = match estimate {
        0.0 => "as\u{a0}many".to_owned(),
        _ => format!("{}\u{a0}{}", cell.value, if more { "more" } else { "fewer" }),
    };
    BlockCell { value, ..cell }
}

/// What the officers that are needed cost a week, and how much more or less than the baseline's that is.
fn price(answer: &StaffingAnswer, o: &Answered) -> BlockCell {
    let Some(cost) = o.solved.staffed().and_then(|s| s.price.as_ref()) else { return plain("") };
    let less = answer.cost_difference(o).map(|d| {
        let show = |x: f64| number::fixed(x, 0, true);
        let (value, low, high) = (show(d.per_week.estimate), show(d.per_week.lower), show(d.per_week.upper));
        let known = d.per_week.lower.is_finite() && (low != value || high != value);
        if known { format!("{value} [{low}, {high}]") } else { value }
    });
    BlockCell { remark: less, ..plain(number::fixed(cost.per_week.estimate, 0, false)) }
}

/// The same a year.
fn price_of_year(o: &Answered) -> BlockCell {
    let cost = o.solved.staffed().and_then(|s| s.price.as_ref());
    plain(cost.map_or_else(String::new, |c| number::fixed(c.per_year.estimate, 0, false)))
}

/// What each option is, the baseline marked.
pub(crate) fn legend(answer: &StaffingAnswer) -> Vec<(String, String)> {
    let mark = |name: &str| if name == answer.baseline { " (baseline)" } else { "" };
    answer.options.iter().map(|o| (format!("{}{}", o.scenario, mark(&o.scenario)), o.title.clone())).collect()
}

/// Options by name, and what tables and pictures call them: their short titles, where those differ.
pub(crate) fn called(answer: &StaffingAnswer) -> Called {
    Called::of(answer.options.iter().map(|o| (o.scenario.as_str(), o.title.as_str())))
}

/// What the baseline is called.
pub(crate) fn base(answer: &StaffingAnswer) -> String {
    called(answer).get(&answer.baseline).to_owned()
}

/// All tables of a staffing answer, in reading order.
pub fn blocks(answer: &StaffingAnswer) -> Vec<Block> {
    let mut blocks = results(answer);
    blocks.extend(service::assigned(answer));
    blocks
}

/// The same without the shifts of every option, which are many.
pub(crate) fn results(answer: &StaffingAnswer) -> Vec<Block> {
    let mut blocks = vec![needs(answer), released(answer), inputs(answer), delivers(answer)];
    blocks.push(service::curve(answer));
    blocks.push(rosters(answer));
    blocks.extend(causes(answer));
    blocks.extend(targets(answer));
    blocks.extend(shortcuts(answer));
    blocks.retain(|b| !b.rows.is_empty());
    // What officers are called comes from the scenario, and so does what it is called itself.
    let (words, titles) = (answer.words(), called(answer));
    for block in &mut blocks {
        let first = block.rows.iter_mut().filter_map(|row| row.first_mut()).map(|cell| &mut cell.value);
        for text in first.chain(&mut block.header) {
            *text = titles.get(text).to_owned();
        }
        block.title = words.fill(&block.title);
        block.header.iter_mut().for_each(|name| *name = words.fill(name));
    }
    blocks
}

/// The same for a page, where nothing is said twice: the one table has the posts as well, and stands for the first of the results.
pub(crate) fn on_page(answer: &StaffingAnswer) -> Vec<Block> {
    let (mut first, mut rest) = (options(answer), results(answer));
    // Option, officers as it is, officers needed, then the posts: the same place in both.
    let posts = 3;
    if rest.first().is_some_and(|needs| needs.rows.len() == first.rows.len()) {
        let needs = rest.remove(0);
        first.header.insert(posts, needs.header[posts].clone());
        for (row, more) in first.rows.iter_mut().zip(needs.rows) {
            row.insert(posts, more[posts].clone());
        }
    }
    rest.insert(0, first);
    rest
}

fn plain(value: impl Into<String>) -> BlockCell {
    BlockCell { value: value.into(), ..BlockCell::default() }
}

fn range(range: Option<HeadcountRange>, digits: usize, signed: bool) -> BlockCell {
    let Some(r) = range else { return plain("none") };
    let show = |x: f64| number::fixed(x, digits, signed);
    let (value, low, high) = (show(r.estimate), show(r.lower), show(r.upper));
    let interval = (low != value || high != value).then(|| format!("[{low}, {high}]"));
    BlockCell { value, interval, remark: None }
}

fn block(title: impl Into<String>, header: &[&str], rows: Vec<Vec<BlockCell>>) -> Block {
    let mut b = Block { title: title.into(), header: header.iter().map(|h| (*h).to_owned()).collect(), rows };
    trim_whole(&mut b);
    b
}

fn needs(answer: &StaffingAnswer) -> Block {
    // Whole posts, ends of intervals included, have no decimals.
    let part = |r: HeadcountRange| [r.lower, r.estimate, r.upper].iter().any(|x| x.fract() != 0.0);
    let digits = usize::from(staffed(answer).any(|(_, s)| part(s.posts())));
    let rows = answer
        .options
        .iter()
        .map(|o| {
            let staffed = o.solved.staffed();
            vec![
                plain(&o.scenario),
                plain(number::fixed(o.solved.as_is.headcount, 0, false)),
                range(staffed.map(Staffed::headcount), 0, false),
                range(staffed.map(Staffed::posts), digits, false),
                plain(match &o.solved.result {
                    Ok(staffed) => staffed.binding_said().to_owned(),
                    Err(why) => format!("{} (notes)", no_staffing(why.shown)),
                }),
            ]
        })
        .collect();
    let title = if answer.matched {
        format!("What each option needs for the service of {}", base(answer))
    } else {
        "What each option needs to meet the targets".to_owned()
    };
    block(title, &["Option", "{Officers} as it is", "{Officers} needed", "Posts", "What binds"], rows)
}

/// What is said where no staffing is shown to hold.
pub(super) fn no_staffing(shown: bool) -> &'static str {
    if shown { "infeasible" } else { "cannot tell" }
}

fn released(answer: &StaffingAnswer) -> Block {
    let rows = answer
        .options
        .iter()
        .filter(|o| o.released.is_some())
        .map(|o| {
            let right_sized = if o.scenario == answer.baseline {
                plain("")
            } else {
                range(o.released_from_right_sized, 0, true)
            };
            let mut row = vec![plain(&o.scenario), range(o.released, 0, true), right_sized];
            row.extend(answer.field_work.map(|_| cases(o)));
            row
        })
        .collect();
    let from = [format!("From {} as it is", base(answer)), format!("From {} right-sized", base(answer))];
    let mut header = vec!["Option", &from[0], &from[1]];
    header.extend(answer.field_work.map(|_| "Cases a year that they could do in the field (assumption)"));
    block("{Officers} released", &header, rows)
}

fn inputs(answer: &StaffingAnswer) -> Block {
    let pair = |(low, high): (f64, f64), signed| {
        plain(format!("[{}, {}]", number::fixed(low, 0, signed), number::fixed(high, 0, signed)))
    };
    let all = || answer.options.iter().filter_map(|o| Some((o, o.inputs?)));
    let rows = all()
        .map(|(o, s)| {
            let right_sized = s.released_from_right_sized.map_or_else(|| plain(""), |r| pair(r, true));
            vec![plain(&o.scenario), pair(s.headcount, false), pair(s.released, true), right_sized]
        })
        .collect();
    let (draws, coverage) = all().next().map_or((0, 0.9), |(_, s)| (s.draws, s.coverage));
    block(
        format!(
            "What the uncertain inputs do: {} of {draws} draws of them, by the staffing rule, without simulation",
            number::percent(coverage)
        ),
        &[
            "Option",
            "{Officers} needed",
            &format!("Released from {} as it is", base(answer)),
            &format!("From {} right-sized", base(answer)),
        ],
        rows,
    )
}

fn cases(o: &Answered) -> BlockCell {
    let of = o.cases.map(|a| HeadcountRange { estimate: a.base, lower: a.low, upper: a.high });
    range(of, 0, false)
}

fn delivers(answer: &StaffingAnswer) -> Block {
    let names = ["utilization", "downtime_hours_per_week", "overtime_hours_per_week"];
    let rows = staffed(answer)
        .map(|(o, s)| {
            let of = |name: &str| s.summary.measures.get(name).map_or(f64::NAN, |e| e.estimate);
            vec![
                plain(&o.scenario),
                range(Some(s.paid_hours()), 0, false),
                plain(number::fixed(of(names[0]) * 100.0, 1, false)),
                plain(number::fixed(of(names[1]), 0, false)),
                plain(number::fixed(of(names[2]), 1, false)),
            ]
        })
        .collect();
    let mut block = block(
        "With these {officers}",
        &[
            "Option",
            "Paid hours a week",
            "Utilization,\u{a0}%",
            "Downtime, hours a week",
            "Overtime, hours a week",
        ],
        rows,
    );
    // Where nobody stays on there is no column of noughts.
    let none = |s: &Staffed| s.summary.measures.get(names[2]).is_none_or(|e| e.estimate == 0.0);
    if staffed(answer).all(|(_, s)| none(s)) {
        block.header.pop();
        block.rows.iter_mut().for_each(|row| row.truncate(block.header.len()));
    }
    block
}

/// Officers' weeks.
fn rosters(answer: &StaffingAnswer) -> Block {
    let rows = staffed(answer)
        .filter_map(|(o, s)| Some((o, s, s.roster.as_ref()?)))
        .map(|(o, s, roster)| match roster {
            Ok(drawn) => {
                let week = s.cost.as_ref().map_or_else(String::new, |c| {
                    format!("{} {}", number::fixed(c.total(), 0, false), c.currency)
                });
                let rosters: Vec<&Roster> =
                    drawn.plan.rows.iter().filter_map(|r| r.outcome.as_ref().ok()).collect();
                let bound: f64 = rosters.iter().map(|r| r.bound).sum();
                let proven = rosters.iter().filter(|r| r.is_least()).count();
                let cost: f64 = rosters.iter().map(|r| r.cost).sum();
                let gap = (proven < rosters.len() && cost > 0.0)
                    .then(|| format!("(gap {} %)", number::fixed((cost - bound) / cost * 100.0, 1, false)));
                vec![
                    plain(&o.scenario),
                    plain(number::fixed(f64::from(drawn.plan.officers()), 0, false)),
                    plain(number::fixed(f64::from(drawn.plan.rostered()), 0, false)),
                    plain(number::fixed(drawn.plan.posts(), 1, false)),
                    BlockCell { remark: gap, ..plain(number::fixed(bound, 0, false)) },
                    plain(format!("{proven} of {}", rosters.len())),
                    plain(week),
                ]
            }
            Err(_) => {
                let mut row = vec![plain(&o.scenario), plain("none: see the notes")];
                row.resize(7, plain(""));
                row
            }
        })
        .collect();
    let mut block = block(
        "Rosters of whole weeks of work that hold",
        &[
            "Option",
            "{Officers} employed",
            "Rostered each week",
            "Posts",
            "Least possible (bound)",
            "Proven least",
            "Cost a week",
        ],
        rows,
    );
    // Without a pay table there is no cost.
    if block.rows.iter().all(|r| r[6].value.is_empty()) {
        block.header.pop();
        block.rows.iter_mut().for_each(|r| r.truncate(6));
    }
    block
}

/// Officers released, over their causes.
fn causes(answer: &StaffingAnswer) -> Vec<Block> {
    let split: Vec<(&Answered, &Split)> =
        answer.options.iter().filter_map(|o| o.causes.as_ref().map(|c| (o, c))).collect();
    let Some((_, first)) = split.first() else { return Vec::new() };
    let mut header = vec!["Cause".to_owned()];
    header.extend(split.iter().map(|(o, _)| o.scenario.clone()));
    let one = |x: f64| plain(number::fixed(x, 1, true));
    let mut rows: Vec<Vec<BlockCell>> = first
        .causes
        .iter()
        .enumerate()
        .map(|(i, name)| {
            let mut row = vec![plain(*name)];
            row.extend(split.iter().map(|(_, s)| {
                let (a, b) = (s.shares.first[i], s.shares.last[i]);
                let (low, high) = (a.min(b), a.max(b));
                let show = |x| number::fixed(x, 1, true);
                BlockCell {
                    interval: Some(format!("[{}, {}]", show(low), show(high))),
                    ..one(s.shares.shapley[i])
                }
            }));
            row
        })
        .collect();
    let mut total = vec![plain("all together")];
    total.extend(split.iter().map(|(_, s)| one(s.shares.total)));
    rows.push(total);
    let mut list = vec![Block {
        title: format!(
            "{{Officers}} released from {} as it is, by cause: Shapley averages, and [alone or last, the less and the more]",
            base(answer)
        ),
        header,
        rows,
    }];
    let pairs = |s: &Split| {
        let n = s.causes.len();
        let mut pairs: Vec<(usize, usize)> = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j))).collect();
        pairs.sort_by(|a, b| {
            let size = |p: &(usize, usize)| s.shares.interaction[p.0][p.1].abs();
            size(b).total_cmp(&size(a)).then(a.cmp(b))
        });
        pairs.truncate(3);
        pairs.retain(|p| s.shares.interaction[p.0][p.1].abs() >= 0.05);
        pairs
    };
    let rows: Vec<Vec<BlockCell>> = split
        .iter()
        .flat_map(|(o, s)| {
            pairs(s).into_iter().map(|(i, j)| {
                let both = format!("{} with {}", s.causes[i], s.causes[j]);
                vec![plain(&o.scenario), plain(both), one(s.shares.interaction[i][j])]
            })
        })
        .collect();
    list.push(block(
        "The strongest interactions of causes, {officers}",
        &["Option", "Causes", "Interaction"],
        rows,
    ));
    list
}

pub(super) fn staffed(answer: &StaffingAnswer) -> impl Iterator<Item = (&Answered, &Staffed)> {
    answer.options.iter().filter_map(|o| o.solved.staffed().map(|s| (o, s)))
}

/// What each target comes to: one row a target, one column an option, where there is room for it.
fn targets(answer: &StaffingAnswer) -> Vec<Block> {
    let rows: Vec<Vec<BlockCell>> = staffed(answer)
        .flat_map(|(o, s)| {
            let many = s.met.len() > 8;
            let shown = s.met.iter().filter(move |m| !many || m.target == s.binding);
            shown.map(|m| {
                let hour = m.hour_of_week.map(number::hour_of_week);
                vec![plain(&o.scenario), plain(&m.said), BlockCell { remark: hour, ..plain(&m.shown) }]
            })
        })
        .collect();
    vec![block("Targets, each shown to hold", &["Option", "Target", "Delivered"], rows)]
}

fn shortcuts(answer: &StaffingAnswer) -> Vec<Block> {
    let rows = staffed(answer)
        .flat_map(|(o, s)| {
            s.shortcuts.iter().map(|t| {
                let short: Vec<String> =
                    t.short.iter().take(2).map(|m| format!("{} ({})", m.shown, m.said)).collect();
                let said = match t.verdict {
                    StaffingVerdict::Holds => "holds".to_owned(),
                    other if short.is_empty() => words(other).to_owned(),
                    other => format!("{}: {}", words(other), short.join(", ")),
                };
                vec![
                    plain(&o.scenario),
                    plain(t.rule),
                    plain(number::fixed(f64::from(t.headcount), 0, false)),
                    plain(number::fixed(t.posts, 1, false)),
                    plain(said),
                ]
            })
        })
        .collect();
    vec![block(
        format!(
            "What the textbook's shortcut would have given, simulated; each tested by itself with an error of {}",
            number::percent(answer.error)
        ),
        &["Option", "Rule", "{Officers}", "Posts", "Targets"],
        rows,
    )]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_and_fewer_are_words() {
        let said = |estimate: f64, lower: f64, upper: f64| {
            let cell = against(HeadcountRange { estimate, lower, upper });
            format!("{} {}", cell.value.replace('\u{a0}', " "), cell.interval.unwrap_or_default())
        };
        assert_eq!(said(79.0, 79.0, 88.0), "79 fewer [79, 88]");
        assert_eq!([said(-2.0, -2.0, 2.0), said(0.0, 0.0, 0.0)], ["2 more [-2, 2]", "as many "]);
    }
}
