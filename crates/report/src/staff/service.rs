//! The staffing curve and the shifts of an answer as tables.

use super::tables::called;
use crate::block::{Block, BlockCell};
use crate::column::MeasureColumn;
use crate::number::{self, Scale};
use crate::page::{self, CurveLine, PageCurve};
use crate::shifts;
use poolwise_staffing::answer::StaffingAnswer;
use poolwise_staffing::service::ServicePoint;
use poolwise_stats::Estimate;
use poolwise_study::measures::find;

/// Measures of the curve, in the order of its columns.
pub(crate) const MEASURES: [&str; 4] =
    ["done_within_target", "time_to_completion_p95_hours", "lost_share_avoidable", "utilization"];

/// Service against officers, option by option.
pub(crate) fn curve(answer: &StaffingAnswer) -> Block {
    let called = called(answer);
    let points: Vec<(&str, &ServicePoint)> = answer
        .options
        .iter()
        .filter_map(|o| Some((called.get(&o.scenario), o.solved.staffed()?)))
        .flat_map(|(name, s)| s.service.iter().map(move |p| (name, p)))
        .collect();
    let known =
        |name: &str| points.iter().any(|(_, p)| p.measures.get(name).is_some_and(|e| e.estimate.is_finite()));
    let columns: Vec<MeasureColumn> = MEASURES
        .iter()
        .filter(|name| known(name))
        .filter_map(|name| {
            let measure = find(name)?;
            let values = || points.iter().filter_map(|(_, p)| Some(p.measures.get(*name)?.estimate));
            Some(MeasureColumn::of(measure, Scale::of(measure.unit, values()), values()))
        })
        .collect();
    let priced = points.iter().any(|(_, p)| p.cost_per_week.is_some());
    let mut header = vec!["Option".to_owned(), "{Officers}".to_owned()];
    header.extend(columns.iter().map(|column| column.heading(&answer.wording(), None)));
    header.extend(priced.then(|| "Cost a week".to_owned()));
    let rows = points
        .iter()
        .map(|(name, point)| {
            let officers = BlockCell {
                value: point.headcount.to_string(),
                interval: None,
                remark: point.needed.then(|| "needed".to_owned()),
            };
            let mut row = vec![plain(*name), officers];
            row.extend(columns.iter().map(|column| match point.measures.get(column.measure.name) {
                Some(e) => column.cell(e, false),
                None => plain(number::UNDEFINED),
            }));
            let cost = |c: f64| plain(number::fixed(c, 0, false));
            row.extend(priced.then(|| point.cost_per_week.map_or_else(|| plain(""), cost)));
            row
        })
        .collect();
    let title =
        "Service with more and fewer {officers}, the same requests at each point, pointwise intervals";
    Block { title: title.to_owned(), header, rows }
}

/// The same as curves for the page, a measure each; none where nothing differs.
pub(super) fn curves(answer: &StaffingAnswer) -> Vec<PageCurve> {
    let called = called(answer);
    let of = |name: &&str| {
        let measure = find(name)?;
        let known = |s: &'_ ServicePoint| s.measures.get(*name).copied().filter(|e| e.estimate.is_finite());
        let options = || answer.options.iter().map(|o| (o, called.get(&o.scenario)));
        let points = || options().filter_map(|(o, _)| o.solved.staffed()).flat_map(|s| &s.service);
        let values: Vec<f64> = points().filter_map(known).map(|e| e.estimate).collect();
        let first = *values.first()?;
        if values.iter().all(|v| (v - first).abs() < 1e-9) {
            return None;
        }
        let scale = Scale::of(measure.unit, values.iter().copied());
        let lines = options().filter_map(|(o, name)| {
            let found: Vec<(&ServicePoint, Estimate)> =
                o.solved.staffed()?.service.iter().filter_map(|p| Some((p, known(p)?))).collect();
            let points =
                found.iter().map(|(p, e)| page::point(f64::from(p.headcount), e, scale.factor)).collect();
            let marked = found.iter().position(|(p, _)| p.needed);
            (found.len() > 1).then(|| CurveLine { name: name.to_owned(), points, marked })
        });
        let lines: Vec<CurveLine> = lines.collect();
        let label = answer.wording().label(measure);
        let y = if scale.unit.is_empty() { label.clone() } else { format!("{label}, {}", scale.unit) };
        let (title, x) = (format!("{label}, with more and fewer {{officers}}"), "{Officers}");
        let words = answer.words();
        (!lines.is_empty()).then(|| PageCurve { title: words.fill(&title), x: words.fill(x), y, lines })
    };
    MEASURES.iter().filter_map(of).collect()
}

/// The shifts of every option with the officers found.
pub(crate) fn assigned(answer: &StaffingAnswer) -> Vec<Block> {
    let called = called(answer);
    let staffed = answer.options.iter().filter_map(|o| Some((o, o.solved.staffed()?)));
    staffed
        .filter_map(|(o, s)| {
            let block = shifts::block(&shifts::of(&s.model), &s.model.words)?;
            Some(Block { title: format!("{}. {}", called.get(&o.scenario), block.title), ..block })
        })
        .collect()
}

fn plain(value: impl Into<String>) -> BlockCell {
    BlockCell { value: value.into(), ..BlockCell::default() }
}
