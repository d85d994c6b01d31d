//! Rules that react to the state of a centre.

use super::support::{Run, close, csv, read, run_with, starts};
use poolwise_engine::integral::Count;
use poolwise_engine::run;
use poolwise_engine::trace::{TraceKind, TraceRow};

/// Cases of an hour (or so long) at a desk with this rest, at these hours.
fn desk(rest: &str, time: &str, arrivals: &[f64]) -> Run {
    let text = format!(
        "[run]\nstart = 2018-10-01\nhorizon = \"48 h\"\nreplications = 1\nwhole_weeks = false\nanswer_within = \"30 min\"\n\
         [class.c]\nstart = \"work\"\ntrace = {{ file = \"a.csv\", kind = \"times\", column = \"time\" }}\n\
         [stage.work]\nservice = {{ role = \"o\", time = \"{time}\" }}\nnext = \"out\"\n\
         [stage.out]\nexit = true\n[stage.away]\nexit = true\n{rest}"
    );
    run_with(&text, &[("a.csv", &csv(arrivals))], &[])
}

const ONE: [&str; 2] = [
    "[centre.d]\nlevels = { officers = 1 }\n",
    "[centre.d]\nshifts = [{ start = \"00:00\", length = \"24 h\", officers = 1 }]\n",
];

/// How often the first trigger went on, and for how many hours it was.
fn fired(run: &Run) -> (u64, f64) {
    let flow = &run.outcome.triggers[0];
    (flow.fired, flow.on.iter().sum::<f64>() / 3_600.0)
}

/// How often its officers were called, and officer-hours of theirs.
fn called(run: &Run) -> (u64, f64) {
    let flow = &run.outcome.triggers[0].calls[0];
    (flow.called, flow.officer_seconds / 3_600.0)
}

#[test]
fn officers_are_called_in_by_a_queue_and_go_when_it_is_short() {
    for one in ONE {
        let trigger = "[[trigger]]\nname = \"busy\"\non = { queue = 3 }\noff = { queue = 1 }\n\
                       call_in = [{ officers = 1, lead = \"30 min\", stay = \"2 h\" }]\n";
        // Five at 1: one begun, four wait, so that it goes on at 1, and the second officer is there at 1.5. At 3 the last is begun
        // and it goes off. The second officer stays until 3.5, the end of the two hours, and of a case.
        let found = desk(&format!("{one}{trigger}"), "1 h", &[1.0; 5]);
        assert_eq!(starts(&found, "work"), [1.0, 1.5, 2.0, 2.5, 3.0]);
        assert_eq!(fired(&found), (1, 2.0));
        assert_eq!(called(&found), (1, 2.0));
        // On duty: the desk's own all along, and two hours of the one on call.
        close(found.hours("d", Count::OnDuty), 48.0 + 2.0);
        close(found.hours("d", Count::Overtime), 0.0);
    }
}

#[test]
fn who_is_called_again_before_leaving_stays() {
    let trigger =
        "[[trigger]]\nname = \"busy\"\non = { queue = 2 }\ncall_in = [{ officers = 1, stay = \"3 h\" }]\n";
    for one in ONE {
        // On at 1 for an instant, as the second officer takes one of the two; the others wait to 2. On again at 3, and no call.
        let found = desk(&format!("{one}{trigger}"), "1 h", &[1.0, 1.0, 1.0, 3.0, 3.0, 3.0, 3.0]);
        assert_eq!(starts(&found, "work"), [1.0, 1.0, 2.0, 3.0, 3.0, 4.0, 4.0]);
        assert_eq!(fired(&found), (2, 1.0));
        // From 1 to 4, when the last two are begun; the case in hand then is finished in overtime.
        assert_eq!(called(&found), (1, 3.0));
        close(found.hours("d", Count::Overtime), 1.0);
    }
}

#[test]
fn the_oldest_wait_puts_it_on_at_that_instant() {
    let trigger =
        "[[trigger]]\nname = \"late\"\non = { oldest = \"45 min\" }\ncall_in = [{ officers = 2 }]\n";
    for one in ONE {
        // The second has waited for 45 min at 1.75: two come, take both, and go after it.
        let found = desk(&format!("{one}{trigger}"), "2 h", &[1.0, 1.0, 1.5]);
        assert_eq!(starts(&found, "work"), [1.0, 1.75, 1.75]);
        assert_eq!(fired(&found), (1, 0.0));
        close(found.hours("d", Count::Overtime), 4.0);
    }
}

#[test]
fn the_share_answered_in_the_last_hour_counts_those_begun_and_gone() {
    let trigger =
        "[[trigger]]\nname = \"poor\"\non = { answered_below = 0.5 }\ncall_in = [{ officers = 1 }]\n";
    for one in ONE {
        // In time is half an hour. Begun at 1 after nothing, 1.4 after 24 min, 1.8 after 48 and 2.2 after 72 min: the share is 1, 1, 2/3,
        // and at 2.2, where that of 1 is more than an hour ago, 1/3: on. The second officer takes the fifth at once.
        let found = desk(&format!("{one}{trigger}"), "24 min", &[1.0; 5]);
        let expected = [1.0, 1.4, 1.8, 2.2, 2.2];
        starts(&found, "work").iter().zip(expected).for_each(|(found, expected)| close(*found, expected));
        // Off when the last late one is an hour old: at 3.2.
        let (times, hours) = fired(&found);
        assert_eq!(times, 1);
        close(hours, 1.0);
        close(called(&found).1, 1.0);
    }
}

/// Instants that are no round numbers: what is an hour old leaves the share at that very instant.
#[test]
fn the_share_answered_is_of_the_last_hour_at_any_instant() {
    let text = "[run]\nhorizon = \"1 week\"\nwarm_up = \"0 h\"\nreplications = 1\nanswer_within = \"10 min\"\n\
                [class.c]\nrate = \"4 per hour\"\nstart = \"work\"\n\
                [stage.work]\nservice = { role = \"o\", time = { exponential = \"12 min\" } }\nnext = \"out\"\n[stage.out]\nexit = true\n\
                [centre.d]\nlevels = { officers = 1 }\n\
                [[trigger]]\nname = \"poor\"\non = { answered_below = 0.7 }\ncall_in = [{ officers = 1 }]\n";
    let run = run_with(text, &[], &[]);
    // Worked out anew: it is on where fewer than 7 of 10 of those begun within the hour before had waited for 10 minutes at most.
    let begun = |row: &&TraceRow| matches!(row.kind, TraceKind::Service | TraceKind::InService);
    let fates = run.outcome.trace.iter().filter(begun);
    let fates: Vec<(f64, bool)> =
        fates.map(|row| (row.started, row.started - row.reached <= 600.0)).collect();
    let end = 7.0 * 86_400.0;
    let mut instants: Vec<f64> =
        fates.iter().flat_map(|fate| [fate.0, fate.0 + 3_600.0]).filter(|t| *t < end).collect();
    instants.sort_by(f64::total_cmp);
    instants.push(end);
    let (mut times, mut seconds, mut was_on) = (0, 0.0, false);
    for (from, until) in instants.iter().zip(&instants[1..]).filter(|(from, until)| from < until) {
        let within = fates.iter().filter(|fate| fate.0 <= *from && fate.0 + 3_600.0 > *from);
        let (all, in_time) = within.fold((0, 0), |sum, fate| (sum.0 + 1, sum.1 + u32::from(fate.1)));
        let on = all > 0 && f64::from(in_time) < 0.7 * f64::from(all);
        times += u64::from(on && !was_on);
        seconds += if on { until - from } else { 0.0 };
        was_on = on;
    }
    let found = fired(&run);
    assert!(times > 20, "{times}");
    close(found.1, seconds / 3_600.0);
    // At some instants whoever comes at once takes somebody in time: on for no time, which here is not seen.
    assert!((times..times + 20).contains(&found.0), "{found:?} {times}");
}

#[test]
fn the_share_answered_puts_it_on_in_its_hours_alone() {
    // As above, in hours that end before 2.2, and in ones that begin at 3: on from then to 3.2.
    for (hours, times, on) in [("00:00-02:00", 0, 0.0), ("03:00-24:00", 1, 0.2)] {
        let trigger = format!(
            "[[trigger]]\nname = \"poor\"\nhours = \"{hours}\"\non = {{ answered_below = 0.5 }}\ncall_in = [{{ officers = 1 }}]\n"
        );
        let found = desk(&format!("{}{trigger}", ONE[0]), "24 min", &[1.0; 4]);
        assert_eq!(fired(&found).0, times);
        close(fired(&found).1, on);
    }
}

#[test]
fn hours_alone_put_it_on() {
    let trigger = "[[trigger]]\nname = \"rush\"\nhours = \"Mon 16:00-18:00\"\ncall_in = [{ officers = 1 }]\n";
    for one in ONE {
        let found = desk(&format!("{one}{trigger}"), "1 h", &[15.5, 15.5, 17.75, 17.75, 17.75]);
        // The second is there from 16 to 18, and finishes at 18.75 what was begun at 17.75.
        assert_eq!(starts(&found, "work"), [15.5, 16.0, 17.75, 17.75, 18.75]);
        assert_eq!((fired(&found), called(&found)), ((1, 2.0), (1, 2.0)));
        let hours = found.outcome.triggers[0].on;
        assert_eq!((hours[15], hours[16], hours[17], hours[18]), (0.0, 3_600.0, 3_600.0, 0.0));
    }
}

#[test]
fn a_closed_gate_turns_away_who_would_have_to_wait() {
    let trigger = "[[trigger]]\nname = \"full\"\non = { queue = 2 }\noff = { queue = 1 }\nclose = [{ exit = \"away\" }]\n";
    for one in ONE {
        // On at 1 with two who wait; one at 1.5 is turned away. At 3 nobody waits: off. The one at 3.5 waits again.
        let found = desk(&format!("{one}{trigger}"), "1 h", &[1.0, 1.0, 1.0, 1.5, 3.5]);
        assert_eq!(starts(&found, "work"), [1.0, 2.0, 3.0, 4.0]);
        assert_eq!(found.exits("away"), [1.5]);
        assert_eq!(fired(&found), (1, 2.0));
    }
}

#[test]
fn a_route_opens_while_it_is_on() {
    for one in ONE {
        let rest = format!(
            "{one}[centre.help]\nlevels = {{ officers = 1 }}\n\
             [[trigger]]\nname = \"busy\"\nat = \"d\"\non = {{ queue = 2 }}\noff = {{ queue = 1 }}\n\
             [[route]]\nto = \"help\"\ntrigger = \"busy\"\n[[route]]\nto = \"d\"\n"
        );
        // On at 1 after the third; what comes at 1.25 goes to help, and what comes at 3.5, when it is off, to the desk.
        let found = desk(&rest, "1 h", &[1.0, 1.0, 1.0, 1.25, 3.5]);
        let served: Vec<&str> = found.served_at("work").iter().map(|s| s.1).collect();
        assert_eq!(served, ["d", "d", "d", "help", "d"]);
    }
}

/// One officer, a second on call from three who wait on until nobody waits, who finishes the case in hand: a Markov chain of those
/// who wait, of whether the first is at work, and of the second (at home, finishing, or on), solved here. Each of three
/// figures lies within 4 standard errors over 16 replications: a correct program fails once in 600.
#[test]
fn a_second_server_switched_in_by_the_queue_has_its_chain() {
    let (lambda, mu) = (1.1, 1.0);
    let text = format!(
        "[run]\nstart = 2018-10-01\nhorizon = \"40 weeks\"\nwarm_up = \"1 week\"\nreplications = 1\n\
         [class.c]\nrate = \"{lambda} per hour\"\nstart = \"work\"\n\
         [stage.work]\nservice = {{ role = \"o\", time = {{ exponential = \"1 h\" }} }}\nnext = \"out\"\n[stage.out]\nexit = true\n\
         [centre.d]\nlevels = {{ officers = 1 }}\n\
         [[trigger]]\nname = \"busy\"\non = {{ queue = 3 }}\noff = {{ queue = 1 }}\ncall_in = [{{ officers = 1 }}]\n"
    );
    let model = read(&text, &[], &[]);
    // States: on with q = 1.. waiting; off with q = 0..2, the first at work or not, the second finishing or not.
    let deep = 120;
    let on = |q: usize| q - 1;
    let off = |q: usize, first: usize, finishing: usize| deep + q * 4 + first * 2 + finishing;
    let states = deep + 12;
    let rate = lambda + 2.0 * mu;
    let mut p = vec![0.0; states];
    p[off(0, 0, 0)] = 1.0;
    let mut fires = 0.0;
    for _ in 0..60_000 {
        let mut next = vec![0.0; states];
        fires = 0.0;
        let mut go = |from: f64, to: usize, by: f64| next[to] += from * by / rate;
        for q in 1..=deep {
            let mass = p[on(q)];
            go(mass, on((q + 1).min(deep)), lambda);
            go(mass, if q > 1 { on(q - 1) } else { off(0, 1, 1) }, 2.0 * mu);
        }
        for q in 0..3 {
            for first in 0..2 {
                for finishing in 0..2 {
                    let mass = p[off(q, first, finishing)];
                    if mass == 0.0 {
                        continue;
                    }
                    let arrived = match (first, q) {
                        (0, _) => off(q, 1, finishing),
                        // The third who waits: the second officer takes one, unless still at the case from before.
                        (_, 2) => on(if finishing == 1 { 3 } else { 2 }),
                        _ => off(q + 1, 1, finishing),
                    };
                    if first == 1 && q == 2 {
                        fires += mass * lambda;
                    }
                    go(mass, arrived, lambda);
                    let done = match (first, q) {
                        (0, _) => off(q, first, finishing),
                        (_, 0) => off(0, 0, finishing),
                        _ => off(q - 1, 1, finishing),
                    };
                    go(mass, done, mu);
                    go(mass, off(q, first, 0), mu);
                }
            }
        }
        p = next;
    }
    let waiting: f64 = (1..=deep).map(|q| q as f64 * p[on(q)]).sum::<f64>()
        + (1..3).map(|q| q as f64 * (0..2).map(|f| p[off(q, 1, f)]).sum::<f64>()).sum::<f64>();
    let on_share: f64 = p[..deep].iter().sum();
    let n = 16;
    let outcomes: Vec<_> = (0..n).map(|k| run(&model, k, false).unwrap_or_else(|e| panic!("{e}"))).collect();
    let window = model.run.horizon;
    let figures: [(&str, f64, Vec<f64>); 3] = [
        (
            "waiting",
            waiting,
            outcomes.iter().map(|o| o.centres[0].integrals.total(0, Count::Queue) / window).collect(),
        ),
        ("on", on_share, outcomes.iter().map(|o| o.triggers[0].on.iter().sum::<f64>() / window).collect()),
        ("fired", fires, outcomes.iter().map(|o| o.triggers[0].fired as f64 * 3_600.0 / window).collect()),
    ];
    for (what, expected, found) in figures {
        let mean = found.iter().sum::<f64>() / f64::from(n);
        let variance = found.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / f64::from(n - 1);
        let error = (variance / f64::from(n)).sqrt();
        assert!(error < 0.03 * expected, "{what}: {error} of {expected} is wide");
        assert!((mean - expected).abs() < 4.0 * error, "{what}: {mean} for {expected}, {error}");
    }
}

/// Cases of an hour at `d`, whose trigger moves officers of `a`, where others come.
fn two_desks(a: &str, order: &str, at_d: &[f64], at_a: &[f64]) -> Run {
    let text = format!(
        "[run]\nstart = 2018-10-01\nhorizon = \"24 h\"\nreplications = 1\nwhole_weeks = false\n\
         [class.c]\nstart = \"work\"\ntrace = {{ file = \"c.csv\", kind = \"times\", column = \"time\" }}\n\
         [class.b]\nstart = \"other\"\ntrace = {{ file = \"b.csv\", kind = \"times\", column = \"time\" }}\n\
         [stage.work]\nservice = {{ role = \"o\", time = \"1 h\" }}\nnext = \"out\"\n\
         [stage.other]\nservice = {{ role = \"o\", time = \"1 h\" }}\nnext = \"out\"\n[stage.out]\nexit = true\n\
         [centre.a]\n{a}\n[centre.d]\nlevels = {{ officers = 1 }}\n\
         [[trigger]]\nname = \"help\"\nat = \"d\"\non = {{ queue = 2 }}\noff = {{ queue = 1 }}\nmove_officers = [{{ from = \"a\", {order} }}]\n\
         [[route]]\nclasses = [\"c\"]\nto = \"d\"\n[[route]]\nto = \"a\"\n"
    );
    run_with(&text, &[("c.csv", &csv(at_d)), ("b.csv", &csv(at_a))], &[])
}

/// How many were moved, and hours that they were there.
fn moved(run: &Run) -> (u64, f64) {
    let flow = &run.outcome.triggers[0].moves[0];
    (flow.called, flow.officer_seconds / 3_600.0)
}

const TWO: &str = "shifts = [{ start = \"00:00\", length = \"24 h\", officers = 2 }]";

#[test]
fn officers_travel_help_and_travel_back() {
    // On at 1 with four who wait; one comes at 1.25 and takes the next. At 3 nobody waits: off. The case in hand ends at 3.25, and
    // the officer is back at 3.5, where the second of two that came at 3.3 waits.
    let run = two_desks(TWO, "officers = 1, travel = \"15 min\"", &[1.0; 5], &[3.3, 3.3]);
    assert_eq!(starts(&run, "work"), [1.0, 1.25, 2.0, 2.25, 3.0]);
    let other = starts(&run, "other");
    close(other[0], 3.3);
    close(other[1], 3.5);
    assert_eq!(moved(&run), (1, 1.75));
    close(run.hours("d", Count::Overtime), 0.25);
    close(run.hours("a", Count::OnDuty), 48.0 - 2.5);
    close(run.hours("d", Count::OnDuty), 24.0 + 1.75);
}

#[test]
fn who_is_wanted_again_before_leaving_stays_there() {
    // As above until 3, when nobody waits and the guest has a case until 3.25. Two wait again from 3.2 on: the guest stays, takes one at
    // 3.25, and is back at 4.5, a quarter of an hour after it; off at 4. Nobody else is sent.
    let run = two_desks(
        TWO,
        "officers = 1, travel = \"15 min\"",
        &[1.0, 1.0, 1.0, 1.0, 1.0, 3.1, 3.2],
        &[3.3, 3.3, 3.3],
    );
    assert_eq!(starts(&run, "work"), [1.0, 1.25, 2.0, 2.25, 3.0, 3.25, 4.0]);
    assert_eq!(starts(&run, "other"), [3.3, 4.3, 4.5]);
    let (times, hours) = moved(&run);
    assert_eq!(times, 1);
    close(hours, 1.75 + 0.8);
    close(run.hours("d", Count::Overtime), 0.2 + 0.25);
    close(run.hours("a", Count::OnDuty), 48.0 - 3.5);
    // At 3.3 already on the way back, with an hour to travel: another goes.
    let run = two_desks(TWO, "officers = 1, travel = \"1 h\"", &[1.0, 1.0, 1.0, 3.25, 3.3, 3.3], &[]);
    assert_eq!(moved(&run).0, 2);
}

#[test]
fn an_hour_on_call_costs_its_premium_and_each_call_in_its_allowance() {
    // Two come for an hour at 1 and at 5 (on and off at once, they stay for an hour): four hours, and four times a quarter of one.
    let paid = |premium: &str, allowance: &str| {
        let trigger = format!(
            "[centre.d]\nlevels = {{ officers = 1 }}\n[[trigger]]\nname = \"busy\"\non = {{ queue = 2 }}\n\
             call_in = [{{ officers = 2, stay = \"1 h\"{premium}{allowance} }}]\n"
        );
        let found = desk(&trigger, "1 h", &[1.0, 1.0, 1.0, 5.0, 5.0, 5.0]);
        assert_eq!(called(&found), (2, 4.0));
        let rows = poolwise_study::measures::measure(&found.model, &found.outcome);
        let of = |(key, value): &(poolwise_study::measures::Key, poolwise_study::measures::Value)| {
            key.is(&["on_call_paid_hours_per_week".to_owned()]).then(|| match value {
                poolwise_study::measures::Value::Ratio(hours, weeks) => hours / weeks,
                _ => f64::NAN,
            })
        };
        // Of two days of seven.
        rows.iter().find_map(of).expect("a measure") * 2.0 / 7.0
    };
    close(paid("", ""), 4.0);
    close(paid(", premium = 0.5", ""), 6.0);
    close(paid("", ", allowance = \"15 min\""), 5.0);
    close(paid(", premium = 0.5", ", allowance = \"15 min\""), 7.5);
}

#[test]
fn who_is_at_work_comes_after_the_case_in_hand_if_still_wanted() {
    // Both of `a` are at work until 1.5 and 1.75: the first is there at 1.75, and the second at 2.
    let run = two_desks(TWO, "officers = 2, travel = \"15 min\"", &[1.0; 5], &[0.5, 0.75]);
    assert_eq!(starts(&run, "work"), [1.0, 1.75, 2.0, 2.0, 2.75]);
    assert_eq!(moved(&run).0, 2);
    // One alone at `a`: at work until 1.9, when another case comes there, which waits for the return at 2.9.
    let one = "shifts = [{ start = \"00:00\", length = \"24 h\", officers = 1 }]";
    let run = two_desks(one, "officers = 1", &[1.0, 1.0, 1.0], &[0.9, 1.9]);
    assert_eq!(starts(&run, "work"), [1.0, 1.9, 2.0]);
    assert_eq!(starts(&run, "other"), [0.9, 2.9]);
}

#[test]
fn who_has_a_place_free_takes_no_more_before_leaving() {
    let both = "shifts = [{ start = \"00:00\", length = \"24 h\", officers = 1 }]\nconcurrency = { cases = 2, slower = [1.0, 1.0] }";
    // One case in hand until 1.5, and room for another: the one that comes at 1.25 waits for the return. There from 1.5 to 3, when
    // nobody waits any more at `d`, and until 3.5 with a case.
    let run = two_desks(both, "officers = 1", &[1.0; 5], &[0.5, 1.25]);
    assert_eq!(starts(&run, "work"), [1.0, 1.5, 2.0, 2.5, 3.0]);
    assert_eq!(starts(&run, "other"), [0.5, 3.5]);
    assert_eq!(moved(&run), (1, 1.5));
    // Wanted from 1 to 3, while the case in hand goes on to 3.9: then the place is free again for one that came at 2.5.
    let run = two_desks(
        &both.replace("slower = [1.0, 1.0]", "slower = [3.0, 3.0]"),
        "officers = 1",
        &[1.0; 3],
        &[0.9, 2.5],
    );
    assert_eq!(starts(&run, "work"), [1.0, 2.0, 3.0]);
    assert_eq!(starts(&run, "other"), [0.9, 3.0]);
}

#[test]
fn the_end_of_the_shift_at_home_ends_the_move() {
    // The shift at `a` ends at 2: the guest, begun at 1.25 and again at 2.25 otherwise, finishes the first case and goes.
    let until_two = "shifts = [{ start = \"00:00\", length = \"2 h\", officers = 1 }]";
    let run = two_desks(until_two, "officers = 1, travel = \"15 min\"", &[1.0; 5], &[]);
    assert_eq!(starts(&run, "work"), [1.0, 1.25, 2.0, 3.0, 4.0]);
    assert_eq!(moved(&run), (1, 0.75));
    close(run.hours("d", Count::Overtime), 0.25);
}

#[test]
fn the_next_shift_at_home_sends_another() {
    // On from 1, with nobody at `a` before 1.5; that officer is there from 1.75 until 2.5, finishes at 2.75, and the next comes at 2.75.
    let two = "shifts = [{ start = \"01:30\", length = \"1 h\", officers = 1 }, { start = \"02:30\", length = \"20 h\", officers = 1 }]";
    let run = two_desks(two, "officers = 1, travel = \"15 min\"", &[1.0; 7], &[]);
    assert_eq!(starts(&run, "work"), [1.0, 1.75, 2.0, 2.75, 3.0, 3.75, 4.0]);
    // Off at 4, when nobody waits any more.
    assert_eq!(moved(&run), (2, 0.75 + 1.25));
    close(run.hours("d", Count::Overtime), 0.25 + 0.75);
}

#[test]
fn officers_may_change_their_role_where_they_are() {
    let text = "[run]\nstart = 2018-10-01\nhorizon = \"24 h\"\nreplications = 1\nwhole_weeks = false\n\
         [class.c]\nstart = \"work\"\ntrace = { file = \"c.csv\", kind = \"times\", column = \"time\" }\n\
         [class.b]\nstart = \"other\"\ntrace = { file = \"b.csv\", kind = \"times\", column = \"time\" }\n\
         [stage.work]\nservice = { role = \"o\", time = \"1 h\" }\nnext = \"out\"\n\
         [stage.other]\nservice = { role = \"p\", time = \"1 h\" }\nnext = \"out\"\n[stage.out]\nexit = true\n\
         [centre.d]\nshifts = [{ name = \"o\", start = \"00:00\", length = \"24 h\", officers = 1, roles = [\"o\"] }, \
         { name = \"p\", start = \"00:00\", length = \"24 h\", officers = 1, roles = [\"p\"] }]\n\
         [[trigger]]\nname = \"help\"\nrole = \"o\"\non = { queue = 2 }\noff = { queue = 1 }\n\
         move_officers = [{ from = \"d\", roles = [\"o\"], officers = 2 }]\n";
    let run = run_with(text, &[("c.csv", &csv(&[1.0; 3])), ("b.csv", &csv(&[1.5, 2.5]))], &[]);
    // At 1 the one of `p` helps, and takes a second case at 2, when nobody waits for `o` any more. Back at 3, where two wait.
    assert_eq!(starts(&run, "work"), [1.0, 1.0, 2.0]);
    assert_eq!(starts(&run, "other"), [3.0, 4.0]);
    assert_eq!(moved(&run), (1, 1.0));
}

#[test]
fn a_break_that_falls_due_before_the_move_is_taken_after_it() {
    let with = |rest: &str| {
        format!(
            "shifts = [{{ start = \"00:00\", length = \"24 h\", officers = 1, breaks = [{{ after = \"75 min\", length = \"30 min\" }}] }}]\n{rest}"
        )
    };
    // Sent at 1 with a case in hand until 1.9, due for a break at 1.25: helps until 2.9, and is on the break until 3.4.
    let run = two_desks(&with(""), "officers = 1", &[1.0; 3], &[0.9, 1.9]);
    assert_eq!(starts(&run, "work"), [1.0, 1.9, 2.0]);
    assert_eq!(starts(&run, "other"), [0.9, 3.4]);
    close(run.hours("a", Count::OnDuty), 24.0 - 1.0 - 0.5);
    // Wanted until 3, with a case in hand until 3.9, and room for another: no move, and the break after that case.
    let both = with("concurrency = { cases = 2, slower = [3.0, 3.0] }");
    let run = two_desks(&both, "officers = 1", &[1.0; 3], &[0.9, 2.5]);
    assert_eq!(starts(&run, "work"), [1.0, 2.0, 3.0]);
    assert_eq!(starts(&run, "other"), [0.9, 4.4]);
    close(run.hours("a", Count::OnDuty), 24.0 - 0.5);
}

#[test]
fn whose_shift_ends_before_leaving_is_not_moved() {
    // The shift ends at 2, the case in hand at 3.9, in overtime; the next day's officer is not away.
    let until_two = "shifts = [{ start = \"00:00\", length = \"2 h\", officers = 1 }]\nconcurrency = { cases = 2, slower = [3.0, 3.0] }";
    let run = two_desks(until_two, "officers = 1", &[1.0; 6], &[0.9]);
    assert_eq!(starts(&run, "work"), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    assert_eq!(moved(&run), (1, 0.0));
    close(run.hours("a", Count::Overtime), 1.9);
    close(run.hours("a", Count::OnDuty), 2.0);
}

#[test]
fn firings_are_counted_by_hour_of_the_week() {
    let trigger = "[[trigger]]\nname = \"busy\"\non = { queue = 2 }\ncall_in = [{ officers = 1 }]\n";
    // On Monday on at 1 and at 3, and on Tuesday at 3.5, each time for an instant or an hour.
    let found =
        desk(&format!("{}{trigger}", ONE[0]), "1 h", &[1.0, 1.0, 1.0, 3.0, 3.0, 3.0, 3.0, 27.5, 27.5, 27.5]);
    let flow = &found.outcome.triggers[0];
    assert_eq!(flow.fired, 3);
    let hours: Vec<usize> = (0..168).filter(|h| flow.fired_by_hour[*h] > 0).collect();
    assert_eq!(hours, [1, 3, 27]);
    assert!(hours.iter().all(|h| flow.fired_by_hour[*h] == 1));
}

#[test]
fn a_desk_may_have_officers_on_call_alone() {
    let nobody = "[centre.d]\nlevels = { officers = 0 }\n";
    let trigger = "[[trigger]]\nname = \"busy\"\non = { queue = 2 }\noff = { queue = 1 }\ncall_in = [{ officers = 1, lead = \"30 min\" }]\n";
    // Two wait at 2; the officer is there at 2.5 until nobody waits, at 3.5, and goes after that case. The last waits for a second.
    let found = desk(&format!("{nobody}{trigger}"), "1 h", &[1.0, 2.0, 5.0]);
    assert_eq!(starts(&found, "work"), [2.5, 3.5]);
    assert_eq!(called(&found), (1, 1.0));
    close(found.hours("d", Count::Overtime), 1.0);
}
