//! Urgent cases that take the officers of others: whom they cut off, where those wait, what is kept of their work; and
//! priorities by stage. Instants from published examples where it says so, others by hand.

use super::support::{Run, close, csv, run_with};
use poolwise_engine::integral::Count;
use poolwise_engine::time::HOUR;
use poolwise_engine::trace::TraceKind;
use poolwise_math::exp;

/// A class: name, priority, hours of work, officers at once, arrivals in hours.
type Kind<'a> = (&'a str, u8, f64, u32, &'a [f64]);

/// Classes that each have one service, all of role `o`, at a centre with these rules.
fn run(centre: &str, kinds: &[Kind]) -> Run {
    run_set(centre, kinds, &[])
}

/// The same with some values changed.
fn run_set(centre: &str, kinds: &[Kind], sets: &[&str]) -> Run {
    let mut text = "[run]\nhorizon = \"96 h\"\nreplications = 1\nwhole_weeks = false\n".to_owned();
    let mut files = Vec::new();
    for (name, priority, hours, officers, arrivals) in kinds {
        text.push_str(&format!(
            "[class.{name}]\nstart = \"{name}\"\npriority = {priority}\n\
             trace = {{ file = \"{name}.csv\", kind = \"times\", column = \"time\" }}\n\
             [stage.{name}]\nservice = {{ role = \"o\", officers = {officers}, time = \"{hours} h\" }}\nnext = \"out\"\n"
        ));
        files.push((format!("{name}.csv"), csv(arrivals)));
    }
    text.push_str(&format!("[stage.out]\nexit = true\n[stage.gone]\nexit = true\n[centre.d]\n{centre}\n"));
    let files: Vec<(&str, &str)> = files.iter().map(|(n, c)| (n.as_str(), c.as_str())).collect();
    run_with(&text, &files, sets)
}

/// Ends of a class's services, in order of the requests.
fn ends(run: &Run, stage: &str) -> Vec<f64> {
    let mut all = run.services(stage);
    all.sort_by_key(|s| s.0);
    all.iter().map(|s| s.2).collect()
}

/// Hours of officer work on each request of a class, pieces that were cut off among them.
fn work(run: &Run, stage: &str, officers: f64) -> Vec<f64> {
    let mut by_request = std::collections::BTreeMap::new();
    for kind in [TraceKind::Service, TraceKind::Interrupted] {
        for row in run.rows(kind, stage) {
            *by_request.entry(row.request).or_insert(0.0) += officers * (row.finished - row.started) / HOUR;
        }
    }
    by_request.into_values().collect()
}

const TWO: &str = "levels = { officers = 2 }\ndiscipline = \"preemptive\"";
const ONE: &str = "levels = { officers = 1 }\ndiscipline = \"preemptive\"";

/// The same on shifts around the clock.
fn crew(officers: u32, more: &str) -> String {
    format!(
        "shifts = [{{ start = \"00:00\", length = \"24 h\", officers = {officers} }}]\nshift_end = \"hand-over\"\n\
         discipline = \"preemptive\"\n{more}"
    )
}

#[test]
fn what_is_kept_of_the_work() {
    let kinds: [Kind; 2] = [("routine", 2, 10.0, 1, &[0.0, 0.0]), ("urgent", 1, 10.0, 2, &[2.0, 15.0])];
    for centre in [TWO.to_owned(), crew(2, "")] {
        let kept = run(&centre, &kinds);
        assert_eq!(ends(&kept, "routine"), [30.0, 30.0]);
        assert_eq!(ends(&kept, "urgent"), [12.0, 25.0]);
        let waits = &kept.outcome.centres[0].waits[0];
        assert_eq!((waits.cut, waits.work_lost), (4, 0.0));
        let again = run(&format!("{centre}\npreemption = \"restart\""), &kinds);
        assert_eq!(ends(&again, "routine"), [35.0, 35.0]);
        assert_eq!(ends(&again, "urgent"), [12.0, 25.0]);
        assert_eq!(work(&again, "routine", 1.0), [15.0, 15.0]);
        // Two and three hours of each of two cases came to nothing.
        let waits = &again.outcome.centres[0].waits[0];
        assert_eq!((waits.cut, waits.work_lost / HOUR), (4, 10.0));
        // A fixed length drawn anew is the same length.
        let anew = run(&format!("{centre}\npreemption = \"redraw\""), &kinds);
        assert_eq!(ends(&anew, "routine"), [35.0, 35.0]);
    }
    let kinds: [Kind; 2] = [("routine", 2, 6.0, 1, &[1.0]), ("urgent", 1, 10.0, 1, &[3.0])];
    assert_eq!(ends(&run(ONE, &kinds), "routine"), [17.0]);
    assert_eq!(ends(&run(&format!("{ONE}\npreemption = \"restart\""), &kinds), "routine"), [19.0]);
}

/// Mean time from the first begin to the end of a routine service of 0 to 2 minutes, cut off by urgent cases of a minute
/// at rate 0.2. Exact (Gaver 1962), with B = 1.25 the mean time for which it is interrupted: kept E[S] / 0.8; begun again
/// (E exp(0.2 S) - 1) (5 + B); drawn anew (1 / E exp(-0.2 S) - 1) (5 + B). Of 30,000 cases; 0.03 are four standard errors
/// or more, so that a right program fails one seed in ten thousand.
#[test]
fn what_is_kept_of_work_that_is_drawn() {
    let (up, down) = ((exp(0.4) - 1.0) / 0.4, (1.0 - exp(-0.4)) / 0.4);
    let exact = [("resume", 1.25), ("restart", (up - 1.0) * 6.25), ("redraw", (1.0 / down - 1.0) * 6.25)];
    for (word, exact) in exact {
        let text = format!(
            "[run]\nhorizon = \"10 weeks\"\nwarm_up = \"1 week\"\nreplications = 1\n\
             [class.urgent]\nrate = \"12 per hour\"\npriority = 1\nstart = \"urgent\"\n\
             [class.routine]\nrate = \"18 per hour\"\npriority = 2\nstart = \"routine\"\n\
             [stage.urgent]\nservice = {{ role = \"o\", time = {{ exponential = \"1 min\" }} }}\nnext = \"out\"\n\
             [stage.routine]\nservice = {{ role = \"o\", time = {{ uniform = {{ low = \"0 min\", high = \"2 min\" }} }} }}\nnext = \"out\"\n\
             [stage.out]\nexit = true\n[centre.d]\n{ONE}\npreemption = \"{word}\"\n"
        );
        let run = run_with(&text, &[], &[]);
        let mut first = std::collections::HashMap::new();
        for row in run.rows(TraceKind::Interrupted, "routine") {
            first.entry(row.request).or_insert(row.started);
        }
        let ended = run.rows(TraceKind::Service, "routine");
        let taken: f64 = ended.iter().map(|r| r.finished - first.get(&r.request).unwrap_or(&r.started)).sum();
        let mean = taken / ended.len() as f64 / 60.0;
        assert!((mean - exact).abs() < 0.03, "{word}: {mean}, exactly {exact}");
    }
}

#[test]
fn whom_an_urgent_case_cuts_off() {
    let kinds: [Kind; 2] = [("routine", 2, 10.0, 1, &[0.0, 1.0]), ("urgent", 1, 10.0, 1, &[2.0, 3.0])];
    for centre in [TWO.to_owned(), crew(2, "")] {
        let first = format!("{centre}\npreemption = {{ work = \"restart\", victim = \"first-begun\" }}");
        let first = run(&first, &kinds);
        assert_eq!(ends(&first, "routine"), [22.0, 23.0]);
        assert_eq!(ends(&first, "urgent"), [12.0, 13.0]);
        assert_eq!(work(&first, "routine", 1.0), [12.0, 12.0]);
        let last = run(&format!("{centre}\npreemption = \"restart\""), &kinds);
        assert_eq!(work(&last, "routine", 1.0), [13.0, 11.0]);
    }
    // The lowest priority before the last begun; one of the same priority never.
    let kinds: [Kind; 3] =
        [("low", 3, 10.0, 1, &[0.0]), ("middle", 2, 10.0, 1, &[1.0, 4.0]), ("high", 1, 10.0, 1, &[2.0])];
    let run = run(TWO, &kinds);
    assert_eq!(ends(&run, "middle"), [11.0, 21.0]);
    assert_eq!(ends(&run, "high"), [12.0]);
    assert_eq!(ends(&run, "low"), [20.0]);
    // Nor to make up a team: the low case alone is too few, and the other is as urgent.
    let kinds: [Kind; 3] =
        [("low", 3, 10.0, 1, &[0.0]), ("middle", 2, 10.0, 1, &[1.0]), ("pair", 2, 10.0, 2, &[2.0])];
    let run = self::run(TWO, &kinds);
    assert_eq!((ends(&run, "low"), ends(&run, "middle")), (vec![10.0], vec![11.0]));
    assert_eq!(ends(&run, "pair"), [21.0]);
}

#[test]
fn nobody_is_cut_off_in_vain() {
    let kinds: [Kind; 2] = [("low", 2, 10.0, 1, &[0.0; 5]), ("high", 1, 10.0, 7, &[1.0])];
    for centre in ["levels = { officers = 10 }\ndiscipline = \"preemptive\"".to_owned(), crew(10, "")] {
        let all: Vec<f64> = {
            let run = run(&centre, &kinds);
            let mut all = [ends(&run, "low"), ends(&run, "high")].concat();
            all.sort_by(f64::total_cmp);
            all
        };
        assert_eq!(all, [10.0, 10.0, 10.0, 11.0, 19.0, 19.0]);
    }
    // Three officers: one on a low case, two on a middle one; the high case needs two. The low case alone would not do, and
    // with the middle one gone it need not go.
    let kinds: [Kind; 3] =
        [("low", 3, 10.0, 1, &[0.0]), ("middle", 2, 10.0, 2, &[1.0]), ("high", 1, 2.0, 2, &[2.0])];
    let spared = run("levels = { officers = 3 }\ndiscipline = \"preemptive\"", &kinds);
    assert_eq!((ends(&spared, "low"), ends(&spared, "middle")), (vec![10.0], vec![13.0]));
    // Two officers are not enough for a team of three: nothing is cut off, and the case waits for ever.
    let kinds: [Kind; 2] = [("low", 2, 10.0, 1, &[0.0, 1.0]), ("high", 1, 2.0, 3, &[2.0])];
    let steps = "levels = { steps = [[\"0 h\", 2], [\"20 h\", 3]] }\ndiscipline = \"preemptive\"";
    let waits = run(steps, &kinds);
    assert_eq!((ends(&waits, "low"), ends(&waits, "high")), (vec![10.0, 11.0], vec![22.0]));
}

#[test]
fn a_cut_case_may_need_a_place_in_a_full_queue() {
    let kinds: [Kind; 2] = [("routine", 2, 10.0, 1, &[0.0, 0.0]), ("urgent", 1, 10.0, 1, &[1.0])];
    let full = format!("{ONE}\nqueue_capacity = {{ limit = 1, exit = \"gone\" }}");
    let comes_back = run(&full, &kinds);
    assert_eq!((ends(&comes_back, "routine"), ends(&comes_back, "urgent")), (vec![20.0, 30.0], vec![11.0]));
    let needs = run(&format!("{full}\npreemption = {{ full_queue = \"turned-away\" }}"), &kinds);
    assert_eq!(needs.exits("gone"), [1.0]);
    assert_eq!((ends(&needs, "routine"), ends(&needs, "urgent")), (vec![21.0], vec![11.0]));
    assert_eq!(needs.outcome.total.turned_away, 1);
    close(needs.outcome.centres[0].waits[0].work_lost / HOUR, 1.0);
    // An urgent case that finds the queue full is begun all the same, since it does not wait.
    assert_eq!(comes_back.exits("gone"), [0.0; 0]);
}

#[test]
fn a_cut_case_stands_at_the_head_of_its_priority_or_by_its_arrival() {
    // The first routine case needs both officers, so that the second, which comes later, overtakes it, is cut off at 2 by
    // the urgent one and waits beside it.
    let kinds: [Kind; 3] =
        [("pair", 2, 4.0, 2, &[0.5]), ("routine", 2, 10.0, 1, &[0.0, 1.0]), ("urgent", 1, 2.0, 2, &[2.0])];
    // 0: routine 1; 0.5: the pair waits for two; 1: routine 2 overtakes; 2 to 4: urgent. Then at the head: routine 1 (8 left)
    // and 2 (9 left), to 12 and 13, the pair from 13. By arrival: routine 1, then the pair, which has to wait, then routine 2.
    let head = run(TWO, &kinds);
    assert_eq!((ends(&head, "routine"), ends(&head, "pair")), (vec![12.0, 13.0], vec![17.0]));
    // One officer: a long case is cut off again and again by short urgent ones, and another routine one came before it.
    let kinds: [Kind; 2] = [("routine", 2, 10.0, 1, &[0.0, 0.0]), ("urgent", 1, 1.0, 1, &[1.0])];
    for waits in ["head", "by-arrival"] {
        let run = run(&format!("{ONE}\npreemption = {{ waits = \"{waits}\" }}"), &kinds);
        assert_eq!(ends(&run, "routine"), [11.0, 21.0], "{waits}");
    }
    // One officer until 2, two from then on. A pair, for two officers, has waited since 0.5; the single case of 1 overtakes
    // it, and at 2 an urgent case takes both officers until 4. At the head the single case goes on then, and the pair waits
    // until 13; by arrival the pair is before it, from 4 to 8.
    let kinds: [Kind; 3] =
        [("pair", 2, 4.0, 2, &[0.5]), ("single", 2, 10.0, 1, &[1.0]), ("urgent", 1, 2.0, 2, &[2.0])];
    for (waits, single, pair) in [("head", 13.0, 17.0), ("by-arrival", 17.0, 8.0)] {
        let found = run(
            &format!(
                "levels = {{ steps = [[\"0 h\", 1], [\"2 h\", 2]] }}\ndiscipline = \"preemptive\"\n\
                 preemption = {{ waits = \"{waits}\" }}"
            ),
            &kinds,
        );
        assert_eq!((ends(&found, "single"), ends(&found, "pair")), (vec![single], vec![pair]), "{waits}");
    }
}

#[test]
fn an_officer_on_the_way_home_is_left_in_peace() {
    // Early until 8, in overtime from then on with a routine case; late from 8. The urgent case of 9 finds the late one with
    // a routine case and cuts that off, though the other was begun later.
    let centre = "shifts = [{ name = \"early\", start = \"00:00\", length = \"8 h\", officers = 1 }, \
                  { name = \"late\", start = \"06:00\", length = \"12 h\", officers = 1 }]\ndiscipline = \"preemptive\"";
    let kinds: [Kind; 2] = [("routine", 2, 5.0, 1, &[7.0, 7.5]), ("urgent", 1, 1.0, 1, &[9.0])];
    let found = run(centre, &kinds);
    // `early` has been idle longer and takes the case of 7, in overtime until 12; `late` that of 7.5, cut from 9 to 10.
    assert_eq!((ends(&found, "routine"), ends(&found, "urgent")), (vec![12.0, 13.5], vec![10.0]));
    close(found.hours("d", Count::Overtime), 4.0);
    // Two urgent ones: the second waits, for nobody else may be asked.
    let kinds: [Kind; 2] = [("routine", 2, 5.0, 1, &[7.0, 7.5]), ("urgent", 1, 1.0, 1, &[9.0, 9.0])];
    assert_eq!(ends(&run(centre, &kinds), "urgent"), [10.0, 11.0]);
}

#[test]
fn a_break_that_is_due_waits_for_the_urgent_case() {
    // Due at 4 in the middle of a routine case from 3 to 9; the urgent one of 5 takes the officer until 7, then the break.
    let centre = "shifts = [{ start = \"00:00\", length = \"24 h\", officers = 1, breaks = [{ after = \"4 h\", \
                  length = \"1 h\" }] }]\ndiscipline = \"preemptive\"";
    let kinds: [Kind; 2] = [("routine", 2, 6.0, 1, &[3.0]), ("urgent", 1, 2.0, 1, &[5.0])];
    let found = run(centre, &kinds);
    assert_eq!((ends(&found, "urgent"), ends(&found, "routine")), (vec![7.0], vec![12.0]));
}

#[test]
fn a_level_that_has_fallen_gives_an_urgent_case_the_place_of_another() {
    // Two at work, one allowed from 4 on: the urgent case of 5 takes the place of the last begun; the other goes home.
    let kinds: [Kind; 2] = [("routine", 2, 10.0, 1, &[0.0, 1.0]), ("urgent", 1, 2.0, 1, &[5.0])];
    for finish in ["by-count", "by-officer"] {
        let centre = format!(
            "levels = {{ steps = [[\"0 h\", 2], [\"4 h\", 1]], finish = \"{finish}\" }}\ndiscipline = \"preemptive\""
        );
        let found = run(&centre, &kinds);
        assert_eq!(ends(&found, "urgent"), [7.0], "{finish}");
        // By count the one begun last is cut off; by officer the one who stays has the first case, and is cut off there.
        let routine = if finish == "by-count" { vec![10.0, 16.0] } else { vec![12.0, 11.0] };
        assert_eq!(ends(&found, "routine"), routine, "{finish}");
    }
}

#[test]
fn priority_may_be_of_a_stage() {
    // The second step of a case goes before first steps that wait, in whatever order they came.
    let text = |priority: &str| {
        format!(
            "[run]\nhorizon = \"96 h\"\nreplications = 1\nwhole_weeks = false\n\
             [class.c]\nstart = \"first\"\npriority = 5\ntrace = {{ file = \"c.csv\", kind = \"times\", column = \"time\" }}\n\
             [stage.first]\nservice = {{ role = \"o\", time = \"1 h\" }}\nnext = \"second\"\n\
             [stage.second]\nservice = {{ role = \"o\", time = \"1 h\"{priority} }}\nnext = \"out\"\n\
             [stage.out]\nexit = true\n[centre.d]\nlevels = {{ officers = 1 }}\ndiscipline = \"priority\"\n"
        )
    };
    let files = [("c.csv", csv(&[0.0, 0.0, 0.0]))];
    let files: Vec<(&str, &str)> = files.iter().map(|(n, c)| (*n, c.as_str())).collect();
    let exits = |priority: &str| run_with(&text(priority), &files, &[]).exits("out");
    assert_eq!(exits(""), [4.0, 5.0, 6.0]);
    assert_eq!(exits(", priority = 1"), [2.0, 4.0, 6.0]);
    assert_eq!(exits(", priority = { c = 1 }"), [2.0, 4.0, 6.0]);
}

#[test]
fn books_balance_whatever_is_cut_off() {
    // Crews with breaks and hand-over, teams, three priorities, a short queue, patience and loops, all at once.
    for preemption in [
        "\"resume\"",
        "\"restart\"",
        "\"redraw\"",
        "{ full_queue = \"turned-away\", waits = \"by-arrival\" }",
    ] {
        let text = format!(
            "[run]\nhorizon = \"4 weeks\"\nreplications = 1\nwarm_up = \"1 week\"\n\
             [class.a]\nrate = \"3 per hour\"\nstart = \"one\"\npriority = 1\n\
             [class.b]\nrate = \"4 per hour\"\nstart = \"two\"\npriority = 2\n\
             deadline = {{ after = {{ exponential = \"1 h\" }}, until = {{ start = \"two\" }}, exit = \"gone\" }}\n\
             [class.c]\nrate = \"5 per hour\"\nstart = \"three\"\npriority = 3\n\
             deadline = {{ after = {{ exponential = \"4 h\" }}, until = \"three\", exit = \"gone\" }}\n\
             [stage.one]\nservice = {{ role = \"o\", officers = 2, time = {{ exponential = \"10 min\" }} }}\nnext = \"out\"\n\
             [stage.two]\nservice = {{ role = \"p\", time = {{ exponential = \"20 min\" }} }}\n\
             next = [{{ to = \"one\", probability = 0.2 }}, {{ to = \"out\" }}]\n\
             [stage.three]\nservice = {{ role = \"o\", officers = 3, time = {{ exponential = \"15 min\" }}, \
             overtaking = false }}\nnext = [{{ to = \"three\", probability = 0.3 }}, {{ to = \"out\" }}]\n\
             [stage.out]\nexit = true\n[stage.gone]\nexit = true\n\
             [centre.d]\ndiscipline = \"preemptive\"\npreemption = {preemption}\nshift_end = \"hand-over\"\n\
             queue_capacity = {{ limit = 6, exit = \"gone\" }}\n\
             shifts = [{{ name = \"x\", start = \"00:00\", length = \"12 h\", officers = 4, roles = [\"o\"], \
             breaks = [{{ after = \"3 h\", length = \"30 min\", stagger = true }}] }}, \
             {{ name = \"y\", start = \"12:00\", length = \"12 h\", officers = 4 }}, \
             {{ name = \"z\", start = \"00:00\", length = \"12 h\", officers = 3 }}]\n"
        );
        let run = run_with(&text, &[], &[]);
        assert!(run.outcome.centres[0].waits[0].cut > 1_000, "{preemption}");
    }
}

/// Ends of urgent and routine services of two hours by one officer, where a routine case of 0:30 rises as said.
fn rising(discipline: &str, rises: &str) -> (Vec<f64>, Vec<f64>) {
    let kinds: [Kind; 2] = [("routine", 2, 2.0, 1, &[0.5]), ("urgent", 1, 2.0, 1, &[0.0, 1.0, 2.0, 3.0])];
    let centre = format!("levels = {{ officers = 1 }}\ndiscipline = \"{discipline}\"");
    let run = run_set(&centre, &kinds, &[&format!("class.routine.rises={rises}")]);
    (ends(&run, "urgent"), ends(&run, "routine"))
}

#[test]
fn a_priority_may_rise_with_the_wait() {
    let last = (vec![2.0, 4.0, 6.0, 8.0], vec![10.0]);
    assert_eq!(rising("priority", "[]"), last);
    // As urgent from 3:30 on, and there before those of 1 to 3: the next one at 4, or at 6 where it takes longer.
    let at_4 = (vec![2.0, 4.0, 8.0, 10.0], vec![6.0]);
    assert_eq!(rising("priority", "[{ after = \"3 h\", to = \"urgent\" }]"), at_4);
    assert_eq!(rising("priority", "[{ after = \"3 h\", to = 1 }]"), at_4);
    // At the very instant at which the officer becomes free work is handed out before waits reach their limits.
    let at_6 = (vec![2.0, 4.0, 6.0, 10.0], vec![8.0]);
    assert_eq!(rising("priority", "[{ after = \"210 min\", to = 1 }]"), at_6);
    assert_eq!(rising("priority", "[{ after = \"4 h\", to = 1 }]"), at_6);
    // Under first come it makes no difference.
    assert_eq!(rising("fifo", "[{ after = \"3 h\", to = 1 }]"), (vec![2.0, 6.0, 8.0, 10.0], vec![4.0]));
    // In two steps; more urgent than the urgent from 3:30 on, it takes the officer where it may.
    let steps = "[{ after = \"1 h\", to = 1 }, { after = \"3 h\", to = 0 }]";
    assert_eq!(rising("preemptive", steps), (vec![2.0, 6.0, 8.0, 10.0], vec![4.0]));
    let late = "[{ after = \"3 h\", to = 0 }]";
    assert_eq!(rising("preemptive", late), (vec![2.0, 6.0, 8.0, 10.0], vec![5.5]));
}

#[test]
fn the_earliest_due_date_is_served_first_and_nobody_is_lost() {
    let kinds: [Kind; 3] =
        [("none", 0, 2.0, 1, &[0.0, 0.1]), ("late", 0, 2.0, 1, &[0.5]), ("soon", 0, 2.0, 1, &[1.0])];
    let sets = ["class.late.due=8 h", "class.soon.due=30 min"];
    let centre = "levels = { officers = 1 }\ndiscipline = \"earliest-due\"";
    let run = run_set(centre, &kinds, &sets);
    assert_eq!(ends(&run, "soon"), [4.0]);
    assert_eq!(ends(&run, "late"), [6.0]);
    assert_eq!(ends(&run, "none"), [2.0, 8.0]);
}
