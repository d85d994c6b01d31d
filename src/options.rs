//! What may be typed: commands and options. Plain values; nothing is read or run here.

use super::amounts::{count, memory, percentage, seconds};
pub(crate) use super::forms::Format;
use super::help;
pub(crate) use super::intake_args::ForecastArgs;
use super::intake_args::{BacktestArgs, FitArgs, ImportArgs};
use super::report_args::ReportArgs;
use super::sweep::args::SweepArgs;
use clap::{Args, Parser, Subcommand, ValueHint};
use clap_complete::Shell;
use poolwise_scenario::Overrides;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// Simulates work that arrives around the clock and the officers on shifts who do it, in one centre, in
/// many, or in a mix.
#[derive(Debug, Parser)]
#[command(name = "poolwise", version, max_term_width = 100, after_help = help::MAIN)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write commented scenarios to start from into a folder
    #[command(after_help = help::INIT)]
    Init(InitArgs),
    /// Simulate scenarios, summarise them, write files and pictures
    #[command(after_help = help::RUN)]
    Run(RunArgs),
    /// Send the same requests through every scenario and tell the differences from a baseline
    #[command(after_help = help::COMPARE)]
    Compare(CompareArgs),
    /// Foresee the rest of the day from what is there now, hour by hour or by shorter intervals, with bands for one such day
    #[command(after_help = help::FORECAST)]
    Forecast(ForecastArgs),
    /// Find how many officers each option needs, and on which shifts, for targets or a given service
    #[command(after_help = help::STAFF)]
    Staff(StaffArgs),
    /// Simulate scenarios over the points of a sweep file; tidy results, on one machine or many
    #[command(after_help = help::SWEEP)]
    Sweep(SweepArgs),
    /// Validate scenarios without running them: staffing and expected load
    #[command(after_help = help::CHECK)]
    Check(CheckArgs),
    /// Write a scenario's reproducibility statement after STRESS-DES, in Markdown
    #[command(after_help = help::DESCRIBE)]
    Describe(DescribeArgs),
    /// Time the standard workloads: requests a second, memory, threads; wrong answers fail
    #[command(after_help = help::BENCH)]
    Bench(BenchArgs),
    /// Simulate models with known answers and compare
    #[command(after_help = help::VALIDATE)]
    Validate(ValidateArgs),
    /// Read counts, durations and rosters from your own files, and write scenarios that run
    #[command(after_help = help::IMPORT)]
    Import(ImportArgs),
    /// Find out which law durations follow, how well, with pictures; patience from waits
    #[command(after_help = help::FIT)]
    Fit(FitArgs),
    /// Replay what happened through a scenario, and say how well it would have been predicted
    #[command(after_help = help::BACKTEST)]
    Backtest(BacktestArgs),
    /// Print the JSON Schema of scenario files, or of sweep files, for editors
    #[command(after_help = help::SCHEMA)]
    Schema(SchemaArgs),
    /// Print a completion script for a shell
    #[command(after_help = help::COMPLETIONS)]
    Completions(CompletionsArgs),
    /// Write man pages into a folder
    #[command(after_help = help::MAN)]
    Man(ManArgs),
}

/// Results as a workbook.
#[derive(Debug, Clone, Args)]
pub(crate) struct WorkbookArgs {
    /// Write the results as a workbook too: tables, charts, and shifts to edit and import again
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub xlsx: Option<PathBuf>,
}

/// What `run` and `compare` take alike.
#[derive(Debug, Args)]
pub(crate) struct StudyArgs {
    #[command(flatten)]
    pub overrides: OverrideArgs,
    #[command(flatten)]
    pub simulation: SimulationArgs,
    #[command(flatten)]
    pub page: PageArgs,
    #[command(flatten)]
    pub uncertain: UncertainArgs,
    /// Take what is known of arrivals out of estimates: shorter intervals where it gains, from 10 replications on
    #[arg(long, conflicts_with = "uncertain", help_heading = None)]
    pub controls: bool,
    /// Leave out what queueing theory says beside the run
    #[arg(long)]
    pub no_theory: bool,
    /// Show how busy centres are by hour of the week, in block characters
    #[arg(long, help_heading = "Printing")]
    pub chart: bool,
    #[command(flatten)]
    pub workbook: WorkbookArgs,
    #[command(flatten)]
    pub output: AnswerArgs,
}

/// `run`
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Scenario files
    #[arg(required = true, value_name = "SCENARIO", value_hint = ValueHint::FilePath)]
    pub scenarios: Vec<PathBuf>,
    /// Write requests.csv too: the instants of every request of the first replication
    #[arg(long)]
    pub trace: bool,
    #[command(flatten)]
    pub study: StudyArgs,
}

/// `compare`
#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// Scenario files, two or more; or one with --vary. NAME=FILE gives a file under a name, so that it may be given more
    /// than once; "NAME=FILE: PATH=VALUE; PATH=VALUE" with changes
    #[arg(required = true, value_name = "SCENARIO", value_hint = ValueHint::FilePath)]
    pub scenarios: Vec<String>,
    /// Scenario to compare with [default: the one that says `baseline = true`, else the first]
    #[arg(long, value_name = "NAME")]
    pub baseline: Option<String>,
    /// The baseline with changes as an option of its own, such as "PERC 60: pool.perc.officers=60"; several changes
    /// with `;` between them; may be repeated
    #[arg(long = "vary", value_name = "NAME: PATH=VALUE")]
    pub variations: Vec<String>,
    #[command(flatten)]
    pub study: StudyArgs,
}

/// `staff`
#[derive(Debug, Args)]
#[command(override_usage = help::STAFF_USAGE)]
pub(crate) struct StaffArgs {
    /// Scenario files
    #[arg(required = true, value_name = "SCENARIO", value_hint = ValueHint::FilePath)]
    pub scenarios: Vec<PathBuf>,
    /// What must be delivered, such as "done within 4 h >= 90 %" or "started within 20 s >= 80 % at each
    /// centre in every hour"; may be repeated
    #[arg(long = "target", id = "targets", value_name = "TARGET")]
    pub targets: Vec<String>,
    /// Deliver what this scenario delivers: one of those given, by name, or a file
    #[arg(long = "match", id = "matching", value_name = "SCENARIO")]
    pub matching: Option<String>,
    /// With --match: in every hour of the local week as well
    #[arg(long, requires = "matching")]
    pub hourly: bool,
    /// With --match: the share done in time may be less by so many percentage points
    #[arg(long, value_name = "POINTS", requires = "matching", default_value_t = 1.0, value_parser = percentage, allow_negative_numbers = true)]
    pub service_margin: f64,
    /// With --match: the 95th percentile of the time to completion may be longer by so many per cent
    #[arg(long, value_name = "PERCENT", requires = "matching", default_value_t = 5.0, value_parser = percentage, allow_negative_numbers = true)]
    pub time_margin: f64,
    /// With --match: the share lost may be more by so many percentage points
    #[arg(long, value_name = "POINTS", requires = "matching", default_value_t = 0.1, value_parser = percentage, allow_negative_numbers = true)]
    pub loss_margin: f64,
    /// With --match: utilization may be so many per cent at most
    #[arg(long, value_name = "PERCENT", requires = "matching", default_value_t = 85.0, value_parser = percentage, allow_negative_numbers = true)]
    pub max_utilization: f64,
    /// Scenario from which officers are released [default: the one matched, else the one that says
    /// `baseline = true`, else the first]
    #[arg(long, value_name = "NAME", conflicts_with = "matching")]
    pub baseline: Option<String>,
    /// Probability, in per cent, that an option's interval is wrong, at most
    #[arg(long, value_name = "PERCENT", default_value_t = 5.0, value_parser = percentage, allow_negative_numbers = true)]
    pub error: f64,
    /// Take what is known of arrivals out of the tests, in more and shorter replications where weeks are alike: fewer weeks or a
    /// shorter interval
    #[arg(long)]
    pub controls: bool,
    /// Split the officers released over their causes: slack, pooling, smoothing, indivisible crews, cover,
    /// duplicates, rework
    #[arg(long)]
    pub causes: bool,
    /// Leave out the textbook's shortcuts (SIPP) that are tested beside
    #[arg(long)]
    pub no_shortcuts: bool,
    /// Draw up no rosters of whole weeks of work
    #[arg(long)]
    pub no_rosters: bool,
    /// Leave out the curve: the service with more and fewer officers than are needed
    #[arg(long)]
    pub no_curve: bool,
    /// Draws of uncertain inputs behind the input interval; 0 for none
    #[arg(long, value_name = "N", default_value_t = 20, allow_negative_numbers = true)]
    pub draws: u32,
    /// Officers in an at-large team, for what released officers could do [default: the scenario's `at_large`]
    #[arg(long, value_name = "OFFICERS", allow_negative_numbers = true)]
    pub at_large_team: Option<f64>,
    /// Hours that each of them spends on a case [default: the scenario's `at_large`]
    #[arg(long, value_name = "HOURS", allow_negative_numbers = true)]
    pub at_large_hours: Option<f64>,
    #[command(flatten)]
    pub overrides: OverrideArgs,
    #[command(flatten)]
    pub simulation: SimulationArgs,
    #[command(flatten)]
    pub page: PageArgs,
    #[command(flatten)]
    pub workbook: WorkbookArgs,
    #[command(flatten)]
    pub output: AnswerArgs,
}

/// `check`
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Scenario files
    #[arg(required = true, value_name = "SCENARIO", value_hint = ValueHint::FilePath)]
    pub scenarios: Vec<PathBuf>,
    #[command(flatten)]
    pub overrides: CheckOverrideArgs,
    /// Leave out what queueing theory says of each pool
    #[arg(long)]
    pub no_theory: bool,
    /// Memory that the requests in the system of one replication may take: warns where a run would need more
    #[arg(long, value_name = "SIZE", default_value = "2 GB", value_parser = memory)]
    pub max_memory: u64,
    /// Form of the results on standard output
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Results and errors only: no warnings
    #[arg(long, short)]
    pub quiet: bool,
    #[command(flatten)]
    pub page: ReportArgs,
    #[command(flatten)]
    pub live: PageArgs,
}

/// Changes to scenarios that matter without a run.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Changes to the scenarios")]
pub(crate) struct CheckOverrideArgs {
    /// Length of the statistics window, such as "4 weeks"
    #[arg(long, value_name = "TIME")]
    pub horizon: Option<String>,
    /// Any scenario value, such as pool.local.officers=120; may be repeated
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub sets: Vec<String>,
}

impl CheckOverrideArgs {
    /// As the scenario reader takes them.
    pub(crate) fn overrides(&self) -> Overrides {
        Overrides { sets: self.sets.clone(), horizon: self.horizon.clone(), ..Overrides::default() }
    }
}

/// `describe`
#[derive(Debug, Args)]
pub(crate) struct DescribeArgs {
    /// Scenario file
    #[arg(value_name = "SCENARIO", value_hint = ValueHint::FilePath)]
    pub scenario: PathBuf,
    #[command(flatten)]
    pub overrides: OverrideArgs,
    /// File to write [default: standard output]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub page: ReportArgs,
    #[command(flatten)]
    pub live: PageArgs,
}

/// `bench`
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// Only this workload; may be repeated
    #[arg(long, value_name = "NAME")]
    pub only: Vec<String>,
    /// Numbers of threads, such as 1,2,4 [default: powers of two up to the number of processors]
    #[arg(long, value_name = "N", value_delimiter = ',', value_parser = count, allow_negative_numbers = true)]
    pub threads: Vec<NonZeroUsize>,
    /// Seconds to spend on each workload and number of threads, in three rounds at least; 0: one round
    #[arg(long, value_name = "TIME", default_value_t = 2.0, value_parser = seconds, allow_negative_numbers = true)]
    pub seconds: f64,
    /// Results of an earlier `bench --format json`, to compare with
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub baseline: Option<PathBuf>,
    /// Other simulators on the same workloads, in the same run: those that `benches/peers/run` has installed, or those of a list like its own
    #[arg(long, value_name = "FILE", num_args = 0..=1, value_hint = ValueHint::FilePath)]
    pub peers: Option<Option<PathBuf>>,
    /// Changes a workload without changing the answer it is held to, to see that wrong answers fail
    #[arg(long = "set", value_name = "PATH=VALUE", hide = true)]
    pub sets: Vec<String>,
    /// Run one workload in this process and print what was measured
    #[arg(long, hide = true)]
    pub worker: bool,
    #[command(flatten)]
    pub page: ReportArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// `schema`
#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// Of sweep files
    #[arg(long)]
    pub sweep: bool,
}

/// `validate`
#[derive(Debug, Args)]
pub(crate) struct ValidateArgs {
    /// Test intervals and random numbers too: some minutes
    #[arg(long)]
    pub long: bool,
    /// Print tables of the literature instead: print, exact and simulated side by side, and why they differ
    #[arg(long, conflicts_with_all = ["long", "only"])]
    pub published: bool,
    /// Folder for the page
    #[arg(long, value_name = "DIR", default_value = "output", value_hint = ValueHint::DirPath)]
    pub out: PathBuf,
    /// Only cases whose name contains this, whatever the case of letters
    #[arg(value_name = "CASE")]
    pub only: Option<String>,
    /// Threads [default: one for each processor]
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    pub threads: Option<NonZeroUsize>,
    /// Form of the results on standard output
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Results and errors only: no progress
    #[arg(long, short)]
    pub quiet: bool,
}

/// `init`
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Folder, made if it is not there
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub folder: PathBuf,
}

/// `man`
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Folder, made if it is not there
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub folder: PathBuf,
}

/// `completions`
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// Shell
    pub shell: Shell,
}

/// TOML has no larger whole numbers.
const LARGEST_SEED: u64 = i64::MAX.unsigned_abs();

/// How pages are made.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct PageArgs {
    /// Leave the simulator out of pages: smaller, and nothing can be tried on them
    #[arg(long = "static")]
    pub without_engine: bool,
}

/// Changes to scenarios.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Changes to the scenarios")]
pub(crate) struct OverrideArgs {
    /// How many replications; with --precision the least number
    #[arg(long, aliases = ["reps", "runs"], value_name = "N", value_parser = clap::value_parser!(u32).range(1..), allow_negative_numbers = true)]
    pub replications: Option<u32>,
    /// Root seed
    #[arg(long, value_name = "SEED", value_parser = clap::value_parser!(u64).range(..=LARGEST_SEED), allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// Replicate until each measure's interval is within this share of its estimate, such as 0.02
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub precision: Option<f64>,
    /// Measures that must all reach the precision, separated by commas; with --precision
    #[arg(long, value_name = "NAME", value_delimiter = ',', requires = "precision")]
    pub measure: Vec<String>,
    /// The greatest number of replications; with --precision
    #[arg(long, value_name = "N", requires = "precision", allow_negative_numbers = true)]
    pub max_replications: Option<u32>,
    /// Length of the statistics window, such as "4 weeks"
    #[arg(long, value_name = "TIME")]
    pub horizon: Option<String>,
    /// Any scenario value, such as pool.local.officers=120; may be repeated
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub sets: Vec<String>,
}

impl OverrideArgs {
    /// As the scenario reader takes them.
    pub(crate) fn overrides(&self) -> Overrides {
        let mut sets = Vec::new();
        sets.extend(self.precision.map(|share| format!("run.precision.relative={share:?}")));
        if !self.measure.is_empty() {
            sets.push(format!("run.precision.measures={:?}", self.measure));
        }
        sets.extend(self.max_replications.map(|n| format!("run.precision.max_replications={n}")));
        sets.extend(self.sets.iter().cloned());
        Overrides {
            sets,
            replications: self.replications,
            seed: self.seed,
            horizon: self.horizon.clone(),
            ..Overrides::default()
        }
    }
}

/// How to simulate and where results go.
#[derive(Debug, Args)]
pub(crate) struct SimulationArgs {
    /// Folder of results
    #[arg(long, value_name = "DIR", default_value = "output", value_hint = ValueHint::DirPath)]
    pub out: PathBuf,
    /// Threads [default: one for each processor]
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    pub threads: Option<NonZeroUsize>,
    /// Draw no pictures
    #[arg(long)]
    pub no_plots: bool,
    #[command(flatten)]
    pub limits: LimitArgs,
}

/// What simulations may take.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct LimitArgs {
    /// Memory that the requests in the system of one replication may take: about 1 kB each. A run that needs more stops
    /// and keeps what is finished
    #[arg(long, value_name = "SIZE", default_value = "2 GB", value_parser = memory)]
    pub max_memory: u64,
}

/// Whether and how to draw uncertain inputs.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Uncertain inputs")]
pub(crate) struct UncertainArgs {
    /// Draw the numbers that the scenarios give as { low, base, high } or as a distribution, and report what
    /// they leave open apart from what chance leaves open
    #[arg(long)]
    pub uncertain: bool,
    /// How many draws [default: 50]
    #[arg(long, value_name = "N", requires = "uncertain", value_parser = clap::value_parser!(u32).range(3..=1_000_000), allow_negative_numbers = true)]
    pub draws: Option<u32>,
    /// How many replications in each draw; --replications is about the run at base values [default: 2]
    #[arg(long, value_name = "N", requires = "uncertain", value_parser = clap::value_parser!(u32).range(2..=1_000), allow_negative_numbers = true)]
    pub per_draw: Option<u32>,
}

/// How to print.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Printing")]
pub struct OutputArgs {
    /// Form of the results on standard output
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Results and errors only: no progress, warnings or notes
    #[arg(long, short, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more of what is being done
    #[arg(long, short)]
    pub verbose: bool,
}

/// How to print an answer.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Printing")]
pub(crate) struct AnswerArgs {
    /// Form of the results on standard output
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Results and errors only: no progress, warnings or notes
    #[arg(long, short, conflicts_with = "verbose")]
    pub quiet: bool,
    /// All tables and notes, and what is being done
    #[arg(long, short)]
    pub verbose: bool,
}

#[cfg(test)]
mod tests;
