//! Known answers of servers that are switched on and off: waiting for N, lead times, and busy periods.

use super::support::read;
use poolwise_engine::integral::Count;
use poolwise_engine::model::Model;
use poolwise_engine::outcome::Outcome;
use poolwise_engine::run;
use poolwise_engine::trace::TraceKind;
use poolwise_math::exp;

/// Arrivals an hour; services take an hour on average.
const RATE: f64 = 0.6;
const REPLICATIONS: u32 = 16;

/// A desk at which cases of this law wait; nobody is there but by `rest`.
fn desk(time: &str, officers: u32, rest: &str) -> Model {
    let text = format!(
        "[run]\nstart = 2018-10-01\nhorizon = \"400 weeks\"\nwarm_up = \"1 week\"\nreplications = 1\n\
         [class.c]\nrate = \"{RATE} per hour\"\nstart = \"work\"\n\
         [stage.work]\nservice = {{ role = \"o\", time = {time} }}\nnext = \"out\"\n[stage.out]\nexit = true\n\
         [centre.d]\nlevels = {{ officers = {officers} }}\n[[trigger]]\nname = \"t\"\n{rest}\n"
    );
    read(&text, &[], &[])
}

/// A figure's mean lies within 4 standard errors over the replications, which are less than 3 % of it: a correct program fails once in
/// 860 for each.
#[track_caller]
fn agrees(what: &str, model: &Model, expected: f64, figure: impl Fn(&Outcome) -> f64) {
    let found: Vec<f64> =
        (0..REPLICATIONS).map(|k| figure(&run(model, k, true).unwrap_or_else(|e| panic!("{e}")))).collect();
    let n = f64::from(REPLICATIONS);
    let mean = found.iter().sum::<f64>() / n;
    let variance = found.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
    let error = (variance / n).sqrt();
    assert!(error < 0.03 * expected, "{what}: {error} of {expected} is wide");
    assert!((mean - expected).abs() < 4.0 * error, "{what}: {mean} for {expected}, {error}");
}

fn waiting(model: &Model) -> impl Fn(&Outcome) -> f64 {
    let horizon = model.run.horizon;
    move |outcome| outcome.centres[0].integrals.total(0, Count::Queue) / horizon
}

fn fired_per_hour(model: &Model) -> impl Fn(&Outcome) -> f64 {
    let horizon = model.run.horizon;
    move |outcome| 3_600.0 * outcome.triggers[0].fired as f64 / horizon
}

/// Those who wait where the server comes for N and goes when nobody waits, after the case in hand: the number in an M/G/1 queue
/// and, independent of it, those who are there while nobody is served (Fuhrmann and Cooper 1985, after Yadin and Naor 1963). `left` is the law of those who
/// have come during the last case: with j < N of them the server goes, and j to N - 1 are there for a mean interarrival time each.
fn with_removable_server(n: usize, square: f64, left: impl Fn(usize) -> f64) -> f64 {
    let (mut sum, mut time) = (0.0, 0.0);
    for j in 0..n {
        sum += left(j) * (j..n).map(|there| there as f64).sum::<f64>();
        time += left(j) * (n - j) as f64;
    }
    // Pollaczek and Khinchine.
    RATE * RATE * square / (2.0 * (1.0 - RATE)) + sum / time
}

#[test]
fn a_server_who_comes_for_n_has_the_queue_of_yadin_and_naor() {
    for n in [1, 3, 6] {
        let rule = format!("on = {{ queue = {n} }}\noff = {{ queue = 1 }}\ncall_in = [{{ officers = 1 }}]");
        // Exponential: geometric numbers. Of one length: Poisson.
        let model = desk("{ exponential = \"1 h\" }", 0, &rule);
        let p = RATE / (1.0 + RATE);
        let geometric = |j: usize| (1.0 - p) * (0..j).fold(1.0, |product, _| product * p);
        agrees("exponential", &model, with_removable_server(n, 2.0, geometric), waiting(&model));
        let model = desk("\"1 h\"", 0, &rule);
        let poisson = |j: usize| (1..=j).fold(exp(-RATE), |product, i| product * RATE / i as f64);
        agrees("of one length", &model, with_removable_server(n, 1.0, poisson), waiting(&model));
    }
}

/// The server comes an exponential time after the call: a Markov chain of those who wait and of what the server does, solved here by
/// steps until it stands still.
#[test]
fn a_server_who_comes_after_an_exponential_time_has_its_chain() {
    let (mu, theta, n) = (1.0, 0.5, 3);
    let rule = format!(
        "on = {{ queue = {n} }}\noff = {{ queue = 1 }}\ncall_in = [{{ officers = 1, lead = {{ exponential = \"2 h\" }} }}]"
    );
    let model = desk("{ exponential = \"1 h\" }", 0, &rule);
    // Who waits, and 0: at home; 1: coming; 2: on duty; 3: off duty with the last case; 4: with that case and called again. Once called
    // the server comes, and goes again if the trigger is off by then: it is on from `n` until nobody waits, and nobody takes any before.
    let deep = 150;
    let at = |q: usize, what: usize| q * 5 + what;
    let rate = RATE + mu + theta;
    let mut p = vec![0.0; 5 * (deep + 1)];
    p[at(0, 0)] = 1.0;
    let mut fires = 0.0;
    for _ in 0..60_000 {
        let mut next = vec![0.0; p.len()];
        fires = 0.0;
        for q in 0..=deep {
            let more = (q + 1).min(deep);
            for what in 0..5 {
                let mass = p[at(q, what)];
                let called = more == n && (what == 0 || what == 3);
                fires += if called { mass * RATE } else { 0.0 };
                let came = if called { what + 1 } else { what };
                // The officer who comes takes the first; with none left behind he is off duty at once.
                let begun = |q: usize| if q > 1 { at(q - 1, 2) } else { at(0, 3) };
                let done = match what {
                    2 => begun(q),
                    3 => at(q, 0),
                    4 => at(q, 1),
                    _ => at(q, what),
                };
                let comes = match what {
                    1 => begun(q),
                    // Still at the last case: on duty again, with it.
                    4 => at(q, 2),
                    _ => at(q, what),
                };
                next[at(more, came)] += mass * RATE / rate;
                next[done] += mass * mu / rate;
                next[comes] += mass * theta / rate;
            }
        }
        p = next;
    }
    let wait: f64 = (0..=deep).map(|q| q as f64 * (0..5).map(|w| p[at(q, w)]).sum::<f64>()).sum();
    agrees("waiting", &model, wait, waiting(&model));
    agrees("calls", &model, fires, fired_per_hour(&model));
}

/// A queue of somebody begins when a case comes while one is in service alone, and ends when nobody waits. With exponential services it is a busy
/// period, 1/(mu - lambda) on average; else its mean follows from how often it begins, lambda x P(one in service, nobody waits), and for how
/// much of the time somebody waits. Both by the law of M/G/1: P(1) = (1 - rho)(1/a - 1), a the chance of no arrival in a service.
#[test]
fn a_queue_lasts_for_a_busy_period() {
    let alone = |none: f64| (1.0 - RATE) * (1.0 / none - 1.0);
    let laws = [("{ exponential = \"1 h\" }", alone(1.0 / (1.0 + RATE))), ("\"1 h\"", alone(exp(-RATE)))];
    for (time, one) in laws {
        let model = desk(time, 1, "on = { queue = 1 }");
        agrees("how often", &model, RATE * one, fired_per_hour(&model));
        let length = (RATE - one) / (RATE * one);
        if time != "\"1 h\"" {
            assert!((length - 1.0 / (1.0 - RATE)).abs() < 1e-12);
        }
        agrees("how long", &model, length, |outcome| {
            let flow = &outcome.triggers[0];
            flow.on.iter().sum::<f64>() / (3_600.0 * flow.fired as f64)
        });
    }
}

/// Busy periods read off the services themselves: mean E[S]/(1 - rho), second moment E[S^2]/(1 - rho)^3, and 1/(1 - rho) cases (Takacs 1962,
/// "Introduction to the theory of queues").
#[test]
fn busy_periods_have_the_moments_of_takacs() {
    // Gamma of shape 2: a second moment of 1.5.
    let laws = [
        ("{ exponential = \"1 h\" }", 2.0),
        ("{ gamma = { mean = \"1 h\", cv = 0.707_106_781_186_547_6 } }", 1.5),
        ("\"1 h\"", 1.0),
    ];
    for (time, square) in laws {
        let model = desk(time, 1, "on = { queue = 1_000 }");
        let periods = |outcome: &Outcome| -> Vec<(f64, f64)> {
            let served = outcome.trace.iter().filter(|row| row.kind == TraceKind::Service);
            let mut all: Vec<(f64, f64)> = served.map(|row| (row.started, row.finished)).collect();
            all.sort_by(|a, b| a.0.total_cmp(&b.0));
            let mut found: Vec<(f64, f64, f64)> = Vec::new();
            for (from, until) in all {
                match found.last_mut().filter(|period| period.1 >= from) {
                    Some(period) => (period.1, period.2) = (until, period.2 + 1.0),
                    None => found.push((from, until, 1.0)),
                }
            }
            found.into_iter().map(|(from, until, cases)| ((until - from) / 3_600.0, cases)).collect()
        };
        let mean = |of: fn(&(f64, f64)) -> f64| {
            move |outcome: &Outcome| {
                let all = periods(outcome);
                all.iter().map(of).sum::<f64>() / all.len() as f64
            }
        };
        agrees("mean", &model, 1.0 / (1.0 - RATE), mean(|period| period.0));
        agrees("cases", &model, 1.0 / (1.0 - RATE), mean(|period| period.1));
        let cube = (1.0 - RATE) * (1.0 - RATE) * (1.0 - RATE);
        agrees("second moment", &model, square / cube, mean(|period| period.0 * period.0));
    }
}
