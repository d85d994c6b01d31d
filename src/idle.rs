//! Changes of a command line that change nothing, because the command does not use what they set: said instead of ignored.

use super::printer::Printer;

/// A table or key of scenarios, the commands that do not use it, and why.
struct Unused {
    /// The beginning of its path.
    path: &'static str,
    /// What of it is used all the same.
    but: &'static str,
    commands: &'static [&'static str],
    why: &'static str,
}

const SIMULATE: &[&str] = &["run", "compare", "check", "forecast", "backtest", "sweep"];

const UNUSED: &[Unused] = &[
    // Pay is for all: costs are in the answers of `run` and `compare` too.
    Unused { path: "roster", but: "roster.pay", commands: SIMULATE, why: "only `staff` uses `roster`" },
    Unused { path: "at_large", but: "", commands: SIMULATE, why: "only `staff` uses `at_large`" },
    Unused {
        path: "run.precision",
        but: "",
        commands: &["staff", "forecast", "backtest", "check"],
        why: "only `run`, `compare` and `sweep` replicate until they are precise",
    },
    Unused {
        path: "run.replications",
        but: "",
        commands: &["check", "backtest"],
        why: "the command has no number of replications to choose",
    },
    Unused {
        path: "run.replications",
        but: "",
        commands: &["forecast"],
        why: "`--days` says how many days are simulated",
    },
    Unused { path: "run.seed", but: "", commands: &["check"], why: "`check` simulates nothing" },
    Unused {
        path: "run.horizon",
        but: "",
        commands: &["forecast"],
        why: "a run from now ends at `start.until`",
    },
    Unused { path: "run.warm_up", but: "", commands: &["forecast"], why: "a run from now has no warm-up" },
    Unused {
        path: "run.horizon",
        but: "",
        commands: &["backtest"],
        why: "the history says how long is replayed",
    },
    Unused {
        path: "run.warm_up",
        but: "",
        commands: &["backtest"],
        why: "the history says from when is replayed",
    },
    Unused {
        path: "run.start",
        but: "",
        commands: &["backtest"],
        why: "the history says from when is replayed",
    },
];

/// Why a command does not use what a change (`path=value`, or a path alone) sets.
fn why_unused(set: &str, command: &str) -> Option<&'static str> {
    let path = set.split('=').next().unwrap_or_default().trim();
    let lies_in = |table: &str| {
        !table.is_empty()
            && path.strip_prefix(table).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let unused = UNUSED.iter().find(|u| u.commands.contains(&command) && lies_in(u.path) && !lies_in(u.but));
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
