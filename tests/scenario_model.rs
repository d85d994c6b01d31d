//! What scenarios become: values in seconds, calendars, merging, defaults, pools.

mod scenario_support;

use poolwise_engine::model::{
    AbsenceMode, DayScope, DeadlineUntil, Demand, Destination, LevelEnd, LevelPlan, Model, PoolKind, Profile,
    ShiftEnd, StageKind, Window,
};
use poolwise_engine::random::{Sampler, name_key};
use poolwise_engine::time::{DAY, HOUR, WEEK};
use poolwise_math::exp;
use poolwise_scenario::{Overrides, Scenario, load};
use scenario_support::{Folder, example, good};

fn over(fragment: &str) -> Scenario {
    good(Folder::new().over(fragment))
}

fn set(sets: &[&str]) -> Scenario {
    good(Folder::new().set(sets))
}

fn stage(m: &Model, name: &str) -> usize {
    m.stages.iter().position(|s| s.name == name).expect("a stage")
}

fn service(m: &Model, name: &str) -> Sampler {
    match &m.stages[stage(m, name)].kind {
        StageKind::Service(s) => s.time.clone(),
        _ => panic!("{name} is not a service"),
    }
}

/// The delay of stage `booking` for a written distribution.
fn distribution(written: &str) -> Sampler {
    let m = over(&format!("[stage.booking]\ndelay = {written}")).model;
    match &m.stages[0].kind {
        StageKind::Delay(d) => d.time.clone(),
        _ => panic!("not a delay"),
    }
}

#[track_caller]
fn close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{a} is not {b}");
}

#[test]
fn distributions_have_the_moments_that_are_written() {
    let mean_cv = |written: &str, mean: f64, cv: f64| {
        let s = distribution(written);
        close(s.mean(), mean);
        close(s.cv(), cv);
    };
    mean_cv("\"90 min\"", 5400.0, 0.0);
    mean_cv("\"1 h 30 min\"", 5400.0, 0.0);
    mean_cv("\"1.5h\"", 5400.0, 0.0);
    mean_cv("{ deterministic = \"30 s\" }", 30.0, 0.0);
    mean_cv("{ exponential = \"20 min\" }", 1200.0, 1.0);
    mean_cv("{ lognormal = { mean = \"20 min\", cv = 0.7 } }", 1200.0, 0.7);
    mean_cv("{ lognormal = { median = \"20 min\", cv = 2 } }", 1200.0 * 5.0_f64.sqrt(), 2.0);
    // mean / median = exp(s^2 / 2) and cv^2 = exp(s^2) - 1 = (mean / median)^2 - 1.
    mean_cv("{ lognormal = { median = \"20 min\", mean = \"30 min\" } }", 1800.0, 1.25_f64.sqrt());
    mean_cv(
        "{ lognormal = { mu = 3.0, sigma = 0.5, unit = \"min\" } }",
        60.0 * exp(3.0_f64 + 0.125),
        (exp(0.25_f64) - 1.0).sqrt(),
    );
    mean_cv("{ lognormal = { mean = \"20 min\", cv = 0 } }", 1200.0, 0.0);
    mean_cv("{ gamma = { mean = \"20 min\", cv = 0.5 } }", 1200.0, 0.5);
    mean_cv("{ gamma = { shape = 4, scale = \"5 min\" } }", 1200.0, 0.5);
    mean_cv("{ erlang = { shape = 4, mean = \"20 min\" } }", 1200.0, 0.5);
    mean_cv("{ weibull = { shape = 1, scale = \"20 min\" } }", 1200.0, 1.0);
    mean_cv("{ weibull = { shape = 1, mean = \"20 min\" } }", 1200.0, 1.0);
    let weibull = distribution("{ weibull = { mean = \"20 min\", cv = 0.4 } }");
    assert!((weibull.mean() - 1200.0).abs() < 1e-6 && (weibull.cv() - 0.4).abs() < 1e-9);
    mean_cv("{ uniform = { low = \"10 min\", high = \"30 min\" } }", 1200.0, (1.0_f64 / 12.0).sqrt());
    mean_cv(
        "{ triangular = { low = \"0 min\", mode = \"30 min\", high = \"60 min\" } }",
        1800.0,
        (150.0_f64).sqrt() / 30.0,
    );
    mean_cv("{ hyperexponential = { mean = \"20 min\", cv = 2 } }", 1200.0, 2.0);
    mean_cv(
        "{ hyperexponential = { phases = [{ probability = 0.5, mean = \"10 min\" }, { probability = 0.5, mean = \"30 min\" }] } }",
        1200.0,
        1.5_f64.sqrt(),
    );
    mean_cv("{ empirical = { values = [\"10 min\", \"30 min\"] } }", 1200.0, 0.5);
    match distribution("{ empirical = { file = \"minutes.csv\", unit = \"min\" } }") {
        Sampler::Empirical(values) => assert_eq!(&values[..], &[720.0, 1110.0, 1860.0]),
        other => panic!("{other:?}"),
    }
}

#[test]
fn rates_and_profiles() {
    let rate =
        |text: &str| match over(&format!("[class.biometric]\nrate = \"{text}\"")).model.classes[0].demand {
            Demand::Rate { per_second, .. } => per_second,
            Demand::Trace(_) => panic!("a trace"),
        };
    close(rate("174.9 per hour") * 3600.0, 174.9);
    close(rate("500 per day") * 86_400.0, 500.0);
    close(rate("1_533_000 per year") * 365.0 * 86_400.0, 1_533_000.0);
    let m = over(
        "[class.biometric]\nprofile = { file = \"profiles.csv\", column = \"evening\" }\nday_factor = { cv = 0.08, scope = \"area\" }\n\
         months = [1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0]",
    )
    .model;
    match &m.classes[0].demand {
        Demand::Rate { profile: Profile::HourOfWeek(p), months, day_factor: Some(factor), .. } => {
            close(p.iter().sum::<f64>(), 168.0);
            // The file has 1 to 24 each day, whose mean is 12.5.
            close(p[25], 2.0 / 12.5);
            assert_eq!((months[1], months[11]), (2.0, 0.0));
            assert_eq!((factor.cv, factor.scope), (0.08, DayScope::Area));
        }
        other => panic!("{other:?}"),
    }
    let m = over("[class.biometric]\nprofile = { period = \"24 h\", values = [1, 3] }").model;
    match &m.classes[0].demand {
        Demand::Rate { profile: Profile::Cycle { period, values }, .. } => {
            assert_eq!((*period, &values[..]), (DAY, &[0.5, 1.5][..]));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn shares_are_scaled() {
    let m = over("").model;
    close(m.areas[0].share, 9.0 / 11.5);
    close(m.areas[1].share, 2.5 / 11.5);
    assert_eq!((m.areas[0].centre, m.areas[1].centre), (Some(1), None));
}

#[test]
fn the_calendar() {
    let m = over(
        "[run]\nwarm_up = \"6 weeks\"\nstart = 2018-11-05\nholidays = [2018-11-12, 2018-11-12, 2018-10-08]",
    )
    .model;
    // Six weeks before Monday 2018-11-05 is 2018-09-24, 00:00 in New York = 04:00 UTC; the clocks went back on
    // 2018-11-04, so the warm-up has an hour more than six weeks.
    assert_eq!(m.run.origin_unix, 1_537_761_600);
    assert_eq!(m.run.warm_up, 6.0 * WEEK + HOUR);
    assert_eq!(m.run.horizon, 8.0 * WEEK);
    let clock = &m.clocks[m.run.clock];
    assert_eq!((clock.zone.as_str(), clock.hour_of_week(0.0)), ("America/New_York", 0));
    assert_eq!(clock.hour_of_week(m.run.warm_up), 0);
    let start = clock.day(m.run.warm_up);
    assert_eq!(m.holidays, vec![start - 28, start + 7]);
    // Los Angeles is three hours behind, before the change and after.
    let west = &m.clocks[m.areas[0].clock];
    assert_eq!((west.hour_of_week(3.0 * HOUR), west.hour_of_week(m.run.warm_up + 3.0 * HOUR)), (0, 0));
    // The clocks know the changes of three years before and one year after.
    assert_eq!(west.offset(-2.85 * 365.0 * DAY).0, -8.0 * HOUR);
    assert!(west.offset(m.run.end() + 300.0 * DAY).1.is_finite());
    assert_eq!(m.clocks.len(), 2);
}

#[test]
fn exceptions_are_in_local_time() {
    let m = over(
        "[[exception]]\nname = \"outage\"\nfrom = 2018-11-04T00:00:00\nuntil = \"2018-11-05 00:00\"\nrosters = { PERC = 0.5 }\n\
         demand = [{ factor = 2, classes = [\"biometric\"], areas = [\"Newark\", \"Los Angeles\"] }, { factor = 3 }]\n\
         routes = [{ to = \"Los Angeles\" }]",
    )
    .model;
    let e = &m.exceptions[0];
    assert_eq!(e.until - e.from, 25.0 * HOUR);
    assert_eq!(e.from, m.run.warm_up + 34.0 * DAY);
    assert_eq!(e.demand, vec![(Some(0), Some(0), 2.0), (Some(0), Some(1), 2.0), (None, None, 3.0)]);
    assert_eq!(e.roster, vec![(0, 0.5)]);
    assert_eq!(m.rules.iter().map(|r| r.exception).collect::<Vec<_>>(), vec![Some(0), None, None]);
    assert_eq!(m.rules[0].key, name_key("outage to Los Angeles"));
    assert_eq!(m.rules[1].key, name_key("local hours"));
}

#[test]
fn rules() {
    let m = over(
        "[[route]]\nstages = [\"research\"]\nclasses = [\"biographic\"]\nareas = [\"Newark\"]\nhours = [\"Sun 22:00-06:00\", \"Mon 05:00-07:00\"]\nto = [\"Los Angeles\", \"PERC\"]\n\
         share = 0.5\noverflow = { after = \"30 min\", queue = 10, to = \"PERC\" }\nduplicate = { at = \"PERC\", probability = 0.1, hours = \"open\" }\n[[route]]\nto = \"PERC\"",
    )
    .model;
    let r = &m.rules[0];
    assert_eq!(
        r.key,
        name_key(
            "research of biographic from Newark to Los Angeles or PERC Sun 22:00-06:00, Mon 05:00-07:00"
        )
    );
    assert!(r.stages.iter().enumerate().all(|(s, on)| *on == (s == stage(&m, "research"))));
    assert_eq!((&r.classes[..], &r.areas[..]), (&[false, true][..], &[false, true][..]));
    // Sunday's span runs over the end of the week into Monday's and joins it.
    assert_eq!(r.window, Window::Hours(vec![(0.0, 7.0 * HOUR), (6.0 * DAY + 22.0 * HOUR, WEEK)]));
    assert_eq!(r.to, Destination::LeastLoaded(vec![1, 0]));
    let o = r.overflow.as_ref().expect("an overflow");
    assert_eq!((o.after, o.queue, &o.to), (Some(1800.0), Some(10), &Destination::Centre(0)));
    let d = r.duplicate.as_ref().expect("a duplicate");
    assert_eq!(
        (&d.at, d.probability, &d.window, d.stop_later),
        (&Destination::Centre(0), 0.1, &Window::Open, false)
    );
    // A rule for all stages is for services only.
    let services: Vec<&str> =
        (0..m.stages.len()).filter(|s| m.rules[1].stages[*s]).map(|s| m.stages[s].name.as_str()).collect();
    assert_eq!(services, ["research", "prepare", "sign"]);
}

#[test]
fn branches_and_clocks() {
    let m = over("").model;
    let research = &m.stages[stage(&m, "research")];
    assert_eq!(research.next[0].cumulative, vec![0.4, 0.2]);
    assert_eq!(research.next[1].cumulative, vec![1.0, 1.0]);
    let starts: Vec<&str> = m.stages.iter().filter(|s| s.starts_clock).map(|s| s.name.as_str()).collect();
    assert_eq!(starts, ["research", "prepare", "sign"]);
    // Neither the exit of deadlines nor that of the pick-up clock is done.
    let done: Vec<&str> = m.stages.iter().filter(|s| s.done).map(|s| s.name.as_str()).collect();
    assert_eq!(done, ["collected", "closed"]);
    assert_eq!(m.roles, ["researcher", "signer"]);
    let d = m.classes[0].deadline.as_ref().expect("a deadline");
    assert_eq!((d.until, d.exit), (DeadlineUntil::Finish(stage(&m, "sign")), stage(&m, "released")));
    let m = over("[stage.sign]\ndone = true\nstarts_clock = true").model;
    assert_eq!(m.stages.iter().filter(|s| s.done || s.starts_clock).count(), 1);
}

#[test]
fn centres() {
    let m = over(
        "[centre.PERC]\nshift_end = { hand_over = { penalty = \"2 min\" } }\nspeed = { biographic = 1.1 }\nabsence = { share = 0.06, mode = \"fixed\" }\n\
         balking = { at = [5, 10], probability = [0.3, 1.0], exit = \"released\" }\nshifts = [\n\
         { days = \"Sat-Mon\", start = \"22:00\", length = \"8 h\", officers = [1, 2, 3, 4, 5, 6, 7] },\n\
         { start = \"06:00\", length = \"8 h\", officers = 2, roles = [\"signer\"] },\n\
         { start = \"07:00\", length = \"8 h\", officers = 2, roles = [\"signer\", \"researcher\"], breaks = [{ after = \"4 h\", length = \"30 min\" }] },\n]",
    )
    .model;
    let c = &m.centres[0];
    assert_eq!(c.shift_end, ShiftEnd::HandOver(120.0));
    assert_eq!(c.speed, [1.0, 1.1]);
    assert_eq!((c.absence.share, c.absence.mode), (0.06, AbsenceMode::Fixed));
    assert_eq!(c.balk.as_ref().map(|b| b.steps.clone()), Some(vec![(5, 0.3), (10, 1.0)]));
    // Lines with the same roles make one pool.
    assert_eq!(c.pools.iter().map(|p| p.roles).collect::<Vec<_>>(), [0b11, 0b10]);
    let PoolKind::Crews(lines) = &c.pools[0].kind else { panic!("not crews") };
    assert_eq!(lines.iter().map(|l| l.name.as_str()).collect::<Vec<_>>(), ["22:00", "07:00"]);
    assert_eq!(lines[0].officers, [1, 0, 0, 0, 0, 6, 7]);
    assert_eq!((lines[0].start, lines[0].length), (22.0 * HOUR, 8.0 * HOUR));
    assert_eq!((lines[1].breaks[0].after, lines[1].breaks[0].length), (4.0 * HOUR, 1800.0));
    assert_eq!(lines[0].key, name_key("PERC/22:00"));
    let m = over(
        "[centre.PERC]\nlevels = { weekly = [{ days = \"Sun\", from = \"22:00\", to = \"06:00\", officers = 3 }], otherwise = 2, finish = \"by-officer\" }\n\
         [centre.\"Los Angeles\"]\ncrews = [{ from = \"1 h\", until = \"3 h\", officers = 4 }]",
    )
    .model;
    let PoolKind::Levels(levels) = &m.centres[0].pools[0].kind else { panic!("not levels") };
    assert_eq!(levels.end, LevelEnd::ByOfficer);
    let changes = vec![(0.0, 3), (6.0 * HOUR, 2), (6.0 * DAY + 22.0 * HOUR, 3)];
    assert_eq!(levels.plan, LevelPlan::Weekly(changes));
    let PoolKind::Crews(lines) = &m.centres[1].pools[0].kind else { panic!("not crews") };
    assert_eq!((lines[0].once, lines[0].officers[0]), (Some((HOUR, 3.0 * HOUR)), 4));
}

#[test]
fn traces() {
    let m = over(
        "[run]\nwarm_up = \"0 weeks\"\n[class.biometric]\ntrace = { file = \"times.csv\", kind = \"times\", jitter = \"30 min\" }\n\
         [class.biographic]\ntrace = { file = \"hourly.csv\", kind = \"hourly-counts\", column = \"hour\", area = \"Los Angeles\" }",
    )
    .model;
    let Demand::Trace(t) = &m.classes[0].demand else { panic!("not a trace") };
    // 01:30:30 on 4 November is read twice that day: the earlier.
    assert_eq!(&t.times[..], &[6.5 * HOUR, DAY + 7.0 * HOUR, 34.0 * DAY + 1.5 * HOUR + 30.0]);
    assert_eq!((t.jitter_before, t.jitter_after, t.area), (900.0, 900.0, None));
    let Demand::Trace(t) = &m.classes[1].demand else { panic!("not a trace") };
    assert_eq!(
        &t.times[..],
        &[9.0 * HOUR, 9.0 * HOUR, DAY + 11.0 * HOUR, DAY + 11.0 * HOUR, DAY + 11.0 * HOUR]
    );
    assert_eq!((t.jitter_before, t.jitter_after, t.area), (0.0, HOUR, Some(0)));
}

#[test]
fn a_trace_outside_the_run_is_a_warning() {
    let s = over(
        "[run]\nstart = 2020-01-06\n[class.biometric]\ntrace = { file = \"times.csv\", kind = \"times\" }\n\
         [[exception]]\nname = \"old\"\nfrom = \"2018-01-01 00:00\"\nuntil = \"2018-01-02 00:00\"",
    );
    let text = s.warnings.to_string();
    assert!(text.contains("none of the 3 recorded arrivals falls in the run"), "{text}");
    assert!(text.contains("the exception lies outside the run"), "{text}");
}

#[test]
fn a_centre_that_cannot_keep_up_is_a_warning() {
    let s = over("[class.biometric]\nrate = \"40 per hour\"");
    let text = s.warnings.to_string();
    assert!(text.contains("`PERC` cannot keep up"), "{text}");
    assert!(text.contains("too much by "), "{text}");
}

#[test]
fn extends_merges_tables_and_replaces_lists_and_distributions() {
    let folder = Folder::new();
    folder.write(
        "middle.toml",
        "extends = \"base.toml\"\nname = \"middle\"\nbaseline = true\n[stage.research.service]\ntime = { exponential = \"30 min\" }\n",
    );
    let s = good(folder.load(
        "extends = \"middle.toml\"\n[stage.booking]\nservice = { role = \"clerk\", time = \"1 min\" }\n[area.Denver]\n\
         [class.biometric]\ntrace = { file = \"times.csv\", kind = \"times\" }\n[[route]]\nto = \"PERC\"",
    ));
    let m = &s.model;
    assert_eq!(service(m, "research"), Sampler::Exponential(1800.0));
    // The service takes the place of the delay, the trace that of the rate; the stage keeps its `next`.
    assert_eq!(service(m, "booking"), Sampler::Constant(60.0));
    assert!(matches!(m.classes[0].demand, Demand::Trace(_)));
    assert_eq!(m.rules.len(), 1);
    let areas: Vec<&str> = m.areas.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(areas, ["Los Angeles", "Newark", "Denver"]);
    // What belongs to a file is not inherited.
    assert_eq!((m.name.as_str(), m.title.as_str(), m.baseline), ("test", "test", false));
    assert_eq!(s.sources.len(), 4);
}

#[test]
fn overrides_reach_every_kind_of_value() {
    let s = set(&[
        "stage.research.service.time.lognormal.mean=25 min",
        "stage.prepare.service.time.gamma={ shape = 2, scale = \"1 min\" }",
        "stage.sign.service.time.exponential=\"3 min\"",
        "area.\"Los Angeles\".share=2.5",
        "area.Newark.share = 7.5",
        "route.local hours.share=0.5",
        "route.1.name=last",
        "class.biometric.rate=100 per day",
        "stage.research.next.0.probability.biometric=0.9",
        "centre.PERC.shifts.2.officers=9",
        "run.horizon=3 weeks",
        "title='A title'",
    ]);
    let m = &s.model;
    close(service(m, "research").mean(), 1500.0);
    close(service(m, "research").cv(), 1.0);
    close(service(m, "prepare").mean(), 120.0);
    assert_eq!(service(m, "sign"), Sampler::Exponential(180.0));
    close(m.areas[0].share, 0.25);
    assert_eq!((m.rules[0].share, m.rules[1].key), (0.5, name_key("last")));
    assert_eq!(m.stages[stage(m, "research")].next[0].cumulative, vec![0.9, 0.2]);
    let PoolKind::Crews(lines) = &m.centres[0].pools[0].kind else { panic!("not crews") };
    assert_eq!(lines[2].officers, [9; 7]);
    assert_eq!(m.title, "A title");
    let options = Overrides {
        sets: vec!["run.seed=3".to_owned(), "run.horizon=3 weeks".to_owned()],
        replications: Some(4),
        seed: Some(5),
        horizon: Some("2 weeks".to_owned()),
        ..Overrides::default()
    };
    let m = good(load(&Folder::new().path("base.toml"), &options)).model;
    assert_eq!((m.run.replications, m.run.seed, m.run.horizon), (4, 5, 2.0 * WEEK));
}

#[test]
fn the_same_values_have_the_same_hash() {
    let folder = Folder::new();
    let plain = good(folder.over("name = \"x\""));
    let spelt = good(folder.over(
        "name = \"x\"\n[run]\nhorizon = \"56 days\"\nseed = 1\n[stage.sign.service]\ntime = \"300 s\"",
    ));
    let other = good(folder.over("name = \"x\"\n[run]\nseed = 2"));
    assert_eq!(plain.hash, spelt.hash);
    assert_ne!(plain.hash, other.hash);
    // A data file's content counts too.
    let with = |text: &str| {
        folder.write("minutes.csv", text);
        good(folder.over("name = \"x\"\n[stage.booking]\ndelay = { empirical = { file = \"minutes.csv\", unit = \"min\" } }")).hash
    };
    assert_ne!(with("1\n2\n"), with("1\n3\n"));
}

#[test]
fn pools_by_headcount() {
    let fragment = "[workforce]\nplanned_availability = 0.85\n[centre.A]\n[centre.B]\n[area.Newark]\ncentre = \"B\"\n[area.\"Los Angeles\"]\ncentre = \"A\"\n\
        [[route]]\nto = \"local\"\n[pool.local]\nofficers = 40\ncentres = [\"A\", \"B\"]\nshifts = { starts = [\"00:00\", \"08:00\", \"16:00\"], length = \"8 h\" }\n";
    let s = over(fragment);
    let heads: Vec<f64> = s.model.centres.iter().filter_map(|c| c.headcount).collect();
    assert_eq!(heads.iter().sum::<f64>(), 40.0);
    // Nine parts in 11.5 of the volume.
    assert!(heads[0] > 28.0 && heads[1] >= 5.0, "{heads:?}");
    let rostered = |m: &Model, c: usize| -> f64 {
        let PoolKind::Crews(lines) = &m.centres[c].pools[0].kind else { panic!("not crews") };
        lines.iter().map(|l| l.officers.iter().sum::<u32>()).sum::<u32>() as f64 * 8.0
    };
    for (c, head) in [(2, heads[0]), (3, heads[1])] {
        let available = head * 40.0 * 0.85;
        assert!(rostered(&s.model, c) <= available && rostered(&s.model, c) > available - 8.0);
    }
    let derived = &s.resolved["derived"]["pool"]["local"];
    assert_eq!(derived["A"]["officers"].as_integer(), Some(heads[0] as i64));
    assert_eq!(derived["A"]["officers_by_weekday"].as_table().map(toml::Table::len), Some(3));
    let flat = over(&format!("roster_shape = \"flat\"\n{fragment}"));
    let PoolKind::Crews(lines) = &flat.model.centres[2].pools[0].kind else { panic!("not crews") };
    let all: Vec<u32> = lines.iter().flat_map(|l| l.officers).collect();
    assert!(all.iter().max().expect("some") - all.iter().min().expect("some") <= 1, "{all:?}");
    let each = over(&fragment.replace("officers = 40", "officers_by_centre = [30, 10]"));
    let heads: Vec<f64> = each.model.centres.iter().filter_map(|c| c.headcount).collect();
    assert_eq!(heads, [30.0, 10.0]);
}

#[test]
fn a_single_centre_needs_no_route() {
    let text = example();
    let text = text[..text.find("[[route]]").expect("routes")].replace("centre = \"Los Angeles\"\n", "");
    let start = text.find("[centre.\"Los Angeles\"]").expect("a centre");
    let s = good(Folder::new().load(&text[..start]));
    assert_eq!(s.model.rules.len(), 1);
    assert_eq!(s.model.rules[0].to, Destination::Centre(0));
}
