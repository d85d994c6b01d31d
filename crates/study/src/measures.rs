//! The catalogue of measures: what each name means, and how one replication yields it.
//!
//! A replication gives every measure as a numerator and a denominator, or as a plain value, so that
//! estimates over replications are ratios of sums. Names carry their unit. Changing a name or a
//! meaning changes [`super::summary::MEASURES_VERSION`].

use poolwise_engine::integral::Count;
use poolwise_engine::model::{Model, StageKind};
use poolwise_engine::outcome::{CentreFlow, Flow, Outcome};
use poolwise_engine::time::{HOUR, WEEK};
use poolwise_planning::staffing;
use poolwise_stats::Range;

/// What a measure belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// The scenario as a whole.
    Whole,
    /// An exit.
    Exit(String),
    /// A request class.
    Class(String),
    /// An area.
    Area(String),
    /// A stage.
    Stage(String),
    /// A stage's share by centre.
    StageShare(String),
    /// A centre and role; role `all` is the centre.
    Centre(String, String),
}

/// A measure's name and place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// What it belongs to.
    pub section: Section,
    /// Name, unit included.
    pub name: String,
}

/// One replication's value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// Known without simulation; the same in every replication.
    Known(f64),
    /// A value by itself, averaged over replications.
    Plain(f64),
    /// Numerator and denominator, summed over replications.
    Ratio(f64, f64),
}

impl Value {
    /// The replication's own value.
    pub fn value(self) -> f64 {
        match self {
            Self::Known(x) | Self::Plain(x) => x,
            Self::Ratio(_, 0.0) => f64::NAN,
            Self::Ratio(n, d) => n / d,
        }
    }
}

/// Collects measures in a fixed order.
struct Sheet {
    rows: Vec<(Key, Value)>,
    section: Section,
}

impl Sheet {
    fn row(&mut self, name: &str, value: Value) {
        // Signs of zeros and bits of NaN differ between processors, and values are kept bit by bit.
        let settled = |x: f64| if x.is_nan() { f64::NAN } else { x + 0.0 };
        let value = match value {
            Value::Known(x) => Value::Known(settled(x)),
            Value::Plain(x) => Value::Plain(settled(x)),
            Value::Ratio(n, d) => Value::Ratio(settled(n), settled(d)),
        };
        self.rows.push((Key { section: self.section.clone(), name: name.to_owned() }, value));
    }
}

/// All measures of a replication, in the same order for every replication of a model.
pub fn measure(model: &Model, outcome: &Outcome) -> Vec<(Key, Value)> {
    let mut sheet = Sheet { rows: Vec::with_capacity(1_024), section: Section::Whole };
    whole(model, outcome, &mut sheet);
    let hours = model.run.horizon / HOUR;
    let exits_total: u64 = outcome.total.exits.iter().sum();
    for (s, stage) in model.stages.iter().enumerate() {
        if stage.kind == StageKind::Exit {
            sheet.section = Section::Exit(stage.name.clone());
            let count = outcome.total.exits[s] as f64;
            sheet.row("per_hour", Value::Ratio(count, hours));
            sheet.row("share", Value::Ratio(count, exits_total as f64));
        }
    }
    for (class, flow) in model.classes.iter().zip(&outcome.classes) {
        sheet.section = Section::Class(class.name.clone());
        flow_rows(flow, hours, &mut sheet);
    }
    for (a, (area, flow)) in model.areas.iter().zip(&outcome.areas).enumerate() {
        sheet.section = Section::Area(area.name.clone());
        flow_rows(flow, hours, &mut sheet);
        worst_hour(outcome, a, &mut sheet);
    }
    for (s, stage) in model.stages.iter().enumerate() {
        stage_rows(model, outcome, s, hours, &mut sheet);
        if matches!(stage.kind, StageKind::Service(_)) {
            sheet.section = Section::StageShare(stage.name.clone());
            let done: u64 = outcome.stages[s].completed.iter().sum();
            for (c, centre) in model.centres.iter().enumerate() {
                let here = outcome.stages[s].completed[c];
                sheet.row(&centre.name, Value::Ratio(here as f64, done as f64));
            }
        }
    }
    for (c, flow) in outcome.centres.iter().enumerate() {
        centre_rows(model, c, flow, &mut sheet);
    }
    sheet.rows
}

/// Sums over the counted centres of a count in slot 0, count-seconds.
fn counted(model: &Model, outcome: &Outcome, count: Count) -> f64 {
    let by_name = model.centres_by_name().into_iter().filter(|&c| model.centres[c].counted);
    by_name.map(|c| outcome.centres[c].integrals.total(0, count)).sum()
}

fn whole(model: &Model, outcome: &Outcome, sheet: &mut Sheet) {
    let hours = model.run.horizon / HOUR;
    let weeks = model.run.horizon / WEEK;
    let staffing = staffing::totals(model);
    let on_duty = counted(model, outcome, Count::OnDuty);
    let busy = counted(model, outcome, Count::Busy);
    let overtime = counted(model, outcome, Count::Overtime);
    sheet.row("posts", Value::Known(staffing.posts));
    sheet.row("rostered_hours_per_week", Value::Known(staffing.rostered_hours_per_week));
    sheet.row("headcount", Value::Known(staffing.headcount));
    sheet.row(
        "paid_hours_per_week",
        Value::Ratio(staffing.paid_hours_per_week * weeks + overtime / HOUR, weeks),
    );
    sheet.row("on_duty_mean", Value::Ratio(on_duty, model.run.horizon));
    sheet.row("busy_mean", Value::Ratio(busy, model.run.horizon));
    sheet.row("utilization", Value::Ratio(busy - overtime, on_duty));
    sheet.row("downtime_hours_per_week", Value::Ratio((on_duty - busy + overtime) / HOUR, weeks));
    sheet.row("overtime_hours_per_week", Value::Ratio(overtime / HOUR, weeks));
    sheet.row("duplicate_hours_per_week", Value::Ratio(outcome.duplicate / HOUR, weeks));
    sheet.row("rework_hours_per_week", Value::Ratio(outcome.rework / HOUR, weeks));
    sheet.row("backlog_at_end", Value::Plain(outcome.backlog as f64));
    flow_rows(&outcome.total, hours, sheet);
}

fn flow_rows(flow: &Flow, hours: f64, sheet: &mut Sheet) {
    let cases = flow.target_cases as f64;
    let met = flow.target_met as f64;
    let at_risk = (flow.met_deadline + flow.lost) as f64;
    sheet.row("arrivals_per_hour", Value::Ratio(flow.arrivals as f64, hours));
    sheet.row("done_per_hour", Value::Ratio(flow.done as f64, hours));
    sheet.row("wait_mean_hours", Value::Ratio(flow.first_wait_sum / HOUR, flow.first_wait_count as f64));
    sheet.row("time_to_completion_mean_hours", Value::Ratio(flow.completion_sum / HOUR, flow.done as f64));
    sheet.row("time_to_completion_p95_hours", Value::Plain(flow.completion.quantile(0.95) / HOUR));
    sheet.row("done_within_target", Value::Ratio(met, cases));
    sheet.row(
        "done_within_target_of_not_lost_early",
        Value::Ratio(met, cases - flow.target_lost_early as f64),
    );
    let offered = flow.offered as f64;
    let answered = flow.answered as f64;
    sheet.row("answered_within", Value::Ratio(answered, offered));
    let stayed = offered - flow.gone_early as f64;
    sheet.row("answered_within_of_not_gone_early", Value::Ratio(answered, stayed));
    let first_waits = flow.first_wait_count as f64;
    sheet.row("answered_within_of_answered", Value::Ratio(flow.first_wait_prompt as f64, first_waits));
    sheet.row("lost_share", Value::Ratio(flow.lost as f64, at_risk));
    sheet.row("lost_share_avoidable", Value::Ratio((flow.lost - flow.lost_anyway) as f64, at_risk));
    let left: u64 = flow.exits.iter().sum();
    sheet.row("turned_away_share", Value::Ratio(flow.turned_away as f64, left as f64));
}

/// The local hour of the day with the smallest share done within the target: averages hide nights.
fn worst_hour(outcome: &Outcome, area: usize, sheet: &mut Sheet) {
    let mut by_hour = [(0_u64, 0_u64); 24];
    for (h, cell) in outcome.local[area].iter().enumerate() {
        by_hour[h % 24].0 += u64::from(cell.met);
        by_hour[h % 24].1 += u64::from(cell.cases);
    }
    let worst = by_hour.iter().filter(|c| c.1 > 0).map(|c| c.0 as f64 / c.1 as f64).fold(f64::NAN, f64::min);
    sheet.row("done_within_target_worst_hour_of_day", Value::Plain(worst));
}

fn stage_rows(model: &Model, outcome: &Outcome, s: usize, hours: f64, sheet: &mut Sheet) {
    let flow = &outcome.stages[s];
    let completed: u64 = flow.completed.iter().sum();
    sheet.section = Section::Stage(model.stages[s].name.clone());
    sheet.row("arrivals_per_hour", Value::Ratio(flow.visits as f64, hours));
    sheet.row("per_hour", Value::Ratio(completed as f64, hours));
    if matches!(model.stages[s].kind, StageKind::Service(_)) {
        sheet.row("wait_mean_hours", Value::Ratio(flow.wait_sum / HOUR, flow.started as f64));
    }
}

fn centre_rows(model: &Model, c: usize, flow: &CentreFlow, sheet: &mut Sheet) {
    let centre = &model.centres[c];
    let hours = model.run.horizon / HOUR;
    let weeks = model.run.horizon / WEEK;
    for slot in 0..=flow.roles.len() {
        let role = if slot == 0 { "all" } else { model.roles[flow.roles[slot - 1]].as_str() };
        sheet.section = Section::Centre(centre.name.clone(), role.to_owned());
        if slot == 0 {
            let staffing = staffing::staffing(model, c);
            sheet.row("posts", Value::Known(staffing.posts));
            sheet.row("rostered_hours_per_week", Value::Known(staffing.rostered_hours_per_week));
            sheet.row("headcount", Value::Known(staffing.headcount));
        } else {
            let duty = staffing::on_duty_in_role(model, c, flow.roles[slot - 1]);
            sheet.row("posts", Value::Known(duty.mean()));
        }
        let total = |count| flow.integrals.total(slot, count);
        let (on_duty, busy, overtime) = (total(Count::OnDuty), total(Count::Busy), total(Count::Overtime));
        let waits = &flow.waits[slot];
        let started = waits.started as f64;
        let reached: u64 = waits.reached.iter().sum();
        sheet.row("utilization", Value::Ratio(busy - overtime, on_duty));
        sheet.row("arrivals_per_hour", Value::Ratio(reached as f64, hours));
        sheet.row("on_duty_mean", Value::Ratio(on_duty, model.run.horizon));
        sheet.row("busy_mean", Value::Ratio(busy, model.run.horizon));
        sheet.row("queue_mean", Value::Ratio(total(Count::Queue), model.run.horizon));
        sheet.row("wait_mean_hours", Value::Ratio(waits.sum / HOUR, started));
        sheet.row("wait_p95_hours", Value::Plain(waits.waits.quantile(0.95) / HOUR));
        let sum = |by_hour: &[u64]| by_hour.iter().sum::<u64>() as f64;
        let (offered, answered) = (sum(&waits.offered_by_hour), sum(&waits.answered_by_hour));
        sheet.row("answered_within", Value::Ratio(answered, offered));
        let stayed = offered - sum(&waits.gone_early_by_hour);
        sheet.row("answered_within_of_not_gone_early", Value::Ratio(answered, stayed));
        sheet.row("answered_within_of_answered", Value::Ratio(sum(&waits.prompt_by_hour), started));
        sheet.row("p_wait", Value::Ratio(waits.waited as f64, started));
        sheet.row("downtime_hours_per_week", Value::Ratio((on_duty - busy + overtime) / HOUR, weeks));
        sheet.row("overtime_hours_per_week", Value::Ratio(overtime / HOUR, weeks));
    }
}

/// What values the measure with this path can have, by the words of its name: shares, numbers of things, and
/// whatever else, none of which can be negative.
pub fn range(path: &[&str]) -> Range {
    let name = path.last().copied().unwrap_or_default();
    match path {
        // Structure often fixes these at none or all: a point is then the truth.
        ["stage", _, "share_by_centre", _] | ["exit", .., "share"] => Range::Share,
        _ if name == "utilization" || name.contains("worst_hour") => Range::Share,
        _ if name == "p_wait"
            || name.starts_with("done_within")
            || name.starts_with("answered_within")
            || name.contains("_share") =>
        {
            Range::ShareOfCounts
        }
        _ if name == "backlog_at_end" => Range::Number,
        _ => Range::NonNegative,
    }
}

/// The same of a path in one text, as sweeps write it.
pub fn range_of(path: &str) -> Range {
    let parts = split_path(path);
    range(&parts.iter().map(String::as_str).collect::<Vec<_>>())
}

impl Key {
    /// What values it can have.
    pub fn range(&self) -> Range {
        range(&self.parts())
    }

    /// Its path: `utilization`, `centre.PERC.all.utilization`, `stage.research.share_by_centre.PERC`.
    pub fn parts(&self) -> Vec<&str> {
        let name = self.name.as_str();
        match &self.section {
            Section::Whole => vec![name],
            Section::Exit(x) => vec!["exit", x, name],
            Section::Class(x) => vec!["class", x, name],
            Section::Area(x) => vec!["area", x, name],
            Section::Stage(x) => vec!["stage", x, name],
            Section::StageShare(x) => vec!["stage", x, "share_by_centre", name],
            Section::Centre(c, r) => vec!["centre", c, r, name],
        }
    }

    /// Whether it is what a path means; parts with dots stand in quotes, and a centre without a role is
    /// the centre as a whole.
    pub fn is(&self, path: &[String]) -> bool {
        let mine = self.parts();
        let same = |path: &[String]| path.iter().map(String::as_str).eq(mine.iter().copied());
        same(path)
            || matches!((&self.section, path), (Section::Centre(_, role), [word, centre, name])
                if role == "all" && word == "centre" && *centre == mine[1] && *name == self.name)
    }
}

/// Splits a measure's path at its dots, but for those in quotes.
pub fn split_path(path: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quote = None;
    for c in path.chars() {
        match (c, quote) {
            (c, Some(q)) if c == q => quote = None,
            ('"' | '\'', None) => quote = Some(c),
            ('.', None) => parts.push(String::new()),
            (c, _) => {
                if let Some(last) = parts.last_mut() {
                    last.push(c);
                }
            }
        }
    }
    parts
}

/// The measures of a model: those of a run in which nothing happens. Nothing is simulated.
pub fn keys(model: &Model) -> Vec<Key> {
    measure(model, &Outcome::empty(model)).into_iter().map(|r| r.0).collect()
}
