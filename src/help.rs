//! What stands below the help of each command: three lines to copy.

/// `poolwise`
pub(crate) const MAIN: &str = "\
Examples:\n\
\x20 poolwise init my-centre && cd my-centre\n\
\x20 poolwise compare *.toml\n\
\x20 poolwise staff *.toml --target \"done within 4 h >= 90 %\"\n\
\n\
Exit codes: 0 done, 1 failed, 2 wrong usage or an invalid scenario, 3 stopped early with partial results.";

/// `poolwise init`
pub(crate) const INIT: &str = "\
Examples:\n\
\x20 poolwise init my-centre\n\
\x20 poolwise run my-centre/local.toml\n\
\x20 poolwise compare my-centre/*.toml";

/// `poolwise run`
pub(crate) const RUN: &str = "\
Examples:\n\
\x20 poolwise run local.toml\n\
\x20 poolwise run local.toml --replications 30 --set run.target=\"2 h\"\n\
\x20 poolwise run local.toml --format csv > measures.csv\n\
\x20 poolwise run local.toml --controls --replications 20";

/// `poolwise compare`
pub(crate) const COMPARE: &str = "\
Examples:\n\
\x20 poolwise compare local.toml central.toml\n\
\x20 poolwise compare local.toml --vary \"Two more: pool.local.officers=32\"\n\
\x20 poolwise compare *.toml --baseline local --verbose\n\
\x20 poolwise compare *.toml --controls";

/// How `poolwise staff` is called: with a target, or a scenario to match, which may be told apart from options that may be
/// left out.
pub(crate) const STAFF_USAGE: &str =
    "poolwise staff [OPTIONS] <--target <TARGET>|--match <SCENARIO>> <SCENARIO>...";

/// `poolwise forecast`
pub(crate) const FORECAST: &str = "\
Examples:\n\
\x20 poolwise forecast desk-now.toml\n\
\x20 poolwise forecast desk-now.toml --set start.arrivals.call=412\n\
\x20 poolwise forecast desk-now.toml --every \"15 min\"\n\
\x20 poolwise forecast desk-now.toml --vary \"Two more: start.on_shift.desk=14\"\n\
\x20 poolwise forecast desk-now.toml --format json";

/// `poolwise staff`
pub(crate) const STAFF: &str = "\
Examples:\n\
\x20 poolwise staff local.toml --target \"done within 4 h >= 90 %\"\n\
\x20 poolwise staff *.toml --match local\n\
\x20 poolwise staff local.toml --target \"answered within 20 s >= 80 %\" --no-rosters\n\
\x20 poolwise staff local.toml --target \"done within 4 h >= 90 %\" --controls";

/// `poolwise sweep`
pub(crate) const SWEEP: &str = "\
Examples:\n\
\x20 poolwise sweep speeds.toml\n\
\x20 poolwise sweep report speeds.toml\n\
\x20 poolwise sweep status speeds.toml\n\
\x20 poolwise sweep speeds.toml --controls --replications 20";

/// `poolwise check`
pub(crate) const CHECK: &str = "\
Examples:\n\
\x20 poolwise check local.toml\n\
\x20 poolwise check *.toml --format json\n\
\x20 poolwise check local.toml --report check.html";

/// `poolwise describe`
pub(crate) const DESCRIBE: &str = "\
Examples:\n\
\x20 poolwise describe local.toml\n\
\x20 poolwise describe local.toml --out local.md\n\
\x20 poolwise describe local.toml --report local.html";

/// `poolwise bench`
pub(crate) const BENCH: &str = "\
Examples:\n\
\x20 poolwise bench\n\
\x20 poolwise bench --threads 1,2 --report speed.html\n\
\x20 poolwise bench --only network --only mm8 --threads 1 --peers\n\
\x20 poolwise bench --format json > before.json";

/// `poolwise validate`
pub(crate) const VALIDATE: &str = "\
Examples:\n\
\x20 poolwise validate\n\
\x20 poolwise validate erlang\n\
\x20 poolwise validate --long";

/// `poolwise schema`
pub(crate) const SCHEMA: &str = "\
Examples:\n\
\x20 poolwise schema > scenario.schema.json\n\
\x20 poolwise schema --sweep > sweep.schema.json\n\
\x20 poolwise schema | head";

/// `poolwise completions`
pub(crate) const COMPLETIONS: &str = "\
Examples:\n\
\x20 poolwise completions bash > poolwise.bash\n\
\x20 poolwise completions zsh > _poolwise\n\
\x20 poolwise completions fish > poolwise.fish";

/// `poolwise man`
pub(crate) const MAN: &str = "\
Examples:\n\
\x20 poolwise man man\n\
\x20 man man/poolwise.1\n\
\x20 man man/poolwise-compare.1";

/// `poolwise import`
pub(crate) const IMPORT: &str = "\
Examples:\n\
\x20 poolwise import tickets.xlsx durations.csv roster.csv --into office\n\
\x20 poolwise import events.csv --into office\n\
\x20 poolwise import events.csv --into office --report found.html";

/// `poolwise fit`
pub(crate) const FIT: &str = "\
Examples:\n\
\x20 poolwise fit durations.csv\n\
\x20 poolwise fit durations.csv --format json\n\
\x20 poolwise fit durations.csv --quiet";

/// `poolwise backtest`
pub(crate) const BACKTEST: &str = "\
Examples:\n\
\x20 poolwise backtest office/today.toml history.csv\n\
\x20 poolwise backtest office/today.toml history.csv --within \"10 min\"\n\
\x20 poolwise backtest office/today.toml history.csv --format json";

/// `poolwise sweep plan`
pub(crate) const SWEEP_PLAN: &str = "\
Examples:\n\
\x20 poolwise sweep plan speeds.toml\n\
\x20 poolwise sweep plan speeds.toml --replications 20\n\
\x20 poolwise sweep plan speeds.toml --format json";

/// `poolwise sweep run`
pub(crate) const SWEEP_RUN: &str = "\
Examples:\n\
\x20 poolwise sweep run speeds.toml\n\
\x20 poolwise sweep run speeds.toml --threads 4\n\
\x20 poolwise sweep run speeds.toml --quiet";

/// `poolwise sweep status`
pub(crate) const SWEEP_STATUS: &str = "\
Examples:\n\
\x20 poolwise sweep status speeds.toml\n\
\x20 poolwise sweep status speeds.toml --format json\n\
\x20 poolwise sweep run speeds.toml && poolwise sweep status speeds.toml";

/// `poolwise sweep merge`
pub(crate) const SWEEP_MERGE: &str = "\
Examples:\n\
\x20 poolwise sweep merge speeds.toml\n\
\x20 poolwise sweep merge speeds.toml && poolwise sweep report speeds.toml\n\
\x20 poolwise sweep status speeds.toml";

/// `poolwise sweep report`
pub(crate) const SWEEP_REPORT: &str = "\
Examples:\n\
\x20 poolwise sweep report speeds.toml\n\
\x20 poolwise sweep report speeds.toml --at-most 50\n\
\x20 poolwise sweep report speeds.toml --no-replications --format json";

/// `poolwise sweep submit`
pub(crate) const SWEEP_SUBMIT: &str = "\
Examples:\n\
\x20 poolwise sweep submit speeds.toml --slurm\n\
\x20 poolwise sweep submit speeds.toml --slurm --time 1:00:00\n\
\x20 poolwise sweep status speeds.toml";
