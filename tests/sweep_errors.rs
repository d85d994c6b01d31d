//! Bad input to sweeps: what is said, and that nothing is begun.

mod sweep_support;

use poolwise_sweep::plan::Look;
use poolwise_sweep::store::Shard;
use poolwise_sweep::{Changes, SweepPlan};
use std::fs;
use sweep_support::{Place, SMALL, SWEEP};

/// A sweep of one axis with these lines before and in it.
fn one_axis(before: &str, axis: &str) -> String {
    format!("scenarios = ['small.toml']\nreplications = 2\n{before}\n[axis.x]\n{axis}\n")
}

/// The sweep is refused with exit code 2, saying all this, and nothing is written.
#[track_caller]
fn refused(sweep: &str, says: &[&str]) {
    let place = Place::new(sweep);
    let run = place.poolwise(&["sweep", "sweep.toml", "--out", "o"]);
    run.ends_with(2).says(says);
    assert!(!place.path("o").exists(), "nothing is begun");
}

const OFFICERS: &str = "path = 'centre.office.levels.officers'";

#[test]
fn a_path_that_names_nothing() {
    let near = |path: &str, says: &[&str]| {
        refused(&one_axis("", &format!("path = '{path}'\nvalues = [1, 2]")), says);
    };
    near(
        "centre.ofice.levels.officers",
        &["there is no `ofice`", "sweep.toml:5:8", "did you mean `centre.office.levels.officers`?"],
    );
    near(
        "centre.office.levels.oficers",
        &["unknown key `oficers`", "did you mean `centre.office.levels.officers`?"],
    );
    near("stage.work.service.time.exponentiol", &["did you mean `stage.work.service.time.exponential`?"]);
    near("run.hoirzon", &["did you mean `run.horizon`?"]);
    near("x..y", &["a part of the path is empty"]);
    near("a=b", &["a path has no `=`"]);
}

#[test]
fn a_value_that_makes_a_scenario_invalid() {
    // The rule, the axis and the value; also when it is the last value of several axes.
    refused(
        &one_axis("", &format!("{OFFICERS}\nvalues = [8, 9, 2.5]")),
        &["found the number 2.5", "a whole number", "`centre.office.levels.officers=2.5` in small"],
    );
    refused(
        &one_axis("", "path = 'class.case.rate'\nunit = 'per hour'\nfrom = -5\nto = 5\nsteps = 3"),
        &["\"-5 per hour\" is not a rate", "it must not be negative"],
    );
    // In the middle of a list, where only a full check or the run itself looks.
    let text = one_axis("", &format!("{OFFICERS}\nvalues = [8, 8.5, 9]"));
    let place = Place::new(&text);
    let says = ["point 1: small with x = 8.5 is not a valid scenario", "found the number 8.5"];
    place.poolwise(&["sweep", "plan", "sweep.toml", "--out", "o", "--check"]).ends_with(2).says(&says);
    assert!(!place.path("o").exists());
    place.poolwise(&["sweep", "sweep.toml", "--out", "o"]).ends_with(2).says(&says);
    // What was finished before is kept.
    assert!(place.path("o/shards/all.shard").exists());
}

#[test]
fn a_design_of_absurd_size() {
    let grid = "path = 'run.target'\nunit = 's'\nfrom = 1\nto = 1000\nsteps = 1000\n[axis.y]\n\
                path = 'class.case.rate'\nunit = 'per day'\nfrom = 1\nto = 1000\nsteps = 1000";
    refused(
        &one_axis("", grid),
        &["1000000 points (x 1000 x y 1000)", "2000000 replications of 1 scenario", "--yes"],
    );
    let many = one_axis(
        "design = { latin_hypercube = { points = 999_999_999 } }",
        "path = 'run.target'\nunit = 's'\nfrom = 1\nto = 10",
    );
    refused(&many, &["999999999 points", "at most 20000000 points are possible"]);
    let replications = SWEEP.replace("replications = 4", "replications = 200_000");
    refused(&replications, &["8 points", "1600000 replications", "--yes"]);
    refused(
        &one_axis("", "path = 'run.target'\nunit = 's'\nfrom = 1\nto = 1e11\nstep = 1"),
        &["100000000000 levels"],
    );
    // With --yes it is planned.
    let place = Place::new(&replications);
    place.poolwise(&["sweep", "plan", "sweep.toml", "--out", "o", "--yes"]).ends_with(0);
}

#[test]
fn a_folder_of_another_sweep() {
    let place = Place::new(SWEEP);
    place.undisturbed("o");
    place.write("other.toml", SWEEP.replace("[8, 9]", "[8, 10]"));
    let other = place.poolwise(&["sweep", "other.toml", "--out", "o"]);
    other.ends_with(2).says(&["plan.json belongs to another sweep", "`sweep`, `title`, `axes`", "--out DIR"]);
    // The scenario was changed since.
    place.write("small.toml", SMALL.replace("20 min", "21 min"));
    let changed = place.poolwise(&["sweep", "sweep.toml", "--out", "o"]);
    changed.ends_with(2).says(&["belongs to another sweep: `scenarios` differs"]);
    place.poolwise(&["sweep", "status", "sweep.toml", "--out", "o"]).ends_with(2);
    place.write("small.toml", SMALL);
    // A shard of another sweep that was put into the folder.
    place.poolwise(&["sweep", "run", "other.toml", "--out", "p", "--points", "1"]).ends_with(0);
    fs::copy(place.path("p/shards/points-1.shard"), place.path("o/shards/points-1.shard")).unwrap();
    for step in ["merge", "run", "status"] {
        let run = place.poolwise(&["sweep", step, "sweep.toml", "--out", "o"]);
        run.ends_with(2).says(&["points-1.shard belongs to another sweep"]);
    }
}

#[test]
fn two_processes_on_one_shard() {
    let place = Place::new(SWEEP);
    let plan = SweepPlan::make(&place.path("sweep.toml"), &Changes::default(), Look::Scenarios).unwrap();
    let run = ["sweep", "run", "sweep.toml", "--out", "o", "--shard", "1/4"];
    let (held, _) = Shard::open(&place.path("o"), "1-of-4", &plan.form(), &mut |_| {}).unwrap();
    place.poolwise(&run).ends_with(1).says(&["1-of-4.shard: another process works on this shard"]);
    drop(held);
    place.poolwise(&run).ends_with(0);
}

#[test]
fn shards_and_points_that_do_not_exist() {
    let place = Place::new(SWEEP);
    let run = |args: &[&str]| place.poolwise(&[&["sweep", "run", "sweep.toml", "--out", "o"], args].concat());
    run(&["--points", "3,8"]).ends_with(2).says(&["there is no point 8", "the sweep has points 0 to 7"]);
    run(&["--points", "3-"]).ends_with(2).says(&["not a whole number"]);
    run(&["--shard", "4/4"]).ends_with(2).says(&["write 0/4 for the first of four"]);
    run(&["--shard", "4"]).ends_with(2).says(&["which shard of 4?", "SLURM_ARRAY_TASK_ID"]);
    run(&["--shard", "1/4", "--points", "1"]).ends_with(2);
    let mut command = place.command(&["sweep", "run", "sweep.toml", "--shard", "4"]);
    let outside = sweep_support::Run::of(command.env("SLURM_ARRAY_TASK_ID", "4"));
    outside.ends_with(2).says(&["no shard of 4", "SLURM_ARRAY_TASK_ID", "0 to 3"]);
}

#[test]
fn files_that_are_no_sweeps() {
    let place = Place::new("scenarios = ['small.toml'\n");
    let run = |file: &str| place.poolwise(&["sweep", file, "--out", "o"]);
    run("sweep.toml").ends_with(2).says(&["not valid TOML", "sweep.toml:"]);
    run("nothing.toml").ends_with(2).says(&["nothing.toml: there is no such file"]);
    run("small.toml").ends_with(2).says(&["unknown key `class`", "`scenarios` is missing"]);
    refused("scenarios = []\n[axis.x]\npath = 'a'\nvalues = [1]\n", &["the list of scenarios is empty"]);
    refused("scenarios = ['small.toml']\n", &["the sweep has no [axis.<name>]"]);
    refused(
        "scenarios = ['smal.toml']\n[axis.x]\npath = 'a'\nvalues = [1]\n",
        &["smal.toml: there is no such file"],
    );
    refused(
        &one_axis("desing = 'grid'", "path = 'a'\nvalues = [1]"),
        &["unknown key `desing`", "did you mean `design`?"],
    );
    refused(
        &one_axis("design = 'gird'", "path = 'a'\nvalues = [1]"),
        &["unknown word", "did you mean `grid`?"],
    );
    refused(
        &one_axis("baseline = 'smal'", &format!("{OFFICERS}\nvalues = [1]")),
        &["no scenario is called `smal`", "did you mean `small`?"],
    );
    refused(
        &one_axis("measures = ['utilisation']", &format!("{OFFICERS}\nvalues = [8]")),
        &["no scenario has a measure `utilisation`", "did you mean `utilization`?"],
    );
    refused(
        &one_axis("measures = ['centre.offce.utilization']", &format!("{OFFICERS}\nvalues = [8]")),
        &["did you mean `centre.office.all.utilization`?"],
    );
    refused(
        &one_axis("", &format!("{OFFICERS}\nvalues = [8]"))
            .replace("['small.toml']", "['small.toml', 'small.toml']"),
        &["another scenario is called `small` too"],
    );
}

#[test]
fn scenarios_that_cannot_be_paired() {
    let place = Place::new(
        &SWEEP.replace("['small.toml']", "x").replace("[\"small.toml\"]", "['small.toml', 'long.toml']"),
    );
    place.write("long.toml", "extends = 'small.toml'\nrun.horizon = '2 weeks'\n");
    let run = place.poolwise(&["sweep", "sweep.toml", "--out", "o"]);
    run.ends_with(2).says(&["long differs from small in run.horizon", "set it for both in [set]"]);
}

#[test]
fn axes_that_make_no_sense() {
    let axis = |axis: &str, says: &[&str]| refused(&one_axis("", axis), says);
    axis("values = [1]", &["one of `path`, `paths`, `uncertain` is missing"]);
    axis(&format!("{OFFICERS}\npaths = ['a']\nvalues = [1]"), &["`paths` cannot stand beside `path`"]);
    axis(&format!("{OFFICERS}\nvalues = []"), &["the list of values is empty"]);
    axis(&format!("{OFFICERS}\nvalues = [8, 8]"), &["listed twice"]);
    axis(&format!("{OFFICERS}\nvalues = [8, 'many']"), &["either numbers or words"]);
    axis(&format!("{OFFICERS}\nvalues = [8]\nfrom = 1"), &["`from` cannot stand beside `values`"]);
    axis(&format!("{OFFICERS}\nfrom = 1"), &["the range lacks `to`"]);
    axis(&format!("{OFFICERS}\nfrom = 9\nto = 8\nstep = 1"), &["`to` is 8, not above `from`, which is 9"]);
    axis(
        &format!("{OFFICERS}\nfrom = 8\nto = 9"),
        &["axis `x` has no levels", "`step`, `steps` or `log_steps`"],
    );
    axis(&format!("{OFFICERS}\nfrom = 8\nto = 9\nstep = 0"), &["`step` must be above 0"]);
    axis(&format!("{OFFICERS}\nfrom = 8\nto = 9\nstep = 1\nsteps = 2"), &["cannot stand beside"]);
    axis(&format!("{OFFICERS}\nfrom = 0\nto = 9\nlog_steps = 3"), &["a logarithmic scale begins above 0"]);
    axis(&format!("{OFFICERS}\nstep = 1"), &["`step` needs `from` and `to`"]);
    axis(
        &format!("{OFFICERS}\nvalues = [1]\nunit = 'minn'"),
        &["unknown unit `minn`", "did you mean `min`?"],
    );
    axis(&format!("{OFFICERS}\nvalues = ['1 h', '2 per day']"), &["not in the axis' unit `h`"]);
    axis(&format!("{OFFICERS}\nvalues = [1]\nscenarios = ['smalll']"), &["did you mean `small`?"]);
    axis(&format!("{OFFICERS}\nvalue = [1]"), &["unknown key `value`", "did you mean `values`?"]);
    refused(
        &one_axis("", &format!("{OFFICERS}\nvalues = [8]")).replace("[axis.x]", "[axis.measure]"),
        &["an axis cannot be called `measure`"],
    );
    refused(
        &one_axis("", &format!("{OFFICERS}\nvalues = [8]")).replace("[axis.x]", "[axis.\"a b\"]"),
        &["an axis cannot be called \"a b\""],
    );
}

#[test]
fn designs_and_constraints_that_make_no_sense() {
    let range = format!("{OFFICERS}\nfrom = 8\nto = 10\nsteps = 3");
    let before = |before: &str, says: &[&str]| refused(&one_axis(before, &range), says);
    before("design = 'saltelli'", &["unknown word", "`one-at-a-time`", "{ saltelli = { base = 64 } }"]);
    before("design = 'one-at-a-time'", &["axis `x` has no `base`"]);
    before("design = { saltelli = { base = 1 } }", &["a whole number from 2"]);
    before("design = { latin_hypercube = {} }", &["`points` is missing"]);
    before("design = { saltelli = { base = 8 } }\nconstraints = ['x < 9']", &["needs all its points"]);
    before("constraints = ['y < 9']", &["there is no axis `y`"]);
    before("constraints = ['x < ']", &["expected a number or an axis"]);
    before("constraints = ['x']", &["a comparison is missing"]);
    before("constraints = ['x > 10']", &["no point is left: the constraints exclude all 3"]);
    before("design = { csv = 'none.csv' }", &["none.csv: there is no such file"]);
    before("replications = 0", &["duplicate key"]);
    let bare = one_axis("", &range).replace("replications = 2", "replications = 0");
    refused(&bare, &["a whole number from 1"]);
    let precise =
        |table: &str| one_axis("", &range).replace("replications = 2", &format!("replications = {table}"));
    refused(&precise("{ measures = ['utilization'] }"), &["give `relative`, `absolute` or both"]);
    refused(&precise("{ measures = ['utilisation'], relative = 0.1 }"), &["did you mean `utilization`?"]);
    refused(
        &precise("{ measures = ['utilization'], relative = 0.1, at_most = 4 }"),
        &["`at_most` is less than"],
    );
}

#[test]
fn points_files_that_make_no_sense() {
    let text =
        one_axis("design = { csv = 'p.csv' }", &format!("{OFFICERS}\nfrom = 8\nto = 10\nwhole = true"));
    let case = |csv: &str, says: &str| {
        let place = Place::new(&text);
        place.write("p.csv", csv);
        place.poolwise(&["sweep", "sweep.toml", "--out", "o"]).ends_with(2).says(&[says]);
    };
    case("x\n", "p.csv: has no points");
    case("y\n8\n", "p.csv:1: column `y` is no axis");
    case("point\n8\n", "there is no column `x`");
    case("x\n8\n11\n", "p.csv:3: column `x`: 11 is outside the axis' range, 8 to 10");
    case("x\n8.5\n", "8.5 is not a whole number");
    case("x\nmany\n", "\"many\" is not a number");
    case("x\n8,9\n", "not valid CSV");
    let place = Place::new(&text);
    place.write("p.csv", "x\n9\n8\n");
    place.undisturbed("o");
}
