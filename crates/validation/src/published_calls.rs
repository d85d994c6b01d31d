//! Tables beside those in print that go with urgent cases, reserves, clients who call again and callers who leave at once.

use super::bench::{Bench, known, scaled};
use super::published::{CONFIDENCE, Printed, PrintedTable};
use poolwise_stats::Estimate;
use poolwise_study::measures::Section;
use poolwise_theory::{erlang, priority, redial, reserve};

/// Two classes at one server, with and without preemption.
pub(super) fn preemption(bench: &Bench) -> Result<PrintedTable, String> {
    // Services of a minute: 0.2 and 0.6 a minute.
    let exact = known(priority::preemptive_mmc(1, &[0.2, 0.6], 1.0))?;
    let waits = known(priority::mmc(1, &[0.2, 0.6], 1.0))?;
    let mut rows = Vec::new();
    for (rule, discipline, in_system) in [
        ("one after the other", "priority", [waits[0] + 1.0, waits[1] + 1.0]),
        ("cut off, work kept", "preemptive", [exact[0], exact[1]]),
    ] {
        let set = format!("centre.desk.discipline={discipline}");
        let results = bench.simulate("preemptive.toml", &[&set, "run.replications=6"])?;
        for (class, exact) in ["urgent", "routine"].into_iter().zip(in_system) {
            let time = results.at(Section::Class(class.into()), "time_to_completion_mean_hours", CONFIDENCE);
            rows.push(Printed {
                what: format!("{class}, {rule}: mean minutes in the system"),
                print: None,
                exact,
                simulated: Some(scaled(time, 60.0)),
            });
        }
    }
    Ok(PrintedTable {
        title: "One server, urgent and routine cases: 0.2 and 0.6 a minute, services of a minute",
        source: "no print; exact: Cobham 1954, and Miller 1960 where urgent cases cut off others",
        decimals: 3,
        rows,
        cause: "none: there are exact and simulated values only",
    })
}

/// Officers kept free of routine cases.
pub(super) fn reserves(bench: &Bench) -> Result<PrintedTable, String> {
    let mut rows = Vec::new();
    for kept in 0..=3_u32 {
        let (blocked, _) = known(reserve::loss(10, &[(3.0, 0), (5.0, kept)], 1.0))?;
        let set = match kept {
            0 => "centre.desk.reserves=[]".to_owned(),
            kept => format!("centre.desk.reserves=[{{ classes = [\"routine\"], keep_free = {kept} }}]"),
        };
        let results = bench.simulate("reserve.toml", &[&set, "run.replications=4"])?;
        for (class, exact) in ["urgent", "routine"].into_iter().zip(blocked) {
            let share = results.at(Section::Class(class.into()), "turned_away_share", CONFIDENCE);
            rows.push(Printed {
                what: format!("{kept} kept free: {class} turned away"),
                print: None,
                exact,
                simulated: Some(share),
            });
        }
    }
    Ok(PrintedTable {
        title: "Ten officers without a queue, urgent 3 and routine 5 erlangs, some officers kept free of routine cases",
        source: "no print; exact: Schaack and Larson 1986",
        decimals: 5,
        rows,
        cause: "none: there are exact and simulated values only",
    })
}

/// Callers who find no line and call again.
pub(super) fn calls_again(bench: &Bench) -> Result<PrintedTable, String> {
    let mut rows = Vec::new();
    let mut row = |what: &str, exact: f64, simulated: Option<Estimate>| {
        rows.push(Printed { what: what.to_owned(), print: None, exact, simulated });
    };
    let class = || Section::Class("caller".into());
    row("six lines, first calls alone: blocked", erlang::blocking(6, 5.0), None);
    let (blocked, offered) = known(redial::poisson(6, 5.0, 0.85))?;
    row("six lines, all calls as Poisson traffic: blocked", blocked, None);
    row("six lines, all calls as Poisson traffic: erlangs", offered, None);
    for (again, text) in [(6.0, "10 min"), (1.0, "60 min")] {
        let exact = known(redial::loss(6, 300.0, 60.0, 0.85, again))?;
        let set = format!("class.caller.redial.after.exponential={text}");
        let results = bench.simulate("redial.toml", &[&set, "run.replications=4"])?;
        let answered = results.at(class(), "answered_share_of_contacts", CONFIDENCE);
        let blocked = Estimate {
            estimate: 1.0 - answered.estimate,
            lower: 1.0 - answered.upper,
            upper: 1.0 - answered.lower,
            ..answered
        };
        row(&format!("six lines, again after {text}: blocked"), exact.blocked, Some(blocked));
    }
    let single = bench.simulate("redial-single.toml", &["run.replications=6"])?;
    let at = |name: &str| single.at(class(), name, CONFIDENCE);
    row("one line, everybody again: callers between two calls", 4.9, Some(at("between_contacts_mean")));
    row("one line, everybody again: calls after the first", 3.5, Some(at("redials_per_client")));
    row("one line, everybody again: minutes until answered", 7.0, Some(scaled(at("wait_mean_hours"), 60.0)));
    row("one line, everybody again: busy", 0.7, Some(single.desk_at("busy_mean", CONFIDENCE)));
    Ok(PrintedTable {
        title: "Blocked callers who call again: six lines, 5 erlangs of first calls, 85 % again; one line, 0.7 erlangs",
        source: "no print; exact: Falin and Templeton 1997; the shortcut: Cooper 1981, section 3.5",
        decimals: 4,
        rows,
        cause: "the shortcut takes calls again for new ones at random, which is right where they come after a very long time; those who call again \
                after ten services find the lines busy more often",
    })
}

/// Callers of whom one in ten leaves unless served at once.
pub(super) fn leaving_at_once(bench: &Bench) -> Result<PrintedTable, String> {
    // Arrivals an hour, agents, services of 100 s, patience of the others 1,000 s.
    let (arrivals, agents, service, patience) = (270.0, 8, 36.0, 3.6);
    let mut rows = Vec::new();
    for (leave, name) in [(0.1, "one in ten leaves at once"), (0.0, "nobody leaves at once")] {
        let exact = queue_with_leavers(agents, arrivals, service, patience, leave);
        let balking =
            format!("centre.desk.balking={{ at = [0], probability = [{leave}], exit = \"abandoned\" }}");
        let mut sets = vec![
            "class.call.rate=270 per hour",
            "class.call.deadline.after.exponential=1000 s",
            "stage.service.service.time.exponential=100 s",
            "centre.desk.levels.officers=8",
            "run.horizon=26 weeks",
            "run.replications=6",
        ];
        if leave > 0.0 {
            sets.push(&balking);
        }
        let results = bench.simulate("mmc-patience.toml", &sets)?;
        let mut row = |what: &str, exact, simulated| {
            rows.push(Printed { what: format!("{name}: {what}"), print: None, exact, simulated });
        };
        row("wait, or leave at once", exact.p_wait, None);
        row("leave", exact.left, Some(results.exit_at("abandoned", "share", CONFIDENCE)));
        row("mean wait of all who come, seconds", exact.wait * 3_600.0, None);
    }
    Ok(PrintedTable {
        title: "270 calls an hour of 100 s, eight agents, patience exponential of 1,000 s",
        source: "no print; exact: the birth-and-death process of callers present",
        decimals: 5,
        rows,
        cause: "none: there are exact and simulated values only. A run counts the waits of those answered, not of all who come",
    })
}

/// What becomes of callers: all shares of those who come.
struct Leavers {
    p_wait: f64,
    left: f64,
    wait: f64,
}

/// M/M/c+M of whose callers a share leaves unless served at once: a birth-and-death process. Rates an hour.
fn queue_with_leavers(servers: u32, arrivals: f64, service: f64, patience: f64, leave: f64) -> Leavers {
    let c = f64::from(servers);
    let (mut p, mut all, mut waiting, mut queue) = (1.0, 0.0, 0.0, 0.0);
    for n in 0..2_000_u32 {
        all += p;
        if n >= servers {
            waiting += p;
            queue += p * f64::from(n - servers);
        }
        let n = f64::from(n);
        let birth = if n >= c { arrivals * (1.0 - leave) } else { arrivals };
        let death = (n + 1.0).min(c) * service + (n + 1.0 - c).max(0.0) * patience;
        p *= birth / death;
    }
    let (waiting, queue) = (waiting / all, queue / all);
    Leavers { p_wait: waiting, left: leave * waiting + queue * patience / arrivals, wait: queue / arrivals }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_who_leave_at_once_by_two_published_decimals() {
        let some = queue_with_leavers(8, 270.0, 36.0, 3.6, 0.1);
        for (found, known) in [(some.p_wait, 0.567_45), (some.left, 0.082_94), (some.wait * 3_600.0, 26.198)]
        {
            assert!((found / known - 1.0).abs() < 1e-4, "{found} {known}");
        }
        let none = queue_with_leavers(8, 270.0, 36.0, 3.6, 0.0);
        for (found, known) in [(none.p_wait, 0.672_40), (none.left, 0.046_64), (none.wait * 3_600.0, 46.644)]
        {
            assert!((found / known - 1.0).abs() < 2e-4, "{found} {known}");
        }
    }
}
