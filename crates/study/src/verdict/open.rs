//! What a comparison says where nothing is told: no difference beyond chance, or one replication alone.

use super::Sentence;
use super::compare::{ComparedOption, unit};
use super::needs::{cost_clause, force_clause};
use super::phrases::{list, plural, spelled};
use crate::measures::more_is_better;
use crate::number;
use poolwise_engine::model::capital;

impl ComparedOption<'_> {
    /// No measure tells any option from the baseline.
    pub(super) fn tie(&self, name: &str, open: &[usize]) -> String {
        let [option] = open else {
            return format!(
                "Cannot tell {} of the {} options from {}: no difference in the share done in time, the times or the \
                 losses is beyond chance.",
                if open.len() == 2 { "either" } else { "any" },
                spelled(open.len()),
                self.titles[0]
            );
        };
        let (ours, base) = (&self.titles[*option], &self.titles[0]);
        let Some(row) = self.row(*option, name) else { return String::new() };
        let d = row.difference;
        // Where service is as good, what it takes decides.
        let takes = self.takes(*option);
        if d.estimate == 0.0 && d.lower == 0.0 && d.upper == 0.0 {
            return capital(&match takes {
                Some(takes) => format!("{ours} does the same as {base} in every replication, with {takes}."),
                None => {
                    format!("{ours} and {base} do the same in every replication: there is no difference.")
                }
            });
        }
        let takes = takes.map_or_else(String::new, |takes| format!(", with {takes},"));
        let scale = number::Scale::of_difference(unit(name), [d.estimate]);
        let more = match row.more_to_tell() {
            Some(n) => format!(
                "; about {} more replication{} would settle it, were the difference to stay",
                number::fixed(n as f64, 0, false),
                plural(n as usize)
            ),
            None => String::new(),
        };
        format!(
            "Cannot tell {ours}{takes} from {base}: the difference in {} is {} {}{more}.",
            self.about(name),
            scale.signed(&d),
            scale.unit
        )
    }

    /// Officers and money that an option takes otherwise than the baseline.
    fn takes(&self, option: usize) -> Option<String> {
        let (ours, base) = (self.summaries[option], self.summaries[0]);
        let force = force_clause(ours, base)
            .filter(|clause| !clause.starts_with("the same ") || clause.contains('('));
        let cost = self.comparison.costs.iter().find(|c| c.scenario == ours.scenario).map(cost_clause);
        let cost = cost.filter(|clause| clause != "the same cost");
        let with: Vec<String> = force.into_iter().chain(cost).collect();
        (!with.is_empty()).then(|| list(&with, "and"))
    }

    /// One replication: what it showed, and that this is no verdict.
    pub(super) fn one_replication(&self) -> Option<Sentence> {
        let name = self.lead()?;
        let sign = if more_is_better(name) { -1.0 } else { 1.0 };
        let at = |o: usize| self.row(o, name).map(|r| sign * r.difference.estimate);
        let best = self
            .options()
            .filter(|&o| at(o).is_some())
            .min_by(|&a, &b| at(a).unwrap_or(f64::NAN).total_cmp(&at(b).unwrap_or(f64::NAN)))?;
        let (what, _) = self.difference(name, &self.row(best, name)?.difference);
        let text = format!(
            "Nothing can be told from one replication, which has no intervals. In it {} {what} than {}; ",
            self.titles[best], self.titles[0]
        );
        Some(Sentence::either(
            format!("{text}--replications 10 tells how much of that is chance."),
            format!("{text}how much of that is chance takes more of them to tell."),
        ))
    }
}
