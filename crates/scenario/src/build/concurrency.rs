//! Officers who have several cases in hand at once, and rest after overtime.

use super::Builder;
use super::reach::Sent;
use crate::parts::{CentreIn, LastStartIn};
use crate::source::TextSpan;
use poolwise_engine::model::{Centre, CentreId, Concurrency, Model, PoolKind, ShiftLine, StageKind};
use poolwise_engine::time::{DAY, WEEK};

/// Several cases in hand, where a centre has that.
pub(crate) fn concurrency(b: &mut Builder<'_>, input: &CentreIn) -> Option<Box<Concurrency>> {
    let given = input.concurrency.as_ref()?;
    let cases = given.cases.get()?.count() as usize;
    let slower: Vec<f64> = match &given.slower {
        None => vec![1.0; cases],
        Some(list) => list.items.iter().map(|x| x.value).collect(),
    };
    if given.slower.as_ref().is_some_and(|list| !b.cx.intact(list.place)) {
        return None;
    }
    if let Some(list) = given.slower.as_ref().filter(|list| list.items.len() != cases) {
        let n = list.items.len();
        let message = format!("{n} factor{} for up to {cases} cases in hand", if n == 1 { "" } else { "s" });
        b.cx.error(list.place, message)
            .help("give one for each number in hand, from one on: cases = 3, slower = [1.0, 1.2, 1.5]");
        return None;
    }
    needs(b, input, given.place);
    let roles = b.names.mask(given.roles.as_ref(), b.cx);
    Some(Box::new(Concurrency { slower, roles }))
}

/// What cannot stand beside it in the centre's own table.
fn needs(b: &mut Builder<'_>, input: &CentreIn, place: TextSpan) {
    let mut cannot = |with: bool, message: &str, help: &str| {
        if with {
            b.cx.error(place, message.to_owned()).help(help.to_owned());
        }
    };
    cannot(
        input.levels.is_some(),
        "`concurrency` needs shifts: a level has no officers who could have several cases in hand",
        "write `shifts` or `crews`, or a pool by headcount, instead of `levels`",
    );
    cannot(
        input.discipline.0.cuts_off(),
        "`concurrency` cannot stand beside the discipline `preemptive`",
        "an urgent case is begun beside the others where there is room; `discipline = \"priority\"` lets it go first",
    );
    cannot(
        !input.reserves.items.is_empty(),
        "`concurrency` cannot stand beside `reserves`",
        "who has room for one more case is neither free nor at work",
    );
    cannot(
        matches!(input.last_start, Some(LastStartIn::CanFinish(_))),
        "`concurrency` cannot stand beside `last_start = \"can-finish\"`",
        "when one of several cases in hand will end is not known before: write a time such as \"30 min\"",
    );
}

/// Whether officers with several cases in hand are of no team, and rosters leave the rest that they should.
pub(crate) fn check(b: &mut Builder<'_>, model: &Model, sent: &Sent) -> bool {
    let mut right = true;
    for (c, (centre, (_, input))) in model.centres.iter().zip(b.input.centre.iter()).enumerate() {
        if let Some(given) = &input.concurrency
            && let Some(stage) = team_at(model, c, sent)
        {
            right = false;
            let message = format!(
                "officers of `{}` have several cases in hand, and `{stage}` takes several officers at once",
                centre.name
            );
            b.cx.error(given.place, message)
                .help("let officers of another centre do it, or leave `concurrency` out");
        }
        if let Some(given) = &input.concurrency
            && centre.pools.iter().any(|pool| matches!(pool.kind, PoolKind::Levels(_)))
        {
            right = false;
            let message = format!(
                "officers of `{}` have several cases in hand, and others are called in or moved there",
                centre.name
            );
            b.cx.error(given.place, message)
                .help("who comes to help is one of a number, not a person with cases in hand: give them a centre of their own, or leave `concurrency` out");
        }
        if let Some(rest) = &input.min_rest
            && let Some(line) = without_rest(centre)
        {
            right = false;
            let message = format!(
                "the shift `{}` at `{}` begins again within the rest of {}",
                line.name,
                centre.name,
                crate::quantity::write_duration(centre.min_rest)
            );
            b.cx.error(rest.place, message).help(
                "officers of a shift are the same from day to day: let it end earlier, or split it into shifts of different officers",
            );
        }
    }
    right
}

/// A stage that takes several officers and may be sent to a centre.
fn team_at<'m>(model: &'m Model, centre: CentreId, sent: &Sent) -> Option<&'m str> {
    let takes = |kind: &StageKind| matches!(kind, StageKind::Service(service) if service.officers > 1);
    let mut here = sent.keys().filter(|to| to.1 == centre).map(|to| &model.stages[to.0]);
    here.find(|stage| takes(&stage.kind)).map(|stage| stage.name.as_str())
}

/// A shift that begins again before its officers can have rested, though none of them stays longer.
fn without_rest(centre: &Centre) -> Option<&ShiftLine> {
    let lines = centre.pools.iter().flat_map(|pool| match &pool.kind {
        PoolKind::Crews(lines) => &lines[..],
        PoolKind::Levels(_) => &[],
    });
    let mut short: Vec<&ShiftLine> =
        lines.filter(|line| line.once.is_none() && shortest_gap(line) < centre.min_rest).collect();
    short.sort_by(|x, y| x.name.cmp(&y.name));
    short.first().copied()
}

/// The shortest time from the end of a shift to its next beginning, by the wall clock; infinite where nobody works it.
pub(super) fn shortest_gap(line: &ShiftLine) -> f64 {
    let days: Vec<usize> = (0..7).filter(|day| line.officers[*day] > 0).collect();
    let next =
        days.iter().skip(1).map(|day| *day as f64 * DAY).chain(days.first().map(|d| *d as f64 * DAY + WEEK));
    days.iter()
        .zip(next)
        .map(|(day, next)| next - *day as f64 * DAY - line.length)
        .fold(f64::INFINITY, f64::min)
}
