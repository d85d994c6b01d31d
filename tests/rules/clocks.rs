//! Clocks of a request: deadline, pick-up, completion, service level, loss, rework.

use super::support::{close, head, run_at, run_with};
use poolwise_engine::time::HOUR;

fn custody(deadline_hours: f64) -> String {
    format!(
        "{}deadline = {{ after = {{ deterministic = \"{deadline_hours} h\" }}, until = \"sign\", exit = \"released\" }}\n\
         [stage.booking]\ndelay = {{ deterministic = \"1 h\" }}\nnext = \"research\"\n\
         [stage.research]\nservice = {{ role = \"o\", time = {{ deterministic = \"2 h\" }} }}\nstarts_clock = true\nnext = \"sign\"\n\
         [stage.sign]\nservice = {{ role = \"o\", time = {{ deterministic = \"1 h\" }} }}\ndone = true\nnext = \"custody\"\n\
         [stage.custody]\ndelay = {{ deterministic = \"10 h\" }}\n\
         pickup_clock = {{ hold = \"48 h\", exit = \"lapsed\" }}\nnext = \"collected\"\n\
         [stage.collected]\nexit = true\n[stage.lapsed]\nexit = true\n[stage.released]\nexit = true\n\
         [centre.c]\nlevels = {{ officers = 1 }}\n[[route]]\nto = \"c\"\n",
        head(240.0, "booking")
    )
}

#[test]
fn the_deadline_counts_from_booking_and_a_detainer_lodged_in_time_cancels_it() {
    // Booked at 0, signed at 4 exactly: what is finished at the deadline is in time.
    let met = run_at(&custody(4.0), &[0.0]);
    assert_eq!(met.exits("collected"), [14.0]);
    assert_eq!((met.outcome.total.met_deadline, met.outcome.total.lost), (1, 0));
    // A minute earlier the case is dropped in the middle of the signature, and its officer is free.
    let lost = run_at(&custody(3.5), &[0.0, 0.4]);
    assert_eq!(lost.exits("released"), [3.5, 3.9]);
    assert_eq!(lost.outcome.total.met_deadline, 0);
}

#[test]
fn a_loss_that_no_waiting_would_have_saved_is_not_avoidable() {
    // 3.5 h is less than the 4 h that the case takes by itself: lost anyway.
    let anyway = run_at(&custody(3.5), &[0.0]);
    assert_eq!((anyway.outcome.total.lost, anyway.outcome.total.lost_anyway), (1, 1));
    // 6 h would do, and do for the first (researched 1-3, signed 5-6 after the other's research), but the
    // second is signed only after it: avoidable.
    let avoidable = run_at(&custody(6.0), &[0.0, 0.0]);
    assert_eq!((avoidable.outcome.total.lost, avoidable.outcome.total.lost_anyway), (1, 0));
    assert_eq!(avoidable.outcome.total.met_deadline, 1);
}

#[test]
fn losses_count_only_requests_whose_drawn_outcome_needs_the_deadline() {
    // Half of the requests end without action. All are released after 1.5 h, in research.
    let text = custody(1.5).replace(
        "starts_clock = true\nnext = \"sign\"",
        "starts_clock = true\nnext = [{ to = \"sign\", probability = 0.5 }, { to = \"collected\" }]",
    );
    let times: Vec<f64> = (0..200).map(|k| f64::from(k) * 0.5).collect();
    let run = run_at(&text, &times);
    let released = run.exits("released").len() as u64;
    assert_eq!(released, 200);
    let lost = run.outcome.total.lost;
    // Binomial(200, 0.5): five standard deviations, one false alarm in two million.
    assert!((lost as f64 - 100.0).abs() < 5.0 * 50.0_f64.sqrt(), "{lost}");
}

#[test]
fn the_hold_ends_48_hours_after_the_drawn_release() {
    let late = |delay: &str, extra: &str| {
        custody(20.0)
            .replace(
                "delay = { deterministic = \"10 h\" }",
                &format!("delay = {{ deterministic = \"{delay}\" }}"),
            )
            .replace("hold = \"48 h\"", &format!("hold = \"48 h\"{extra}"))
    };
    // Signed at 4, released at 20: the hold ends at 68. A pick-up 64 h after signing is just in time.
    assert_eq!(run_at(&late("64 h", ""), &[0.0]).exits("collected"), [68.0]);
    assert_eq!(run_at(&late("65 h", ""), &[0.0]).exits("lapsed"), [68.0]);
    // Booked on Friday at 12:00, released on Saturday at 08:00: business days only count from Monday
    // 00:00 (hour 168), so the hold ends on Wednesday 00:00.
    assert_eq!(run_at(&late("200 h", ", business_days = true"), &[108.0]).exits("lapsed"), [216.0]);
    // With Monday a holiday, a day later.
    let text =
        late("200 h", ", business_days = true").replace("target =", "holidays = [2018-10-08]\ntarget =");
    let run =
        run_with(&text.replace("240 h", "300 h"), &[("arrivals.csv", &super::support::csv(&[108.0]))], &[]);
    assert_eq!(run.exits("lapsed"), [240.0]);
}

#[test]
fn completion_counts_from_research_and_the_service_level_is_a_ratio_of_sums() {
    // Target 3 h (3 h of work after reaching research). Requests reach it at 1, 1 and 238 of 240.
    let text = custody(500.0).replace("target = \"1 h\"", "target = \"3 h\"");
    let run = run_at(&text, &[0.0, 0.0, 237.0]);
    let flow = &run.outcome.total;
    // FIFO over roles: research of both (1-3, 3-5), then signatures (5-6, 6-7): 5 h and 6 h.
    close(flow.completion_sum / HOUR, 5.0 + 6.0);
    // The third started its clock less than T before the end: no case. Neither of the two is met.
    assert_eq!((flow.target_cases, flow.target_met), (2, 0));
    let alone = run_at(&text, &[0.0, 100.0]);
    assert_eq!((alone.outcome.total.target_cases, alone.outcome.total.target_met), (2, 2));
    assert_eq!(alone.outcome.backlog, 0);
    assert_eq!(run.outcome.backlog, 1);
}

#[test]
fn losses_and_unfinished_work_fail_the_service_level() {
    // Released after 2.5 h, within research: fails, and leaves the other form's denominator.
    let run = run_at(&custody(2.5).replace("target = \"1 h\"", "target = \"3 h\""), &[0.0]);
    let flow = &run.outcome.total;
    assert_eq!((flow.target_cases, flow.target_met, flow.target_lost_early), (1, 0, 1));
    // A request that still waits at the end fails.
    let text = custody(500.0)
        .replace("target = \"1 h\"", "target = \"3 h\"")
        .replace("officers = 1 }", "steps = [[\"0 h\", 0], [\"900 h\", 1]] }");
    let stuck = run_at(&text, &[0.0]);
    assert_eq!((stuck.outcome.total.target_cases, stuck.outcome.total.target_met), (1, 0));
    assert_eq!(stuck.outcome.backlog, 1);
}

#[test]
fn patience_is_cancelled_by_the_start_of_service() {
    let text = format!(
        "{}deadline = {{ after = {{ deterministic = \"2 h\" }}, until = {{ start = \"work\" }}, exit = \"left\" }}\n\
         [stage.work]\nservice = {{ role = \"o\", time = {{ deterministic = \"5 h\" }} }}\nnext = \"done\"\n\
         [stage.done]\nexit = true\n[stage.left]\nexit = true\n\
         [centre.c]\nlevels = {{ officers = 1 }}\n[[route]]\nto = \"c\"\n",
        head(40.0, "work")
    );
    let run = run_at(&text, &[0.0, 1.0, 4.0]);
    assert_eq!(run.exits("done"), [5.0, 10.0]);
    assert_eq!(run.exits("left"), [3.0]);
}

#[test]
fn rework_comes_back_after_its_delay_as_work_not_as_an_arrival() {
    let text = |quality: f64| {
        format!(
            "{}[stage.research]\nservice = {{ role = \"o\", time = {{ deterministic = \"2 h\" }} }}\nnext = \"done\"\n\
             [stage.again]\nservice = {{ role = \"o\", time = {{ deterministic = \"1 h\" }} }}\nnext = \"redone\"\n\
             [stage.done]\nexit = true\n[stage.redone]\nexit = true\n\
             [rework]\ndocumented_at = \"research\"\nprobability = 1.0\nafter = {{ deterministic = \"30 h\" }}\n\
             redone = 1.0\nstage = \"again\"\n\
             [centre.c]\ndocumentation = {quality}\nlevels = {{ officers = 1 }}\n[[route]]\nto = \"c\"\n",
            head(100.0, "research")
        )
    };
    let bad = run_at(&text(0.0), &[0.0, 10.0]);
    assert_eq!(bad.exits("redone"), [33.0, 43.0]);
    close(bad.outcome.rework / HOUR, 2.0);
    assert_eq!(bad.outcome.total.arrivals, 2);
    let good = run_at(&text(1.0), &[0.0, 10.0]);
    assert!(good.exits("redone").is_empty());
}

#[test]
fn returns_after_long_delays_are_stationary_from_the_start() {
    // 10 requests an hour; a fifth is booked anew after 30 to 60 days and closed then. In a run of 20
    // days no request of its own comes back; the past alone gives 10 x 0.2 / 0.8 x 480 h x 0.2 ... by
    // balance, visits to the delay are 10 x 0.2 / (1 - 0.2) = 2.5 an hour, and so are returns: 1,200 in
    // 480 h. Poisson: five standard deviations are 173.
    let text = "[run]\nhorizon = \"20 days\"\nreplications = 1\n\
         [class.c]\nrate = \"10 per hour\"\nstart = \"work\"\n\
         [stage.work]\nservice = { role = \"o\", time = { deterministic = \"1 min\" } }\n\
         next = [{ to = \"away\", probability = 0.2 }, { to = \"done\" }]\n\
         [stage.away]\ndelay = { uniform = { low = \"30 days\", high = \"60 days\" } }\nrebook = true\nnext = \"work\"\n\
         [stage.done]\nexit = true\n\
         [centre.c]\nlevels = { officers = 2 }\n[[route]]\nto = \"c\"\n";
    let run = run_with(text, &[], &[]);
    let visits = run.outcome.stages[0].visits as f64;
    let returns = visits - run.outcome.total.arrivals as f64;
    assert!((returns - 1200.0).abs() < 173.0, "{returns}");
    // The same in a run of 100 days, where the run's own requests come back: 2.5 x 2,400 = 6,000.
    let long = run_with(&text.replace("20 days", "100 days"), &[], &[]);
    let returns = long.outcome.stages[0].visits as f64 - long.outcome.total.arrivals as f64;
    assert!((returns - 6000.0).abs() < 5.0 * 6000.0_f64.sqrt(), "{returns}");
}

#[test]
fn returns_from_before_the_run_leave_out_those_lost_before() {
    // 10 requests an hour, of which half are lost on the way (two exponential times of 10 h race); a fifth of those at work is
    // booked anew and comes back to work at once. By balance 10 x 0.5 / 0.8 = 6.25 come to work an hour and 1.25 come back: 600 in
    // 480 h, all from before the run. Poisson: five standard deviations are 122, a false alarm in a million.
    let text = "[run]\nhorizon = \"20 days\"\nreplications = 1\n\
         [class.c]\nrate = \"10 per hour\"\nstart = \"way\"\n\
         deadline = { after = { exponential = \"10 h\" }, until = { start = \"work\" }, exit = \"gone\" }\n\
         [stage.way]\ndelay = { exponential = \"10 h\" }\nnext = \"work\"\n\
         [stage.work]\nservice = { role = \"o\", time = { deterministic = \"1 min\" } }\n\
         next = [{ to = \"away\", probability = 0.2 }, { to = \"done\" }]\n\
         [stage.away]\ndelay = { uniform = { low = \"30 days\", high = \"60 days\" } }\nrebook = true\nnext = \"work\"\n\
         [stage.done]\nexit = true\n[stage.gone]\nexit = true\n\
         [centre.c]\nlevels = { officers = 3 }\n[[route]]\nto = \"c\"\n";
    // Whoever comes to work has come from the way or from before the run.
    let returns = |text: &str| {
        let run = run_with(text, &[], &[]);
        let stage = |name: &str| run.model.stages.iter().position(|s| s.name == name).expect("a stage");
        let (way, work) = (&run.outcome.stages[stage("way")], &run.outcome.stages[stage("work")]);
        work.visits as f64 - way.completed.iter().sum::<u64>() as f64
    };
    let found = returns(text);
    assert!((found - 600.0).abs() < 122.0, "{found}");
    // With losses at work too, which takes ten hours on average: a quarter of those booked finish it, and half of those who come
    // back. 0.2 x (2.5 + R / 2) = R: 0.5556 an hour, 267 in 480 h, with five standard deviations of 82.
    let twice = text
        .replace("until = { start = \"work\" }", "until = \"work\"")
        .replace("deterministic = \"1 min\"", "exponential = \"10 h\"")
        .replace("officers = 3", "officers = 500");
    let found = returns(&twice);
    assert!((found - 266.7).abs() < 82.0, "{found}");
}

#[test]
fn a_request_booked_anew_starts_all_its_clocks_again() {
    let text = format!(
        "{}deadline = {{ after = {{ deterministic = \"5 h\" }}, until = \"work\", exit = \"lost\" }}\n\
         [stage.work]\nservice = {{ role = \"o\", time = {{ deterministic = \"1 h\" }} }}\nstarts_clock = true\n\
         next = [{{ to = \"away\", probability = 1.0 }}]\n\
         [stage.away]\ndelay = {{ deterministic = \"50 h\" }}\nrebook = true\ndone = true\nnext = \"work2\"\n\
         [stage.work2]\nservice = {{ role = \"o\", time = {{ deterministic = \"1 h\" }} }}\nstarts_clock = true\nnext = \"done\"\n\
         [stage.done]\nexit = true\ndone = true\n[stage.lost]\nexit = true\n\
         [centre.c]\nlevels = {{ officers = 1 }}\n[[route]]\nto = \"c\"\n",
        head(100.0, "work")
    );
    let run = run_at(&text, &[0.0]);
    assert_eq!(run.exits("done"), [52.0]);
    // Two completions of an hour each: the 50 h away are nobody's waiting.
    assert_eq!(run.outcome.total.done, 2);
    close(run.outcome.total.completion_sum / HOUR, 2.0);
}

/// The first service leads into a delay of ten hours after which the request is booked anew, five hours to the end of the second.
fn booked_anew(second: &str) -> super::support::Run {
    let text = format!(
        "[run]\nhorizon = \"48 h\"\nreplications = 1\nwhole_weeks = false\n\
         [class.c]\nstart = \"first\"\ntrace = {{ file = \"c.csv\", kind = \"times\", column = \"time\" }}\n\
         deadline = {{ after = \"5 h\", until = \"second\", exit = \"released\" }}\n\
         [class.other]\nstart = \"long\"\ntrace = {{ file = \"other.csv\", kind = \"times\", column = \"time\" }}\n\
         [stage.first]\nservice = {{ role = \"o\", time = \"1 h\" }}\nnext = \"away\"\n\
         [stage.away]\ndelay = \"10 h\"\nrebook = true\nnext = [{{ to = \"second\", delay = \"30 min\" }}]\n\
         [stage.second]\nservice = {{ role = \"o\", time = \"{second}\" }}\nnext = \"out\"\n\
         [stage.long]\nservice = {{ role = \"o\", time = \"8 h\" }}\nnext = \"out\"\n\
         [stage.out]\nexit = true\n[stage.released]\nexit = true\n[centre.d]\nlevels = {{ officers = 1 }}\n"
    );
    let files = [super::support::csv(&[0.0]), super::support::csv(&[10.0])];
    run_with(&text, &[("c.csv", &files[0]), ("other.csv", &files[1])], &[])
}

#[test]
fn a_request_booked_anew_and_lost_is_in_the_lost_shares() {
    // Booked anew at 11, there at 11.5, and the officer is busy from 10 to 18: lost at 16. Without waiting it were done at 13.5.
    let run = booked_anew("2 h");
    assert_eq!(run.exits("released"), [16.0]);
    assert_eq!((run.outcome.total.lost, run.outcome.total.lost_anyway), (1, 0));
    // Half an hour on the way and 4 h 40 min of work take longer than five hours; 4 h 20 min do not.
    let run = booked_anew("280 min");
    assert_eq!((run.outcome.total.lost, run.outcome.total.lost_anyway), (1, 1));
    let run = booked_anew("260 min");
    assert_eq!((run.outcome.total.lost, run.outcome.total.lost_anyway), (1, 0));
}
