//! The command line as it is defined.

use super::*;
use clap::CommandFactory;

#[test]
fn the_definition_holds_together() {
    Cli::command().debug_assert();
}

#[test]
fn options_may_stand_between_scenarios() {
    let cli = Cli::try_parse_from(["poolwise", "compare", "a.toml", "--set", "x.y=1", "b.toml", "--set=z=2"])
        .unwrap();
    let Command::Compare(args) = cli.command else { panic!("not compare") };
    assert_eq!(args.scenarios.len(), 2);
    assert_eq!(args.study.overrides.sets, ["x.y=1", "z=2"]);
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
        "check a.toml --seed 3",
        "check a.toml --precision 0.1",
        "run a.toml --seed 18446744073709551615",
        "bench --seconds -1",
        "bench --threads 0",
    ] {
        let words = std::iter::once("poolwise").chain(line.split(' '));
        assert!(Cli::try_parse_from(words).is_err(), "{line}");
    }
}
