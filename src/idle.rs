//! Changes of a command line that change nothing, because the command does not use what they set: said instead of ignored.

use super::printer::Printer;

/// Tables or keys of scenarios, the commands that do not use them, and why.
struct Unused {
    /// The beginnings of their paths.
    paths: &'static [&'static str],
    commands: &'static [&'static str],
    why: &'static str,
}

const SIMULATE: &[&str] = &["run", "compare", "check", "forecast", "backtest", "sweep"];

/// What is used everywhere although it lies in a table that is not: costs are in the answers of `run` and `compare` too.
const USED: &str = "roster.pay";

const UNUSED: &[Unused] = &[
    Unused { paths: &["roster"], commands: SIMULATE, why: "only `staff` uses `roster`" },
    Unused { paths: &["at_large"], commands: SIMULATE, why: "only `staff` uses `at_large`" },
    Unused {
        paths: &["run.precision"],
        commands: &["staff", "forecast", "backtest", "check"],
        why: "only `run`, `compare` and `sweep` replicate until they are precise",
    },
    Unused {
        paths: &["run.replications"],
        commands: &["check", "backtest"],
        why: "the command has no number of replications to choose",
    },
    Unused {
        paths: &["run.replications"],
        commands: &["forecast"],
        why: "`--days` says how many days are simulated",
    },
    Unused { paths: &["run.seed"], commands: &["check"], why: "`check` simulates nothing" },
    Unused { paths: &["run.horizon"], commands: &["forecast"], why: "a run from now ends at `start.until`" },
    Unused { paths: &["run.warm_up"], commands: &["forecast"], why: "a run from now has no warm-up" },
    Unused { paths: &["run.horizon"], commands: &["backtest"], why: "the history says how long is replayed" },
    Unused {
        paths: &["run.warm_up", "run.start"],
        commands: &["backtest"],
        why: "the history says from when is replayed",
    },
];

/// Why a command does not use what a change (`path=value`, or a path alone) sets.
fn why_unused(set: &str, command: &str) -> Option<&'static str> {
    let path = set.split('=').next().unwrap_or_default().trim();
    let lies_in =
        |table: &str| path.strip_prefix(table).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let unused = UNUSED.iter().find(|u| u.commands.contains(&command) && u.paths.iter().any(|p| lies_in(p)));
    let unused = unused.filter(|_| !lies_in(USED));
    unused.map(|u| u.why)
}

/// Says which changes of `option` mean nothing for a command.
pub(crate) fn note<'s>(
    sets: impl IntoIterator<Item = &'s str>,
    option: &str,
    command: &str,
    printer: &Printer,
) {
    for set in sets {
        if let Some(why) = why_unused(set, command) {
            printer.note(&format!("warning: {option} {set} changes nothing: {why}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_command_does_not_use_is_known_by_its_path() {
        for (set, command, unused) in [
            ("roster.minimum=2", "run", true),
            ("roster={ minimum = 2 }", "sweep", true),
            ("roster.pay.hour=30", "run", false),
            ("roster_shape=flat", "run", false),
            ("roster.minimum=2", "staff", false),
            ("at_large.hours_per_officer=2", "compare", true),
            ("run.precision.relative=0.1", "staff", true),
            ("run.precision.relative=0.1", "run", false),
            ("run.horizon=\"2 weeks\"", "forecast", true),
            ("run.horizon=\"2 weeks\"", "check", false),
            ("run.seed=3", "check", true),
            ("run.start=2025-01-06", "backtest", true),
        ] {
            assert_eq!(why_unused(set, command).is_some(), unused, "{set} under {command}");
        }
    }
}
