//! What a page plays, and what paper cannot have of it.

use super::{Page, WITHOUT_SCRIPT};
use poolwise_study::verdict::list;
use std::fmt::Write;

impl Page {
    /// What paper has no room or no use for is said there.
    pub(super) fn left_out(&self, out: &mut String) -> std::fmt::Result {
        let tables = match self.more_blocks.len() {
            0 => None,
            1 => Some("a table more".to_owned()),
            n => Some(format!("{n} tables more")),
        };
        let tried = self.live.is_some().then(|| "changes to try".to_owned());
        let played = self.plays().then(|| format!("{} to play", self.hours_played().to_lowercase()));
        let left: Vec<String> = [tables, tried, played].into_iter().flatten().collect();
        if left.is_empty() {
            return Ok(());
        }
        let is = if left.len() > 1 || self.more_blocks.len() > 1 { "are" } else { "is" };
        writeln!(
            out,
            "<p class=\"note paper\">On the page itself, and not on paper, {is} {}.</p>",
            list(&left, "and")
        )
    }

    /// Whether a week can be played: from hours that the page has, or by its engine.
    pub(super) fn plays(&self) -> bool {
        self.drawing().is_some() || self.live.is_some()
    }

    /// The place where a week is played.
    pub(super) fn played(&self, out: &mut String) -> std::fmt::Result {
        if !self.plays() {
            return Ok(());
        }
        let what = self.hours_played();
        writeln!(
            out,
            "<section id=\"replay\"><h2>{what}, played</h2><div class=\"player\">{WITHOUT_SCRIPT}</div></section>"
        )
    }

    /// What is played: a week, or a window that is shorter.
    pub(super) fn hours_played(&self) -> &'static str {
        let days = self.live.as_ref().and_then(|live| live.pack["days"].as_f64());
        match days {
            Some(days) if days < 2.0 => "The day",
            Some(days) if days < 7.0 => "The window",
            _ => "A week",
        }
    }
}
