//! The one place that prints: results on standard output, everything else on standard error, with
//! quiet, verbose and progress in one hand.

use super::exit::Failure;
use super::options::{AnswerArgs, Format, OutputArgs};
use super::progress::{Lines, Parts};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use poolwise_report::table::{self, TableLook, WIDTH};
use poolwise_report::told::Told;
use poolwise_report::{ReportError, csv, json, markdown};
use std::io::{self, IsTerminal, Write};

/// Narrowest and widest tables on a terminal, characters.
const NARROWEST: usize = 40;
const WIDEST: usize = 140;

/// Characters of a line: what `COLUMNS` says, as for other programs, else what the terminal has, else the usual.
fn width(terminal: Option<usize>) -> usize {
    asked_width().or(terminal).map_or(WIDTH, |width| width.clamp(NARROWEST, WIDEST))
}

fn asked_width() -> Option<usize> {
    std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok()).filter(|n| *n > 0)
}

/// Characters of a line of standard error: a log has lines of any length.
pub(crate) fn error_width() -> usize {
    let terminal = terminal_size::terminal_size_of(io::stderr()).map(|(w, _)| usize::from(w.0));
    if terminal.is_some() || asked_width().is_some() { width(terminal) } else { usize::MAX }
}

/// Characters of a line of standard output; `None` where lines go to a file or another program, and nobody has asked for short ones.
pub(crate) fn output_width() -> Option<usize> {
    let terminal = terminal_size::terminal_size_of(io::stdout()).map(|(w, _)| usize::from(w.0));
    (terminal.is_some() || asked_width().is_some()).then(|| width(terminal))
}

/// Prints.
#[derive(Debug)]
pub(crate) struct Printer {
    format: Format,
    quiet: bool,
    verbose: bool,
    bar: ProgressBar,
    /// Progress where no terminal shows a bar.
    piped: Option<Lines>,
    /// Parts of a search of unknown length.
    parts: Option<Parts>,
}

impl Printer {
    /// A printer for a command's options.
    pub(crate) fn new(options: OutputArgs) -> Self {
        let OutputArgs { format, quiet, verbose } = options;
        Self::of_answer(AnswerArgs { format, quiet, verbose })
    }

    /// A printer for a command that ends with an answer.
    pub(crate) fn of_answer(options: AnswerArgs) -> Self {
        let AnswerArgs { format, quiet, verbose } = options;
        Self { format, quiet, verbose, bar: ProgressBar::hidden(), piped: None, parts: None }
    }

    /// The form in which standard output takes an answer.
    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// A printer for a command without such options.
    pub(crate) fn plain() -> Self {
        Self::new(OutputArgs { format: Format::Table, quiet: false, verbose: false })
    }

    /// Whether standard output takes one JSON document.
    pub(crate) fn json(&self) -> bool {
        self.format == Format::Json
    }

    /// How tables look: as wide as the terminal that takes them; all of them with --verbose.
    pub(crate) fn look(&self) -> TableLook {
        TableLook { width: output_width().unwrap_or(WIDTH), verbose: self.verbose }
    }

    /// Results, to standard output.
    ///
    /// # Errors
    /// If it cannot be written; a pipe that nobody reads any more is a quiet end.
    pub(crate) fn results(&self, text: &str) -> Result<(), Failure> {
        let print = || {
            // Colours are taken out where the terminal, a pipe or the user (`NO_COLOR`) does not want them.
            let mut out = anstream::AutoStream::auto(io::stdout()).lock();
            out.write_all(text.as_bytes())?;
            out.flush()
        };
        print().map_err(|e| Failure::of_output(&e))
    }

    /// An answer in the form asked for: `table` and `data` give it as a text for the terminal and as a JSON document.
    ///
    /// # Errors
    /// As [`Self::results`], or if it cannot be encoded.
    pub(crate) fn told(
        &self,
        told: &Told,
        table: impl FnOnce() -> String,
        data: impl FnOnce() -> Result<String, ReportError>,
    ) -> Result<(), Failure> {
        let text = match self.format {
            Format::Table => table(),
            Format::Json => data()?,
            Format::Csv => told.csv()?,
            Format::Markdown => told.markdown(),
        };
        self.results(&text)
    }

    /// A few facts in the form asked for: `text` says them in sentences, `data` has a name for each.
    ///
    /// # Errors
    /// As [`Self::told`].
    pub(crate) fn facts(&self, text: &str, data: &serde_json::Value) -> Result<(), Failure> {
        let text = match self.format {
            Format::Table => output_width().map_or_else(|| text.to_owned(), |w| table::messages(text, w)),
            Format::Json => json::document(data)?,
            Format::Csv => csv::facts(data)?,
            Format::Markdown => markdown::lines(text),
        };
        self.results(&text)
    }

    /// Something worth knowing, to standard error unless quiet. Colours are left out where the terminal
    /// or the user (`NO_COLOR`) does not want them.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            self.to_stderr(text);
        }
    }

    /// What is being done, if the user wants to know.
    pub(crate) fn detail(&self, text: &str) {
        if self.verbose {
            self.to_stderr(text);
        }
    }

    /// An error, always.
    pub(crate) fn error(&self, text: &str) {
        self.to_stderr(text);
    }

    fn to_stderr(&self, text: &str) {
        let text = table::messages(text.trim_end(), error_width());
        // There is nowhere to report that standard error is closed.
        self.bar.suspend(|| {
            let _ = write!(anstream::stderr(), "{text}");
        });
    }

    /// Shows a progress bar of so many replications, on a terminal and unless quiet.
    pub(crate) fn start_progress(&mut self, steps: u64) {
        self.start_progress_in(steps, "replications");
    }

    /// The same, of other steps.
    pub(crate) fn start_progress_in(&mut self, steps: u64, what: &'static str) {
        if self.only_lines(Some(steps), what) {
            return;
        }
        let template =
            format!("{{msg:24!}} [{{bar:30}}] {{pos}}/{{len}} {what}, {{elapsed}} gone, {{eta}} left");
        let style = ProgressStyle::with_template(&template)
            .map_or_else(|_| ProgressStyle::default_bar(), |s| s.progress_chars("=> "));
        self.bar = ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::stderr()).with_style(style);
    }

    /// Shows a count of steps whose number nobody knows yet, and of `parts` how many are left, on a terminal and unless quiet.
    pub(crate) fn start_counting(&mut self, parts: usize) {
        self.parts = Some(Parts::new(parts));
        if self.only_lines(None, "replications") {
            return;
        }
        let template = "{spinner} {pos} replications, {elapsed} gone, {msg}";
        let style =
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner());
        self.bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()).with_style(style);
    }

    /// Shows a progress bar for points of a sweep, on a terminal and unless quiet.
    pub(crate) fn start_points(&mut self) {
        if self.only_lines(None, "points") {
            return;
        }
        let template = "[{bar:30}] {pos}/{len} points, {msg}, {elapsed} gone";
        let style = ProgressStyle::with_template(template)
            .map_or_else(|_| ProgressStyle::default_bar(), |s| s.progress_chars("=> "));
        self.bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr()).with_style(style);
    }

    /// Says how many points there are, and how many are finished.
    pub(crate) fn points(&self, points: u64, finished: u64) {
        self.bar.set_length(points);
        self.bar.set_position(finished);
        if let Some(line) = self.piped.as_ref().and_then(|lines| lines.at(finished, points)) {
            self.to_stderr(&line);
        }
    }

    /// Says what the steps are now about.
    pub(crate) fn progress_on(&self, what: &str) {
        let words = self.parts.as_ref().map(|parts| {
            parts.turn_to(what);
            parts.words()
        });
        self.bar.set_message(words.unwrap_or_else(|| what.to_owned()));
    }

    /// One step more.
    pub(crate) fn step(&self) {
        self.bar.inc(1);
        if let Some(parts) = self.parts.as_ref().filter(|_| !self.bar.is_hidden()) {
            self.bar.set_message(parts.words());
        }
        if let Some(line) = self.piped.as_ref().and_then(|lines| lines.step(self.parts.as_ref())) {
            self.to_stderr(&line);
        }
    }

    /// Takes the bar away.
    pub(crate) fn end_progress(&mut self) {
        self.bar.finish_and_clear();
        self.bar = ProgressBar::hidden();
        (self.piped, self.parts) = (None, None);
    }

    /// Whether there is no terminal for a bar, or nothing to be said; lines in its place.
    fn only_lines(&mut self, steps: Option<u64>, what: &'static str) -> bool {
        let bar = !self.quiet && io::stderr().is_terminal();
        self.piped = (!self.quiet && !bar).then(|| Lines::new(steps, what));
        !bar
    }
}
