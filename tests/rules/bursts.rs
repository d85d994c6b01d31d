//! Demand that varies by more than chance: days that hang together, places that do, bursts within the day.

use super::support::read;
use poolwise_engine::trace::TraceKind;

const WORK: &str = "[stage.work]\nservice = { role = \"o\", time = { deterministic = \"1 s\" } }\nnext = \"done\"\n\
     [stage.done]\nexit = true\n[centre.c]\nlevels = { officers = 50 }\n[[route]]\nto = \"c\"\n";

/// Counts by interval of so many seconds, of two areas.
fn counts(text: &str, width: f64) -> Vec<[f64; 2]> {
    let model = read(text, &[], &[]);
    let outcome = poolwise_engine::run(&model, 0, true).expect("balanced");
    let n = (model.run.horizon / width) as usize;
    let mut out = vec![[0.0; 2]; n];
    for row in outcome.trace.iter().filter(|r| r.kind == TraceKind::Exit) {
        out[((row.booked / width) as usize).min(n - 1)][row.area.min(1)] += 1.0;
    }
    out
}

/// Variance over mean, lag-one correlation of the first area, and correlation of the two.
fn figures(x: &[[f64; 2]]) -> (f64, f64, f64) {
    let n = x.len() as f64;
    let mean = |i: usize| x.iter().map(|r| r[i]).sum::<f64>() / n;
    let (a, b) = (mean(0), mean(1));
    let dot = |f: &dyn Fn(usize) -> f64, k: usize| (0..k).map(f).sum::<f64>() / n;
    let va = dot(&|i| (x[i][0] - a) * (x[i][0] - a), x.len());
    let vb = dot(&|i| (x[i][1] - b) * (x[i][1] - b), x.len());
    let lag = dot(&|i| (x[i][0] - a) * (x[i + 1][0] - a), x.len() - 1);
    let cross = dot(&|i| (x[i][0] - a) * (x[i][1] - b), x.len());
    (va / a, lag / va, if vb > 0.0 { cross / (va * vb).sqrt() } else { 0.0 })
}

/// Mean 500 a day and area, CV 0.2: variance/mean 1 + 500 x 0.04 = 21, of which 20/21 is the factor's. 2,000 days hang
/// together by 0.5 and areas by 0.4: lag one is 0.5 x 20/21 = 0.476, the areas' correlation 0.4 x 20/21 = 0.381. Standard
/// errors are at most 0.03 for correlations (days that hang together count for fewer: (1 + r^2) / (1 - r^2) = 1.7 times
/// the variance) and 1.2 for the ratio; five of them, false alarms below one in a million.
#[test]
fn days_hang_together_and_so_do_places() {
    let text = format!(
        "[run]\nhorizon = \"2000 days\"\nreplications = 1\n\
         [class.c]\nstart = \"work\"\nrate = \"1000 per day\"\n\
         day_factor = {{ cv = 0.2, autocorrelation = 0.5, correlation = 0.4 }}\n[area.a]\nshare = 1\n[area.b]\nshare = 1\n{WORK}"
    );
    let (ratio, lag, cross) = figures(&counts(&text, 86_400.0));
    assert!((ratio - 21.0).abs() < 6.0, "{ratio}");
    assert!((lag - 0.476).abs() < 0.12, "{lag}");
    assert!((cross - 0.381).abs() < 0.15, "{cross}");
}

/// Counts by hour of mean 4 vary 1.5 times as much as by chance, those of neighbouring hours independently; so do those by
/// half hour where it is asked for. 20,000 hours: the ratio's standard error is about 1.5 x sqrt(2.5 / 20,000) = 0.017.
#[test]
fn bursts_give_counts_the_dispersion_asked_for() {
    let text = |every: &str, dispersion: f64| {
        format!(
            "[run]\nhorizon = \"20000 h\"\nreplications = 1\nwhole_weeks = false\n\
             [class.c]\nstart = \"work\"\nrate = \"4 per hour\"\nbursts = {{ dispersion = {dispersion}, every = \"{every}\" }}\n{WORK}"
        )
    };
    let hourly = counts(&text("1 h", 1.5), 3600.0);
    let (ratio, lag, _) = figures(&hourly);
    assert!((ratio - 1.5).abs() < 0.09, "{ratio}");
    assert!(lag.abs() < 0.036, "{lag}");
    let mean = hourly.iter().map(|x| x[0]).sum::<f64>() / hourly.len() as f64;
    assert!((mean - 4.0).abs() < 5.0 * (6.0_f64 / 20_000.0).sqrt(), "{mean}");
    let (ratio, ..) = figures(&counts(&text("30 min", 3.0), 1800.0));
    assert!((ratio - 3.0).abs() < 0.3, "{ratio}");
    let (ratio, ..) = figures(&counts(&text("1 h", 1.0), 3600.0));
    assert!((ratio - 1.0).abs() < 0.06, "{ratio}");
}

/// A stream like a real one: a profile, a day factor of CV 0.15 with 0.31 from day to day, hours of 1.4. All three at once:
/// hours vary 1.4 + 0.15^2 x m, m being the mean of an hour with itself, 4 x 1.25 for a profile of 0.5 and 1.5.
#[test]
fn all_factors_together_add_up() {
    let text = format!(
        "[run]\nhorizon = \"1500 days\"\nreplications = 1\nwhole_weeks = false\n\
         [class.c]\nstart = \"work\"\nrate = \"4 per hour\"\nprofile = {{ period = \"24 h\", values = [0.5, 1.5] }}\n\
         day_factor = {{ cv = 0.15, autocorrelation = 0.31 }}\nbursts = {{ dispersion = 1.4 }}\n{WORK}"
    );
    let hours = counts(&text, 3600.0);
    let by_half = |night: bool| {
        let own: Vec<[f64; 2]> =
            hours.iter().enumerate().filter(|(i, _)| (i % 24 < 12) == night).map(|(_, x)| *x).collect();
        figures(&own).0
    };
    // Each half of the day by itself has no profile in it.
    assert!((by_half(true) - (1.4 + 0.0225 * 2.0)).abs() < 0.12, "{}", by_half(true));
    assert!((by_half(false) - (1.4 + 0.0225 * 6.0)).abs() < 0.13, "{}", by_half(false));
    let (_, lag, _) = figures(&counts(&text, 86_400.0));
    // Of the variance of a day, 96 x 1.4 + 96^2 x 0.0225 = 134 + 207 (and 3 in common), 0.61 is the factor's.
    assert!((lag - 0.31 * 0.607).abs() < 0.14, "{lag}");
}

#[test]
fn nonsense_is_refused() {
    let text = |more: &str| {
        format!(
            "[run]\nhorizon = \"1 week\"\n[class.c]\nstart = \"work\"\nrate = \"4 per hour\"\n{more}\n{WORK}"
        )
    };
    let refused = |more: &str| {
        let files = poolwise_scenario::Snapshot::of([("s.toml".into(), text(more).into())].into());
        let changes = poolwise_scenario::Overrides::default();
        poolwise_scenario::load_through(&files, "s.toml".as_ref(), &changes)
            .map(|_| ())
            .expect_err(more)
            .render(false)
    };
    assert!(refused("bursts = { dispersion = 0.8 }").contains("at least 1"));
    assert!(refused("bursts = { dispersion = 2, every = \"7 min\" }").contains("divide a day"));
    assert!(refused("day_factor = { cv = 0.1, autocorrelation = 1.0 }").contains("below 1"));
    assert!(refused("day_factor = { cv = 0.1, correlation = 1.5 }").contains("correlation"));
}
