//! Clients who come again after they have given up or were turned away.

use super::support::{Run, close, csv, run_with};
use poolwise_study::measures::{Key, Section, Value, measure};

/// One officer with a case from 0 to 3; a caller of patience 1 h comes at 0.5. Hours.
fn one_caller(redial: &str, more: &str) -> Run {
    let text = format!(
        "[run]\nhorizon = \"24 h\"\nreplications = 1\nwhole_weeks = false\nanswer_within = \"30 min\"\n\
         [class.long]\nstart = \"long\"\ntrace = {{ file = \"long.csv\", kind = \"times\", column = \"time\" }}\n\
         [class.c]\nstart = \"talk\"\ntrace = {{ file = \"c.csv\", kind = \"times\", column = \"time\" }}\n{redial}\n\
         [stage.long]\nservice = {{ role = \"o\", time = \"3 h\" }}\nnext = \"out\"\n\
         [stage.talk]\nservice = {{ role = \"o\", time = \"1 h\" }}\nnext = \"out\"\n\
         [stage.out]\nexit = true\n[stage.gone]\nexit = true\n[stage.full]\nexit = true\n\
         [centre.d]\nlevels = {{ officers = 1 }}\n{more}\n"
    );
    run_with(&text, &[("long.csv", &csv(&[0.0])), ("c.csv", &csv(&[0.5]))], &[])
}

const PATIENCE: &str = "deadline = { after = \"1 h\", until = { start = \"talk\" }, exit = \"gone\" }";

fn of_class(run: &Run, name: &str) -> f64 {
    let key = Key { section: Section::Class("c".into()), name: name.into() };
    let rows = measure(&run.model, &run.outcome);
    match rows.iter().find(|row| row.0 == key).unwrap_or_else(|| panic!("no {name}")).1 {
        Value::Ratio(n, d) => n / d,
        Value::Plain(x) | Value::Known(x) => x,
    }
}

#[test]
fn patience_is_drawn_anew_and_three_contacts_with_one_answer_are_a_third() {
    // Gives up at 1.5, calls at 2 and again waits for an hour at most: served from 3 to 4. With a patience of 24 minutes: gives
    // up at .9, calls at 1.4, gives up at 1.8, calls at 2.3, gives up at 2.7, calls at 3.2 and is served at once.
    let again = |patience: &str| {
        format!("{}\nredial = {{ probability = 1.0, after = \"30 min\" }}", PATIENCE.replace("1 h", patience))
    };
    let run = one_caller(&again("1 h"), "");
    assert_eq!(run.services("talk").iter().map(|s| (s.1, s.2)).collect::<Vec<_>>(), [(3.0, 4.0)]);
    assert_eq!(run.exits("gone"), [0.0; 0]);
    // With 48 minutes gives up at 1.3 and, having called at 1.8, at 2.6; the third contact at 3.1 is answered: 100 % and 33 %.
    let run = one_caller(&again("48 min"), "");
    close(run.services("talk")[0].1, 3.1);
    close(of_class(&run, "answered_share_of_contacts"), 1.0 / 3.0);
    close(of_class(&run, "answered_share_of_clients"), 1.0);
    let run = one_caller(&again("24 min"), "");
    close(run.services("talk")[0].1, 3.2);
    close(of_class(&run, "answered_share_of_contacts"), 0.25);
    close(of_class(&run, "answered_share_of_clients"), 1.0);
    close(of_class(&run, "redials_per_client"), 3.0);
    close(of_class(&run, "contacts_per_hour"), 4.0 / 24.0);
    close(of_class(&run, "between_contacts_mean"), 1.5 / 24.0);
    // The clock goes on: 2.7 h from the first contact to the first officer, who came too late; nobody is lost.
    close(of_class(&run, "wait_mean_hours"), 2.7);
    close(of_class(&run, "answered_within"), 0.0);
    close(of_class(&run, "lost_share"), 0.0);
    // At the centre each contact is one: four of the caller, and one of the other class.
    assert_eq!(run.outcome.centres[0].waits[0].reached.iter().sum::<u64>(), 5);
}

#[test]
fn the_probability_goes_by_contact_and_who_does_not_come_again_is_lost() {
    let list = format!(
        "{}\nredial = {{ probability = [1.0, 1.0], after = \"30 min\" }}",
        PATIENCE.replace("1 h", "24 min")
    );
    let run = one_caller(&list, "");
    // Two more contacts, at 1.4 and 2.3; the third patience is over at 2.7.
    let gone = run.exits("gone");
    assert_eq!(gone.len(), 1);
    close(gone[0], 2.7);
    assert_eq!((run.outcome.total.lost, run.outcome.total.redials), (1, 2));
    close(of_class(&run, "answered_share_of_contacts"), 0.0);
    close(of_class(&run, "answered_share_of_clients"), 0.0);
    let never = list.replace("[1.0, 1.0]", "0.0");
    close(one_caller(&never, "").exits("gone")[0], 0.9);
}

#[test]
fn those_turned_away_come_again_too() {
    let redial = "redial = { probability = 1.0, after = \"1 h\" }";
    for more in [
        "queue_capacity = { limit = 0, exit = \"full\" }",
        "balking = { at = [0], probability = [1.0], exit = \"full\" }",
    ] {
        // At 0.5, 1.5 and 2.5 the officer is busy; at 3.5 free.
        let run = one_caller(redial, more);
        assert_eq!(run.exits("full"), [0.0; 0], "{more}");
        assert_eq!(run.services("talk").iter().map(|s| s.1).collect::<Vec<_>>(), [3.5], "{more}");
        close(of_class(&run, "turned_away_share"), 0.0);
        close(of_class(&run, "answered_share_of_contacts"), 0.25);
    }
    let twice = redial.replace("1.0", "[1.0]");
    let run = one_caller(&twice, "queue_capacity = { limit = 0, exit = \"full\" }");
    assert_eq!(run.exits("full"), [1.5]);
    assert_eq!((run.outcome.total.turned_away, run.outcome.total.clients_gone), (1, 1));
}

#[test]
fn whether_a_client_balks_is_drawn_for_each_contact() {
    // Everybody balks with probability one half while the officer is busy, for ever: of 2,000 callers a thousand stay at once,
    // five hundred at the second contact and so on; were it drawn once, none of the others would ever stay. 0.15 is more than
    // four standard errors.
    let text = "[run]\nhorizon = \"20 weeks\"\nreplications = 1\nwhole_weeks = false\n\
         [class.busy]\nstart = \"long\"\ntrace = { file = \"long.csv\", kind = \"times\", column = \"time\" }\n\
         [class.c]\nstart = \"talk\"\nrate = \"100 per week\"\nredial = { probability = 1.0, after = \"1 h\" }\n\
         [stage.long]\nservice = { role = \"o\", time = \"40 weeks\" }\nnext = \"out\"\n\
         [stage.talk]\nservice = { role = \"o\", time = \"1 h\" }\nnext = \"out\"\n\
         [stage.out]\nexit = true\n[stage.full]\nexit = true\n\
         [centre.d]\nlevels = { officers = 1 }\nbalking = { at = [0], probability = [0.5], exit = \"full\" }\n";
    let run = run_with(text, &[("long.csv", &csv(&[0.0]))], &[]);
    let per_client = of_class(&run, "redials_per_client");
    assert!((per_client - 1.0).abs() < 0.15, "{per_client}");
}
