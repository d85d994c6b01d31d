//! What may be typed: commands and options. Plain values; nothing is read or run here.

use super::sweep::args::SweepArgs;
use crate::scenario::Overrides;
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// Simulates work that arrives around the clock and the officers on shifts who do it, in one centre, in
/// many, or in a mix.
#[derive(Debug, Parser)]
#[command(name = "poolwise", version, max_term_width = 100, after_help = EXIT_CODES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done, 1 failed, 2 wrong usage or an invalid scenario, 3 stopped early with partial results.";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Simulate scenarios, summarise them, write files and pictures
    Run(RunArgs),
    /// Send the same requests through every scenario and tell the differences from a baseline
    Compare(CompareArgs),
    /// Simulate scenarios over the points of a sweep file; tidy results, on one machine or many
    Sweep(SweepArgs),
    /// Validate scenarios without running them: staffing and expected load
    Check(CheckArgs),
    /// Simulate models with known answers and compare
    Validate(ValidateArgs),
    /// Print the JSON Schema of scenario files, or of sweep files, for editors
    Schema(SchemaArgs),
    /// Write commented scenarios to start from into a folder
    Init(InitArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
}

/// `run`
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Scenario files
    #[arg(required = true, value_name = "SCENARIO", value_hint = ValueHint::FilePath)]
    pub scenarios: Vec<PathBuf>,
    #[command(flatten)]
    pub overrides: OverrideArgs,
    #[command(flatten)]
    pub simulation: SimulationArgs,
    #[command(flatten)]
    pub uncertain: UncertainArgs,
    /// Write requests.csv too: the instants of every request of the first replication
    #[arg(long)]
    pub trace: bool,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// `compare`
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// Scenario files, two or more
    #[arg(required = true, value_name = "SCENARIO", value_hint = ValueHint::FilePath)]
    pub scenarios: Vec<PathBuf>,
    /// Scenario to compare with [default: the one that says `baseline = true`, else the first]
    #[arg(long, value_name = "NAME")]
    pub baseline: Option<String>,
    #[command(flatten)]
    pub overrides: OverrideArgs,
    #[command(flatten)]
    pub simulation: SimulationArgs,
    #[command(flatten)]
    pub uncertain: UncertainArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// `check`
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Scenario files
    #[arg(required = true, value_name = "SCENARIO", value_hint = ValueHint::FilePath)]
    pub scenarios: Vec<PathBuf>,
    #[command(flatten)]
    pub overrides: OverrideArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// `schema`
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Of sweep files
    #[arg(long)]
    pub sweep: bool,
}

/// `validate`
#[derive(Debug, Args)]
pub struct ValidateArgs {
    /// Test intervals and random numbers too: some minutes
    #[arg(long)]
    pub long: bool,
    /// Only cases whose name contains this, whatever the case of letters
    #[arg(value_name = "CASE")]
    pub only: Option<String>,
    /// Threads [default: one for each processor]
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
    /// Form of the results on standard output
    #[arg(long, value_enum, default_value_t = ValidateFormat::Table)]
    pub format: ValidateFormat,
    /// Results and errors only: no progress
    #[arg(long, short)]
    pub quiet: bool,
}

/// Form of the validation's results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ValidateFormat {
    /// Text to read, case by case
    Table,
    /// One JSON document
    Json,
    /// The page `docs/validation.md`
    Markdown,
}

/// `init`
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Folder, made if it is not there
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub folder: PathBuf,
}

/// `completions`
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// Shell
    pub shell: Shell,
}

/// Changes to scenarios.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Changes to the scenarios")]
pub struct OverrideArgs {
    /// How many replications; with --precision the least number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub replications: Option<u32>,
    /// Root seed
    #[arg(long, value_name = "SEED")]
    pub seed: Option<u64>,
    /// Replicate until each measure's interval is within this share of its estimate, such as 0.02
    #[arg(long, value_name = "SHARE")]
    pub precision: Option<f64>,
    /// Measures that must all reach the precision, separated by commas; with --precision
    #[arg(long, value_name = "NAME", value_delimiter = ',', requires = "precision")]
    pub measure: Vec<String>,
    /// The greatest number of replications; with --precision
    #[arg(long, value_name = "N", requires = "precision")]
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
    pub fn overrides(&self) -> Overrides {
        let mut sets = Vec::new();
        sets.extend(self.precision.map(|share| format!("run.precision.relative={share:?}")));
        if !self.measure.is_empty() {
            sets.push(format!("run.precision.measures={:?}", self.measure));
        }
        sets.extend(self.max_replications.map(|n| format!("run.precision.max_replications={n}")));
        sets.extend(self.sets.iter().cloned());
        Overrides { sets, replications: self.replications, seed: self.seed, horizon: self.horizon.clone() }
    }
}

/// How to simulate and where results go.
#[derive(Debug, Args)]
pub struct SimulationArgs {
    /// Folder of results
    #[arg(long, value_name = "DIR", default_value = "output", value_hint = ValueHint::DirPath)]
    pub out: PathBuf,
    /// Threads [default: one for each processor]
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
    /// Draw no pictures
    #[arg(long)]
    pub no_plots: bool,
}

/// Whether and how to draw uncertain inputs.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Uncertain inputs")]
pub struct UncertainArgs {
    /// Draw the numbers that the scenarios give as { low, base, high } or as a distribution, and report what
    /// they leave open apart from what chance leaves open
    #[arg(long)]
    pub uncertain: bool,
    /// How many draws [default: 50]
    #[arg(long, value_name = "N", requires = "uncertain", value_parser = clap::value_parser!(u32).range(3..=1_000_000))]
    pub draws: Option<u32>,
    /// How many replications in each draw; --replications is about the run at base values [default: 2]
    #[arg(long, value_name = "N", requires = "uncertain", value_parser = clap::value_parser!(u32).range(2..=1_000))]
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

/// Form of the results on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Tables to read
    Table,
    /// One JSON document
    Json,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_holds_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn options_may_stand_between_scenarios() {
        let cli =
            Cli::try_parse_from(["poolwise", "compare", "a.toml", "--set", "x.y=1", "b.toml", "--set=z=2"])
                .unwrap();
        let Command::Compare(args) = cli.command else { panic!("not compare") };
        assert_eq!(args.scenarios.len(), 2);
        assert_eq!(args.overrides.sets, ["x.y=1", "z=2"]);
    }

    #[test]
    fn nonsense_is_refused() {
        for line in [
            "compare",
            "run",
            "run a.toml --replications 0",
            "run a.toml --threads 0",
            "run a.toml --quiet --verbose",
            "run a.toml --format yaml",
            "check a.toml --trace",
        ] {
            let words = std::iter::once("poolwise").chain(line.split(' '));
            assert!(Cli::try_parse_from(words).is_err(), "{line}");
        }
    }
}
