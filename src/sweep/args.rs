//! What may be typed after `poolwise sweep`.

use crate::amounts::count;
use crate::help;
use crate::options::{AnswerArgs, LimitArgs, OutputArgs, OverrideArgs, PageArgs, WorkbookArgs};
use clap::{Args, Subcommand, ValueHint};
use poolwise_sweep::Ranges;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// `sweep`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct SweepArgs {
    /// A single step of it
    #[command(subcommand)]
    pub action: Option<Action>,
    #[command(flatten)]
    pub whole: WholeArgs,
}

/// The steps of a sweep, for those who drive it from elsewhere.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Work out the points, check them, and write plan.json and points.csv
    #[command(after_help = help::SWEEP_PLAN)]
    Plan(PlanArgs),
    /// Simulate points, or a shard of them, into a file of its own
    #[command(after_help = help::SWEEP_RUN)]
    Run(SweepRunArgs),
    /// Tell what is missing; exit code 3 if anything is
    #[command(after_help = help::SWEEP_STATUS)]
    Status(StatusArgs),
    /// Put all shards together into results.parquet and results.csv
    #[command(after_help = help::SWEEP_MERGE)]
    Merge(MergeArgs),
    /// Tell what the results say: tables, pictures, a page, break-even values
    #[command(after_help = help::SWEEP_REPORT)]
    Report(SweepReportArgs),
    /// Run what is missing as an array job on a cluster, and merge after it
    #[command(after_help = help::SWEEP_SUBMIT)]
    Submit(SubmitArgs),
}

/// The sweep and its folder.
#[derive(Debug, Clone, Args)]
pub(crate) struct FileArgs {
    /// Sweep file
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    #[command(flatten)]
    pub at: AtArgs,
}

/// The sweep's folder and what is changed in it.
#[derive(Debug, Clone, Args)]
pub(crate) struct AtArgs {
    /// Folder of the sweep's results [default: output/sweeps/<name of the sweep>]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    /// Take a design of any size
    #[arg(long)]
    pub yes: bool,
    /// Take what is known of arrivals out of estimates: shorter intervals where it gains, from 10 replications on. Arrivals are
    /// then among the measures that are kept
    #[arg(long)]
    pub controls: bool,
    #[command(flatten)]
    pub overrides: OverrideArgs,
}

/// `sweep FILE`
#[derive(Debug, Args)]
pub(crate) struct WholeArgs {
    /// Sweep file
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub at: AtArgs,
    /// Threads [default: one for each processor]
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    pub threads: Option<NonZeroUsize>,
    /// Write results.parquet alone
    #[arg(long)]
    pub no_csv: bool,
    #[command(flatten)]
    pub workbook: WorkbookArgs,
    #[command(flatten)]
    pub page: PageArgs,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub output: AnswerArgs,
}

/// `sweep plan`
#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub sweep: FileArgs,
    /// Check the scenario of every point, not only at the ends of each axis
    #[arg(long)]
    pub check: bool,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// `sweep run`
#[derive(Debug, Args)]
pub(crate) struct SweepRunArgs {
    #[command(flatten)]
    pub sweep: FileArgs,
    /// Shard k of n, from 0/n to n-1/n; or n alone, with k from SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX
    #[arg(long, value_name = "K/N", value_parser = shard, conflicts_with = "points")]
    pub shard: Option<ShardArg>,
    /// Points, such as 3,7-9
    #[arg(long, value_name = "LIST", value_parser = Ranges::parse)]
    pub points: Option<Ranges>,
    /// Threads [default: one for each processor]
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    pub threads: Option<NonZeroUsize>,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// `sweep status`
#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    pub sweep: FileArgs,
    /// Print the missing points alone, as --points and the --array of job schedulers take them
    #[arg(long)]
    pub array: bool,
    /// Tell of n shards in place of points
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    pub shards: Option<NonZeroUsize>,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// `sweep merge`
#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    #[command(flatten)]
    pub sweep: FileArgs,
    /// Write results.parquet alone
    #[arg(long)]
    pub no_csv: bool,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// `sweep report`
#[derive(Debug, Args)]
pub(crate) struct SweepReportArgs {
    #[command(flatten)]
    pub sweep: FileArgs,
    /// Read break-even values off between points, and simulate nothing
    #[arg(long)]
    pub no_replications: bool,
    /// Most replications of both scenarios at each value looked at, for a break-even value
    #[arg(long, value_name = "N", default_value = "100", value_parser = clap::value_parser!(u32).range(5..=1_000_000), allow_negative_numbers = true)]
    pub at_most: u32,
    /// Draw no pictures
    #[arg(long)]
    pub no_plots: bool,
    #[command(flatten)]
    pub page: PageArgs,
    /// Threads [default: one for each processor]
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    pub threads: Option<NonZeroUsize>,
    #[command(flatten)]
    pub workbook: WorkbookArgs,
    #[command(flatten)]
    pub output: AnswerArgs,
}

/// `sweep submit`
#[derive(Debug, Args)]
pub(crate) struct SubmitArgs {
    #[command(flatten)]
    pub sweep: FileArgs,
    /// Submit to Slurm
    #[arg(long, required = true)]
    pub slurm: bool,
    /// Tasks of the array; keep the number when submitting again [default: as many as points, at most 256]
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    pub shards: Option<NonZeroUsize>,
    /// Processors, and threads, of a task
    #[arg(long, value_name = "N", default_value = "1", value_parser = count, allow_negative_numbers = true)]
    pub cpus: NonZeroUsize,
    /// Time limit of a task, as Slurm writes it: 1:00:00
    #[arg(long, value_name = "TIME")]
    pub time: Option<String>,
    /// Memory of a task, as Slurm writes it: 2G
    #[arg(long, value_name = "SIZE")]
    pub mem: Option<String>,
    /// Most tasks at a time
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    pub at_most: Option<NonZeroUsize>,
    /// Print the scripts and submit nothing
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub output: OutputArgs,
    /// Further options for sbatch, after --, such as -- --partition=long --account=me
    #[arg(last = true, value_name = "OPTION", allow_hyphen_values = true)]
    pub sbatch: Vec<String>,
}

/// `--shard`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ShardArg {
    /// Which; from the environment if `None`.
    pub k: Option<usize>,
    /// Of how many.
    pub n: usize,
}

fn shard(text: &str) -> Result<ShardArg, String> {
    let wrong = || format!("{text:?} is no shard; write 0/4 for the first of four, 3/4 for the last");
    let number = |t: &str| t.parse::<usize>().map_err(|_| wrong());
    let (k, n) = match text.split_once('/') {
        Some((k, n)) => (Some(number(k)?), number(n)?),
        None => (None, number(text)?),
    };
    if n == 0 || k.is_some_and(|k| k >= n) {
        return Err(wrong());
    }
    Ok(ShardArg { k, n })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards() {
        assert_eq!(shard("3/4"), Ok(ShardArg { k: Some(3), n: 4 }));
        assert_eq!(shard("4"), Ok(ShardArg { k: None, n: 4 }));
        for text in ["4/4", "0", "0/0", "a/2", "-1/2", "1/2/3", ""] {
            assert!(shard(text).is_err(), "{text}");
        }
    }
}
