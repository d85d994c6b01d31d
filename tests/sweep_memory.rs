//! Memory of a sweep's plan, merge and report does not grow with its points, but for some numbers of each: what the program allocates
//! is counted, so that neither the machine nor its load has a say. The one test of this file, as the count is of the whole process.

use peak_alloc::PeakAlloc;
use poolwise_report::sweep::analysis::Report;
use poolwise_report::write::Folder;
use poolwise_study::measures::Value;
use poolwise_sweep::plan::Look;
use poolwise_sweep::record::Record;
use poolwise_sweep::results::SweepResults;
use poolwise_sweep::run;
use poolwise_sweep::store::Shard;
use poolwise_sweep::tidy;
use poolwise_sweep::{Changes, Sweep};
use std::fs;
use std::path::Path;

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

/// Most bytes allocated at a time, beyond what was there before.
fn peak<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let before = ALLOCATED.current_usage();
    ALLOCATED.reset_peak_usage();
    let made = work();
    (made, (ALLOCATED.peak_usage() - before) as f64)
}

/// A sweep file over so many points.
fn sweep_file(folder: &Path, replications: u32, controls: bool, design: &str) -> Sweep {
    let one = include_str!("../scenarios/textbook/mm1.toml");
    fs::write(folder.join("one.toml"), format!("name = 'one'\n{one}")).expect("written");
    fs::write(folder.join("other.toml"), format!("name = 'other'\n{one}")).expect("written");
    let text = format!("scenarios = ['one.toml', 'other.toml']\nreplications = {replications}\n{design}");
    let path = folder.join("sweep.toml");
    fs::write(&path, text).expect("written");
    let changes = Changes { yes: true, controls, ..Changes::default() };
    Sweep::look(&path, &changes, Look::Ends).unwrap_or_else(|e| panic!("{e}"))
}

/// Records of all points, in the place of a run of them.
fn made_up(sweep: &Sweep, replications: u32, folder: &Path) {
    let plan = sweep.plan();
    let measures = plan.manifest.measures.len();
    let (shard, _) = Shard::open(folder, "all", &plan.form(), &mut |_| {}).expect("opened");
    for (point, row) in plan.points.iter().enumerate() {
        for scenario in 0..2 {
            for replication in 0..replications {
                // The other option is worse by what moves along the first axis.
                let noise =
                    f64::from((point as u32 * 7 + replication * 3 + u32::from(scenario)) % 11) / 100.0;
                let value = 1.0 + row[0] * f64::from(scenario) / 100.0 + noise;
                let values = (0..measures).map(|m| Some(Value::Plain(value * (m + 1) as f64))).collect();
                let record = Record { point: point as u32, scenario, replication, requests: 40, values };
                shard.append(&record).expect("appended");
            }
        }
    }
}

/// Bytes at a time while planning, merging and reporting, and those of the page.
fn peaks(replications: u32, controls: bool, design: &str) -> [f64; 4] {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("out");
    let (sweep, planning) = peak(|| {
        let sweep = sweep_file(dir.path(), replications, controls, design);
        run::prepare(sweep.plan(), &out).expect("prepared");
        sweep
    });
    assert_eq!(sweep.plan().manifest.measures.len(), 25);
    made_up(&sweep, replications, &out);
    let kept = ALLOCATED.current_usage();
    let ((), merging) = peak(|| tidy::write(sweep.plan(), &out, false).map(drop).expect("merged"));
    let ((), reporting) = peak(|| {
        // As of a sweep of millions of values, whatever the number.
        let results = SweepResults::read_holding(&out, 0).expect("read");
        let results = sweep.controlled(results, Some(1)).expect("read again");
        let findings = sweep.findings(&results, &out).expect("found");
        let folder = Folder::create(&out).expect("a folder");
        Report::of(&results, &findings).write(&folder, true).expect("written");
        results.intact(&out).expect("read whole");
    });
    // What the plan itself holds is there while merging and reporting.
    let plan = planning.min(kept as f64);
    let page = fs::metadata(out.join("index.html")).expect("a page").len() as f64;
    [planning, plan + merging, plan + reporting, page]
}

/// Bytes that each point more takes, between sizes at which what is held of a file is held of both; the page takes none.
fn each(
    replications: u32,
    controls: bool,
    (few, many): (usize, usize),
    design: impl Fn(usize) -> String,
) -> [f64; 3] {
    let (a, b) = (peaks(replications, controls, &design(few)), peaks(replications, controls, &design(many)));
    assert!(b[3] < 1.05 * a[3], "a page of {} bytes of few points, of {} of many", a[3], b[3]);
    [0, 1, 2].map(|k| (b[k] - a[k]) / (many - few) as f64)
}

#[test]
fn memory_grows_by_some_numbers_a_point() {
    let range = "path = 'class.customer.rate'\nunit = 'per hour'\nfrom = 20\nto = 40\n";
    let time = "path = 'stage.service.service.time.exponential'\nunit = 's'\nfrom = 10\nto = 60\n";
    let scattered = each(2, false, (10_000, 40_000), |points| {
        format!(
            "design = {{ latin_hypercube = {{ points = {points} }} }}\n[axis.rate]\n{range}[axis.time]\n{time}"
        )
    });
    let steps = each(1, false, (10_000, 40_000), |points| format!("[axis.rate]\n{range}steps = {points}\n"));
    println!("bytes a point: plan, merge, report {scattered:.0?} scattered, {steps:.0?} along an axis");
    for (found, most) in scattered.into_iter().zip([200.0, 150.0, 320.0]) {
        assert!(found < most, "{found:.0} bytes a scattered point, where {most} are allowed");
    }
    for (found, most) in steps.into_iter().zip([200.0, 150.0, 320.0]) {
        assert!(found < most, "{found:.0} bytes a point along an axis, where {most} are allowed");
    }
    // With controls each point's demand is its own here, and has its scenarios read for what it expects.
    let controlled =
        each(10, true, (5_000, 10_000), |points| format!("[axis.rate]\n{range}steps = {points}\n"));
    println!("bytes a point of the report with controls: {:.0}", controlled[2]);
    assert!(controlled[2] < 320.0, "{:.0} bytes a point with controls, where 320 are allowed", controlled[2]);
}
