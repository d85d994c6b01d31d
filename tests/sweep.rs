//! Sweeps from outside: the same bytes however they are run, stopped, spread and put together.

mod sweep_support;

use poolwise_study::measures::Value;
use poolwise_study::{Settings, Unwatched, replicate};
use poolwise_sweep::plan::Look;
use poolwise_sweep::record::RecordForm;
use poolwise_sweep::results::SweepResults;
use poolwise_sweep::store::Shard;
use poolwise_sweep::{Changes, Sweep, SweepOptions, SweepPlan};
use std::fs;
use std::process::Stdio;
use std::time::Duration;
use sweep_support::{Place, Run, SMALL, SWEEP};

#[test]
fn rows_are_tidy_and_right() {
    let place = Place::new(SWEEP);
    let run = place.poolwise(&["sweep", "sweep.toml", "--out", "o"]);
    run.ends_with(0);
    assert!(run.err.contains("8 points of 2 axes x 1 scenario"), "{}", run.err);
    assert!(run.out.contains("8 points, 32 replications"), "{}", run.out);
    let mut reader = csv::Reader::from_path(place.path("o/results.csv")).unwrap();
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(
        header,
        [
            "point",
            "scenario",
            "replication",
            "rate",
            "officers",
            "measure",
            "value",
            "numerator",
            "denominator"
        ]
    );
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let results = SweepResults::read(&place.path("o")).unwrap();
    let measures = results.manifest.measures.len();
    assert_eq!(rows.len(), 8 * 4 * measures);
    assert_eq!(results.points[3], [16.0, 9.0]);
    // Every value is that of a plain run with the same overrides.
    let plan = SweepPlan::make(&place.path("sweep.toml"), &Changes::default(), Look::Scenarios).unwrap();
    for point in [0, 3, 7] {
        let mut model = plan.load(0, &results.points[point]).unwrap().model;
        model.run.replications = 4;
        let direct = replicate(&model, &Settings::default(), &Unwatched).unwrap();
        for (m, name) in results.manifest.measures.iter().enumerate() {
            let at = direct.keys.iter().position(|k| k.parts() == [name.as_str()]).unwrap();
            let read = results.values(point, 0, m);
            assert_eq!(read.len(), 4);
            for (r, value) in read.iter().enumerate() {
                let wanted = direct.values[r][at];
                let row = &rows[(point * 4 + r) * measures + m];
                match (wanted, *value) {
                    (Value::Ratio(n, d), Value::Ratio(a, b)) => assert_eq!((n, d), (a, b), "{name}"),
                    (wanted, found) => {
                        assert_eq!(wanted.value().to_bits(), found.value().to_bits(), "{name}")
                    }
                }
                assert_eq!((&row[0], &row[2], &row[5]), (&*point.to_string(), &*r.to_string(), &**name));
                assert_eq!(row[6].parse::<f64>().unwrap_or(f64::NAN).to_bits(), value.value().to_bits());
            }
        }
    }
    // The load is known: rate x 20 minutes over the officers. Eight intervals of 99.99 % each.
    let utilization = results.manifest.measure("utilization").unwrap();
    for (p, row) in results.points.iter().enumerate() {
        let e = results.estimate(p, 0, utilization, 0.9999);
        let load = row[0] / 3.0 / row[1];
        assert!(e.lower < load && load < e.upper, "{load} {e:?}");
    }
    place.is_tidy("o");
}

#[test]
fn shards_points_and_threads_make_no_difference() {
    let place = Place::new(SWEEP);
    let whole = place.undisturbed("whole");
    place.poolwise(&["sweep", "sweep.toml", "--out", "one", "--threads", "1"]).ends_with(0);
    assert_eq!(whole, place.outcome("one"));
    // Three shards, one by its number, two as tasks of array jobs.
    let run = |args: &[&str], variable: &str| {
        let base = ["sweep", "run", "sweep.toml", "--out", "some"];
        Run::of(place.command(&[&base, args].concat()).env(variable, "1"))
    };
    run(&["--shard", "0/3"], "X").ends_with(0);
    run(&["--shard", "3"], "SLURM_ARRAY_TASK_ID").ends_with(0);
    let status = place.poolwise(&["sweep", "status", "sweep.toml", "--out", "some"]);
    status.ends_with(3);
    assert!(status.out.contains("6 of 8 points finished, 24 replications"), "{}", status.out);
    assert!(status.out.contains("Missing points: 2,5"), "{}", status.out);
    let array = |n: &[&str]| {
        place.poolwise(&[&["sweep", "status", "sweep.toml", "--out", "some", "--array"], n].concat()).out
    };
    assert_eq!(array(&[]), "2,5\n");
    assert_eq!(array(&["--shards", "3"]), "2\n");
    assert_eq!(array(&["--shards", "8"]), "2,5\n");
    let early = place.poolwise(&["sweep", "merge", "sweep.toml", "--out", "some"]);
    early.ends_with(3).says(&["2 of 8 points are not finished: 2,5"]);
    assert!(!place.path("some/results.parquet").exists());
    // Points by their numbers; some of them twice, which does no harm.
    run(&["--points", "5,2"], "X").ends_with(0);
    place.poolwise(&["sweep", "status", "sweep.toml", "--out", "some"]).ends_with(0);
    assert_eq!(array(&[]), "");
    place.poolwise(&["sweep", "merge", "sweep.toml", "--out", "some"]).ends_with(0);
    assert_eq!(whole, place.outcome("some"));
    place.is_tidy("some");
    // A completion index counts as well.
    let index = run(&["--shard", "3", "--format", "json"], "JOB_COMPLETION_INDEX");
    index.ends_with(0);
    assert!(index.out.contains("\"replications\": 0"), "{}", index.out);
}

#[test]
fn killed_at_any_moment_it_goes_on() {
    let long = SWEEP.replace("replications = 4", "replications = 12");
    let place = Place::new(&long);
    place.write("small.toml", SMALL.replace("1 week", "20 weeks"));
    let whole = place.undisturbed("whole");
    let args = ["sweep", "sweep.toml", "--out", "o"];
    let (mut kills, mut wait, mut before) = (0, 1, 0);
    let written = || fs::metadata(place.path("o/shards/all.shard")).map_or(0, |m| m.len());
    loop {
        let mut child = place.command(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // In no order: after some milliseconds, when little may have begun, or after some bytes, wherever a record then ends.
        wait = wait * 37 % 251;
        if kills % 4 == 0 {
            std::thread::sleep(Duration::from_millis(wait / 8));
        } else {
            let enough = written() + wait;
            while written() < enough && child.try_wait().unwrap().is_none() {
                std::thread::yield_now();
            }
        }
        let ended = child.try_wait().unwrap().is_some();
        // SIGKILL: nothing can be tidied up.
        child.kill().unwrap();
        child.wait().unwrap();
        if ended || kills == 40 {
            break;
        }
        kills += 1;
        if place.path("o/plan.json").exists() {
            let status = place.poolwise(&["sweep", "status", "sweep.toml", "--out", "o", "--format", "json"]);
            let v: serde_json::Value = serde_json::from_str(&status.out).unwrap();
            let done = v["replications"].as_u64().unwrap();
            assert!(done >= before, "{done} after {before}: something was lost");
            before = done;
        }
    }
    assert!(kills >= 3, "the sweep is too short for this test");
    place.poolwise(&args).ends_with(0);
    assert_eq!(whole, place.outcome("o"));
}

/// A request to end: replications under way are finished, exit code 3, and the same command goes on.
#[cfg(unix)]
#[test]
fn stopped_gently_it_is_partial() {
    let place = Place::new(&SWEEP.replace("replications = 4", "replications = 40"));
    place.write("small.toml", SMALL.replace("1 week", "20 weeks"));
    let child = place
        .command(&["sweep", "sweep.toml", "--out", "o"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let shard = place.path("o/shards/all.shard");
    while fs::metadata(&shard).map_or(0, |m| m.len()) < 2_000 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let killed =
        std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("the same command goes on from here"));
    let status = place.poolwise(&["sweep", "status", "sweep.toml", "--out", "o"]);
    status.ends_with(3);
}

#[test]
fn damaged_shards_are_found_and_redone() {
    let place = Place::new(SWEEP);
    let whole = place.undisturbed("o");
    let shard = place.shards("o").remove(0);
    let good = fs::read(&shard).unwrap();
    let again = |what: &str, says: &str, bytes: &[u8]| {
        fs::write(&shard, bytes).unwrap();
        let merge = place.poolwise(&["sweep", "merge", "sweep.toml", "--out", "o"]);
        assert_eq!(merge.code, Some(3), "{what}: {merge:?}");
        let run = place.poolwise(&["sweep", "sweep.toml", "--out", "o"]);
        run.ends_with(0).says(&[says]);
        assert_eq!(place.outcome("o"), whole, "{what}");
        assert_eq!(fs::metadata(&shard).unwrap().len(), good.len() as u64, "{what}");
    };
    again("cut off", "its last record was cut off", &good[..good.len() - 7]);
    again("cut off in the header", "its beginning is damaged", &good[..20]);
    let mut bytes = good.clone();
    bytes[good.len() / 2] ^= 0x10;
    again("one bit", "1 record damaged", &bytes);
    let mut bytes = good.clone();
    bytes[3] ^= 1;
    again("the header", "its beginning is damaged", &bytes);
    let mut bytes = good.clone();
    bytes.drain(300..310);
    again("bytes taken out", "records damaged", &bytes);
    again("zeros, as after a power cut", "damaged", &[&good[..good.len() - 900], &[0; 900]].concat());
    place.is_tidy("o");
}

#[test]
fn a_plan_cut_short_is_written_again() {
    let place = Place::new(SWEEP);
    let whole = place.undisturbed("o");
    let plan = place.path("o/plan.json");
    let bytes = fs::read(&plan).unwrap();
    fs::write(&plan, &bytes[..100]).unwrap();
    place.poolwise(&["sweep", "sweep.toml", "--out", "o"]).ends_with(0);
    assert_eq!(place.outcome("o"), whole);
}

/// The limit on a file's size stands for a full disk: a write fails half way.
#[cfg(unix)]
#[test]
fn at_the_limit_of_a_files_size_it_stops_and_later_goes_on() {
    let place = Place::new(SWEEP);
    let whole = place.undisturbed("whole");
    place.poolwise(&["sweep", "plan", "sweep.toml", "--out", "o"]).ends_with(0);
    // Blocks of 512 bytes; the signal is ignored so that the write itself fails.
    let line = format!(
        "trap '' XFSZ; ulimit -f 6; exec '{}' sweep sweep.toml --out o",
        sweep_support::program().display()
    );
    let run = Run::of(std::process::Command::new("sh").args(["-c", &line]).current_dir(place.0.path()));
    run.ends_with(1).says(&["limit on the size of files", "the same command goes on from here"]);
    let status = place.poolwise(&["sweep", "status", "sweep.toml", "--out", "o"]);
    assert!(!status.out.contains(" 0 replications"), "{}", status.out);
    place.poolwise(&["sweep", "sweep.toml", "--out", "o"]).ends_with(0);
    assert_eq!(place.outcome("o"), whole);
}

/// A disk that is really full, where the test may make a small one.
#[cfg(target_os = "linux")]
#[test]
fn on_a_full_disk_it_stops_and_later_goes_on() {
    let place = Place::new(&SWEEP.replace("replications = 4", "replications = 60"));
    place.write("small.toml", SMALL.replace("1 week", "1 day"));
    let whole = place.undisturbed("whole");
    let disk = place.path("disk");
    fs::create_dir(&disk).unwrap();
    let mount = |options: &str| {
        let status = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "tmpfs"])
            .arg(&disk)
            .stderr(Stdio::null())
            .status();
        status.is_ok_and(|s| s.success())
    };
    if !mount("size=64k") {
        eprintln!("SKIPPED: no small disk can be mounted here; the limit of a file's size is tested instead");
        return;
    }
    let run = place.poolwise(&["sweep", "sweep.toml", "--out", "disk/o"]);
    let grown = mount("remount,size=16m");
    let again = place.poolwise(&["sweep", "sweep.toml", "--out", "disk/o"]);
    let found = grown.then(|| place.outcome("disk/o"));
    let _ = std::process::Command::new("umount").arg(&disk).status();
    run.ends_with(1).says(&["no space is left", "the same command goes on from here"]);
    again.ends_with(0);
    assert_eq!(found, Some(whole));
}

#[test]
fn a_precision_decides_the_number_of_replications() {
    let text = SWEEP.replace(
        "replications = 4",
        "replications = { measures = ['wait_mean_hours'], relative = 0.5, at_least = 4, at_most = 30, round = 3 }\n\
         measures = ['utilization', 'wait_mean_hours']",
    );
    let place = Place::new(&text);
    let whole = place.undisturbed("o");
    place.poolwise(&["sweep", "sweep.toml", "--out", "one", "--threads", "1"]).ends_with(0);
    assert_eq!(whole, place.outcome("one"));
    for shard in ["1/2", "0/2"] {
        let run = ["sweep", "run", "sweep.toml", "--out", "two", "--shard", shard, "--threads", "3"];
        place.poolwise(&run).ends_with(0);
    }
    place.poolwise(&["sweep", "merge", "sweep.toml", "--out", "two"]).ends_with(0);
    assert_eq!(whole, place.outcome("two"));
    let results = SweepResults::read(&place.path("o")).unwrap();
    let wait = results.manifest.measure("wait_mean_hours").unwrap();
    let mut counts: Vec<usize> = (0..8).map(|p| results.values(p, 0, wait).len()).collect();
    for (p, n) in counts.iter().enumerate() {
        let e = results.estimate(p, 0, wait, 0.95);
        assert!((4..=30).contains(n) && (*n == 30 || (n - 4) % 3 == 0), "{n}");
        assert!(*n == 30 || e.half_width() <= 0.5 * e.estimate, "{n} {e:?}");
    }
    counts.sort_unstable();
    counts.dedup();
    assert!(counts.len() > 1, "busier points need more: {counts:?}");
}

#[test]
fn what_does_not_differ_is_simulated_once() {
    let text = r#"
        scenarios = ["small.toml", "other.toml"]
        baseline = "other"
        replications = 2
        measures = ["wait_mean_hours", "centre.annexe.utilization"]
        [axis.officers]
        path = "centre.office.levels.officers"
        values = [8, 9, 10]
        scenarios = ["small"]
    "#;
    let place = Place::new(text);
    let other = "extends = 'small.toml'\n[centre.annexe]\nlevels = { officers = 1 }\n";
    place.write("other.toml", other);
    let run = place.poolwise(&["sweep", "sweep.toml", "--out", "o"]);
    run.ends_with(0).says(&["2 need no simulation of their own"]);
    assert!(run.out.contains("3 points, 8 replications"), "{}", run.out);
    let results = SweepResults::read(&place.path("o")).unwrap();
    assert_eq!(results.manifest.baseline, "other");
    for point in 1..3 {
        assert_eq!(results.values(point, 1, 0), results.values(0, 1, 0));
        assert_ne!(results.values(point, 0, 0), results.values(0, 0, 0));
    }
    // A measure that only one scenario has.
    assert!(results.values(0, 0, 1).is_empty());
    assert_eq!(results.values(2, 1, 1).len(), 2);
    let difference = results.difference(0, 0, 1, 0, 0.95).unwrap().difference;
    assert!(difference.lower <= 0.0 && difference.upper >= 0.0, "the same office: {difference:?}");
    assert!(results.difference(0, 0, 1, 1, 0.95).is_none());
}

#[test]
fn random_numbers_are_common_unless_told_otherwise() {
    let text = |random: &str| {
        format!(
            "scenarios = ['small.toml']\nreplications = 2\nrandom = '{random}'\n\
             measures = ['wait_mean_hours', 'arrivals_per_hour']\n\
             [axis.target]\npath = 'run.target'\nunit = 'h'\nvalues = [1, 2]\n"
        )
    };
    for (random, same) in [("common", true), ("independent", false)] {
        let place = Place::new(&text(random));
        place.undisturbed("o");
        let results = SweepResults::read(&place.path("o")).unwrap();
        assert_eq!(results.values(0, 0, 1) == results.values(1, 0, 1), same, "{random}");
    }
}

#[test]
fn records_that_disagree_are_refused_and_equal_ones_are_not() {
    let place = Place::new(SWEEP);
    place.undisturbed("o");
    let plan = SweepPlan::make(&place.path("sweep.toml"), &Changes::default(), Look::Scenarios).unwrap();
    let form: RecordForm = plan.form();
    let mut records = Vec::new();
    let (all, _) = Shard::open(&place.path("o"), "all", &form, &mut |r| records.push(r)).unwrap();
    drop(all);
    let (copy, _) = Shard::open(&place.path("o"), "copy", &form, &mut |_| {}).unwrap();
    copy.append(&records[5]).unwrap();
    place.poolwise(&["sweep", "merge", "sweep.toml", "--out", "o"]).ends_with(0);
    let mut wrong = records[6].clone();
    wrong.values[3] = Some(Value::Plain(0.5));
    copy.append(&wrong).unwrap();
    let merge = place.poolwise(&["sweep", "merge", "sweep.toml", "--out", "o"]);
    merge.ends_with(1).says(&["two records of point", "all.shard", "copy.shard", "differ"]);
}

#[test]
fn command_line_changes_are_part_of_the_plan() {
    let place = Place::new(SWEEP);
    let args = ["sweep", "sweep.toml", "--replications", "2", "--horizon", "3 days", "--seed", "9"];
    place.poolwise(&[&args[..], &["--out", "o", "--set", "run.target=2 h"]].concat()).ends_with(0);
    let results = SweepResults::read(&place.path("o")).unwrap();
    assert_eq!(results.values(0, 0, 0).len(), 2);
    place.poolwise(&["sweep", "merge", "sweep.toml", "--out", "o"]).ends_with(2);
}

#[test]
fn scripts_for_slurm_say_all_that_was_asked() {
    let place = Place::new(SWEEP);
    let args = ["sweep", "submit", "sweep.toml", "--slurm", "--dry-run", "--out", "my results"];
    let more = ["--shards", "4", "--cpus", "2", "--time", "1:00:00", "--mem", "2G", "--at-most", "3"];
    let rest = ["--set", "run.target=2 h", "--", "--partition=long"];
    let run = place.poolwise(&[&args[..], &more, &rest].concat());
    run.ends_with(0);
    for part in [
        "# sbatch --parsable --partition=long array.sh",
        "# sbatch --parsable --partition=long --dependency=afterany:<job> merge.sh",
        "#SBATCH --array=0-3%3",
        "#SBATCH --cpus-per-task=2",
        "#SBATCH --time=1:00:00",
        "#SBATCH --mem=2G",
        "/my results/slurm/%A_%a.log\"",
        "--shard 4 --threads 2",
        "--set 'run.target=2 h'",
        "sweep merge",
    ] {
        assert!(run.out.contains(part), "{part:?} is not in\n{}", run.out);
    }
    assert!(!place.path("my results").exists(), "a dry run writes nothing");
    // Only what is missing.
    place.poolwise(&["sweep", "run", "sweep.toml", "--out", "r", "--shard", "2/4"]).ends_with(0);
    let args = ["sweep", "submit", "sweep.toml", "--slurm", "--dry-run", "--out", "r", "--shards", "4"];
    assert!(place.poolwise(&args).out.contains("#SBATCH --array=0-1,3\n"));
    place.undisturbed("r");
    assert!(place.poolwise(&args).out.contains("All points are finished"));
}

#[test]
fn the_library_gives_what_the_command_writes() {
    let place = Place::new(SWEEP);
    let written = place.undisturbed("command");
    let sweep = Sweep::load(&place.path("sweep.toml"), &Changes::default()).unwrap();
    let options = SweepOptions { threads: Some(2), ..SweepOptions::in_folder(place.path("library")) };
    let swept = sweep.run(&options, &Unwatched).unwrap();
    assert!(swept.ran.complete);
    // What is in memory is what is in the tidy file, bit by bit: undefined values are not equal to themselves.
    let read = SweepResults::read(&place.path("command")).unwrap();
    assert_eq!(format!("{:?}", swept.results), format!("{:?}", Some(&read)));
    assert_eq!(swept.estimates.len(), 8 * read.manifest.measures.len());
    let json = serde_json::to_value(&swept).unwrap();
    assert_eq!(json["hash"], sweep.plan().hash.as_str());
    // What it says is what the command says, byte for byte.
    let said = poolwise_study::format::json(&swept.answer).unwrap();
    assert_eq!(said, fs::read_to_string(place.path("command/report.json")).unwrap());
    assert_eq!(json["estimates"][0]["axes"].as_array().map(Vec::len), Some(2));
    // The same folder, put together by the same writer, holds the same bytes.
    poolwise_sweep::tidy::write(sweep.plan(), &place.path("library"), true).unwrap();
    assert_eq!(place.outcome("library"), written);
    // What is finished is not simulated again.
    let again = sweep.run(&options, &Unwatched).unwrap();
    assert_eq!((again.ran.replications, again.estimates.len()), (0, swept.estimates.len()));
}

/// 2,000 points of four replications are more rows than a row group has, so that the values of some point lie in two. Read from the
/// file as they are asked for they are those held in memory, in any order, and so is what the sweep says.
#[test]
fn a_large_sweep_is_read_from_its_file() {
    let place = Place::new(
        r#"
scenarios = ["small.toml"]
replications = 4
[set]
run.horizon = "1 h"
[axis.rate]
path = "class.case.rate"
unit = "per hour"
from = 12
to = 22
steps = 1000
[axis.officers]
path = "centre.office.levels.officers"
values = [8, 9]
"#,
    );
    place.poolwise(&["sweep", "run", "sweep.toml", "--out", "o"]).ends_with(0);
    place.poolwise(&["sweep", "merge", "sweep.toml", "--out", "o", "--no-csv"]).ends_with(0);
    let folder = place.path("o");
    let (held, filed) =
        (SweepResults::read(&folder).unwrap(), SweepResults::read_holding(&folder, 0).unwrap());
    let measures = held.manifest.measures.len();
    assert!(2_000 * 4 * measures > 1 << 17, "{measures} measures fit into a row group");
    let bits = |of: &SweepResults, p: usize, m: usize| -> Vec<u64> {
        of.values(p, 0, m).iter().map(|v| v.value().to_bits()).collect()
    };
    for p in (0..2_000).rev().chain((0..2_000).step_by(700)) {
        for m in 0..measures {
            assert_eq!(bits(&held, p, m), bits(&filed, p, m), "point {p}, {}", held.manifest.measures[m]);
        }
    }
    let sweep = Sweep::load(&place.path("sweep.toml"), &Changes::default()).unwrap();
    let said = |results: &SweepResults| {
        let findings = sweep.findings(results, &folder).unwrap();
        poolwise_study::format::json(&findings.answer(results)).unwrap()
    };
    assert_eq!(said(&held), said(&filed));
    filed.intact(&folder).unwrap();
}
