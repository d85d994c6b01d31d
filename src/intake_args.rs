//! What may be typed for the commands that read a planner's own files, and how far they are.

use super::amounts::count;
use super::options::{AnswerArgs, LimitArgs, OutputArgs, PageArgs};
use super::printer::Printer;
use super::report_args::ReportArgs;
use clap::{Args, ValueEnum, ValueHint};
use poolwise_intake::cell::{Decimal, Spans, span};
use poolwise_intake::dates::DatePartOrder;
use poolwise_intake::fit::Shift;
use poolwise_intake::read::ReadProgress;
use poolwise_intake::ways::Said;
use poolwise_report::number;
use poolwise_report::page::live;
use std::path::PathBuf;

/// What files do not say themselves.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Where files leave it open")]
pub(crate) struct SaidArgs {
    /// Which part of a date stands first, where 03/04/2025 may be read in two ways
    #[arg(long, value_enum, value_name = "ORDER")]
    pub dates: Option<OrderArg>,
    /// What stands before the fraction of numbers, where 1,234 may be read in two ways
    #[arg(long, value_enum, value_name = "MARK")]
    pub decimal: Option<DecimalArg>,
    /// Unit of durations that are plain numbers: s, min or h
    #[arg(long, value_enum, value_name = "UNIT")]
    pub unit: Option<UnitArg>,
    /// Sheet of a workbook [default: the only one with a table]
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
}

impl SaidArgs {
    /// As they are typed.
    pub(crate) fn typed(&self) -> Vec<String> {
        let sheet = self.sheet.as_ref().map(|name| format!("--sheet {}", live::quote(name)));
        let options = [
            chosen("--dates", self.dates),
            chosen("--decimal", self.decimal),
            chosen("--unit", self.unit),
            sheet,
        ];
        options.into_iter().flatten().collect()
    }

    /// As the reader takes them.
    pub(crate) fn said(&self) -> Said {
        Said {
            dates: self.dates.map(|d| match d {
                OrderArg::Year => DatePartOrder::Year,
                OrderArg::Day => DatePartOrder::Day,
                OrderArg::Month => DatePartOrder::Month,
            }),
            decimal: self.decimal.map(|d| match d {
                DecimalArg::Point => Decimal::Point,
                DecimalArg::Comma => Decimal::Comma,
            }),
            unit: self.unit.map(|u| match u {
                UnitArg::S => 1.0,
                UnitArg::Min => 60.0,
                UnitArg::H => 3600.0,
            }),
        }
    }
}

/// An option and the word that was chosen for it, as they are typed.
fn chosen<T: ValueEnum>(option: &str, value: Option<T>) -> Option<String> {
    Some(format!("{option} {}", value?.to_possible_value()?.get_name()))
}

/// Orders of dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OrderArg {
    /// 2025-03-14
    #[value(name = "year-first")]
    Year,
    /// 14-03-2025
    #[value(name = "day-first")]
    Day,
    /// 3/14/2025
    #[value(name = "month-first")]
    Month,
}

/// Decimal marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DecimalArg {
    /// 13.1
    Point,
    /// 13,1
    Comma,
}

/// Units of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum UnitArg {
    /// Seconds
    S,
    /// Minutes
    Min,
    /// Hours
    H,
}

/// Where what is made goes.
#[derive(Debug, Args)]
pub(crate) struct FilesArgs {
    /// Folder for files and pictures
    #[arg(long, value_name = "DIR", default_value = "output", value_hint = ValueHint::DirPath)]
    pub out: PathBuf,
    /// Draw no pictures
    #[arg(long)]
    pub no_plots: bool,
}

/// `fit`
#[derive(Debug, Args)]
pub(crate) struct FitArgs {
    /// Table with a column of durations, or of waits with their outcome: CSV, text, xlsx, xls, ods or Parquet
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// Column of the durations [default: found by its name and contents]
    #[arg(long, value_name = "NAME")]
    pub column: Option<String>,
    /// Subtract a least time before laws are fitted: a length such as "2 min", or `auto` to estimate it
    #[arg(long, value_name = "TIME", value_parser = shift)]
    pub shift: Option<ShiftArg>,
    /// Of call records fit how long callers wait before they give up, not how long handling takes
    #[arg(long)]
    pub patience: bool,
    #[command(flatten)]
    pub said: SaidArgs,
    #[command(flatten)]
    pub files: FilesArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// What is subtracted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ShiftArg {
    /// As estimated.
    Auto,
    /// So many seconds.
    By(f64),
}

impl From<ShiftArg> for Shift {
    fn from(shift: ShiftArg) -> Self {
        match shift {
            ShiftArg::Auto => Self::Auto,
            ShiftArg::By(seconds) => Self::By(seconds),
        }
    }
}

fn shift(text: &str) -> Result<ShiftArg, String> {
    if text == "auto" {
        return Ok(ShiftArg::Auto);
    }
    match span(text) {
        Some(Spans::One(s)) if s > 0.0 => Ok(ShiftArg::By(s)),
        _ => Err("give a length of time such as \"2 min\", or `auto`".to_owned()),
    }
}

/// Tells how many rows have been read.
pub(crate) struct Counter<'p> {
    printer: &'p Printer,
}

impl<'p> Counter<'p> {
    /// On this printer.
    pub(crate) fn new(printer: &'p Printer) -> Self {
        Self { printer }
    }
}

impl ReadProgress for Counter<'_> {
    fn rows(&self, file: &str, rows: u64) {
        if rows.is_multiple_of(1 << 20) {
            self.printer.note(&format!("{file}: {} million rows read", rows >> 20));
        }
    }
}

/// `import`
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Your files, in any order: counts or events, durations, a roster; CSV, text, xlsx, xls, ods or Parquet
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,
    /// Folder for the scenarios, made if it is not there; nothing in it is overwritten
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub into: PathBuf,
    #[command(flatten)]
    pub said: SaidArgs,
    /// Time zone of the files, such as Europe/Amsterdam [default: none; the clock never changes]
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// What in time means for `done within`
    #[arg(long, value_name = "TIME", default_value = TARGET, value_parser = time)]
    pub target: f64,
    /// How long a request takes on average, where no file of durations is given
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub handling: Option<f64>,
    /// Holidays, which are kept apart and whose demand is found: a country (US, GB, DE, ...) or a date; may be repeated
    #[arg(long, value_name = "COUNTRY|DATE", value_delimiter = ',')]
    pub holidays: Vec<String>,
    /// Foresee so many weeks after the record, and write a scenario of them
    #[arg(long, value_name = "WEEKS", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=104), hide_default_value = true, allow_negative_numbers = true)]
    pub ahead: u16,
    #[command(flatten)]
    pub page: ReportArgs,
    #[command(flatten)]
    pub live: PageArgs,
    #[command(flatten)]
    pub output: AnswerArgs,
}

impl ImportArgs {
    /// The command that makes the same again.
    pub(crate) fn command(&self) -> String {
        let length = |seconds: f64| live::quote(&number::duration(seconds / 3600.0));
        let mut words = vec!["poolwise import".to_owned()];
        words.extend(self.files.iter().map(|file| live::quote(&live::on_any_machine(file))));
        words.push(format!("--into {}", live::quote(&live::on_any_machine(&self.into))));
        words.extend(self.said.typed());
        words.extend(self.time_zone.as_ref().map(|zone| format!("--time-zone {}", live::quote(zone))));
        words.extend((time(TARGET) != Ok(self.target)).then(|| format!("--target {}", length(self.target))));
        words.extend(self.handling.map(|mean| format!("--handling {}", length(mean))));
        words.extend(self.holidays.iter().map(|day| format!("--holidays {}", live::quote(day))));
        words.extend((self.ahead > 0).then(|| format!("--ahead {}", self.ahead)));
        words.join(" ")
    }
}

/// What in time means where nothing is said.
const TARGET: &str = "30 min";

fn part_of_an_hour(text: &str) -> Result<f64, String> {
    let every = time(text)?;
    let parts = "it does not cut an hour in equal parts, as \"30 min\", \"15 min\" and \"10 min\" do";
    if poolwise_study::forecast::cuts_an_hour(every) { Ok(every) } else { Err(parts.to_owned()) }
}

fn time(text: &str) -> Result<f64, String> {
    match span(text) {
        Some(Spans::One(s)) if s > 0.0 && s < 3e8 => Ok(s),
        _ => Err("give a length of time such as \"30 min\"".to_owned()),
    }
}

/// `forecast`
#[derive(Debug, Args)]
pub(crate) struct ForecastArgs {
    /// Scenario file that says what is there now: `[start]` with `at`
    #[arg(value_name = "SCENARIO", value_hint = ValueHint::FilePath)]
    pub scenario: PathBuf,
    /// Any scenario value, such as start.at=11:20; may be repeated
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub sets: Vec<String>,
    /// The same day with changes, told beside it, such as "One more: start.on_shift.desk=13"; several changes with `;` between
    /// them; may be repeated
    #[arg(long = "vary", value_name = "NAME: PATH=VALUE")]
    pub variations: Vec<String>,
    /// Length of the intervals that are told: a part of an hour such as "30 min" or "15 min", of which a day has 168 at most
    #[arg(long, value_name = "TIME", value_parser = part_of_an_hour, default_value = "1 h")]
    pub every: f64,
    /// Days to simulate; with 399 a band leaves out the ten least and the ten greatest [default: 399]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(39..=1_000_000), allow_negative_numbers = true)]
    pub days: Option<u32>,
    /// Root of all random numbers [default: the scenario's]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// Threads [default: one for each processor]
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    pub threads: Option<std::num::NonZeroUsize>,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub files: FilesArgs,
    #[command(flatten)]
    pub page: PageArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// `backtest`
#[derive(Debug, Args)]
pub(crate) struct BacktestArgs {
    /// Scenario file
    #[arg(value_name = "SCENARIO", value_hint = ValueHint::FilePath)]
    pub scenario: PathBuf,
    /// What happened, by interval: requests offered, and how many (or which share) were answered in time
    #[arg(value_name = "HISTORY", value_hint = ValueHint::FilePath)]
    pub history: PathBuf,
    #[command(flatten)]
    pub said: SaidArgs,
    /// In time: an officer within this of the request's reaching the queue [default: the scenario's `answer_within`]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub within: Option<f64>,
    /// Any scenario value, such as centre.North.absence=0.1; may be repeated
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub sets: Vec<String>,
    /// Do not look which single change would close the gap best
    #[arg(long)]
    pub no_changes: bool,
    /// Threads [default: one for each processor]
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    pub threads: Option<std::num::NonZeroUsize>,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub files: FilesArgs,
    #[command(flatten)]
    pub page: PageArgs,
    #[command(flatten)]
    pub output: AnswerArgs,
}
