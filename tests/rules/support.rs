//! Runs a scenario given as text and looks things up by name.

use poolwise_engine::integral::Count;
use poolwise_engine::model::Model;
use poolwise_engine::outcome::Outcome;
use poolwise_engine::time::HOUR;
use poolwise_engine::trace::{TraceKind, TraceRow};
use poolwise_engine::{self};
use poolwise_scenario::{self, Overrides};
use std::fs;

/// A run of replication 0, with its trace.
pub(crate) struct Run {
    pub model: Model,
    pub outcome: Outcome,
}

/// Reads a scenario from text; `files` are CSV files beside it, `sets` overrides.
pub(crate) fn read(text: &str, files: &[(&str, &str)], sets: &[&str]) -> Model {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for (name, content) in files {
        fs::write(dir.path().join(name), content).expect("written");
    }
    let path = dir.path().join("case.toml");
    fs::write(&path, text).expect("written");
    let overrides =
        Overrides { sets: sets.iter().map(|s| (*s).to_owned()).collect(), ..Overrides::default() };
    match poolwise_scenario::load(&path, &overrides) {
        Ok(scenario) => scenario.model,
        Err(diagnostics) => panic!("{}", diagnostics.render(false)),
    }
}

/// Runs a scenario.
pub(crate) fn run_with(text: &str, files: &[(&str, &str)], sets: &[&str]) -> Run {
    let model = read(text, files, sets);
    let outcome = poolwise_engine::run(&model, 0, true).unwrap_or_else(|e| panic!("{e}"));
    Run { model, outcome }
}

/// A run of so many hours with two roles, a class and a stage of two hours each; `a` comes at these hours, `b` at those.
pub(crate) fn two_roles(hours: u32, centre: &str, a: &[f64], b: &[f64]) -> Run {
    let text = format!(
        "[run]\nstart = 2018-10-01\nhorizon = \"{hours} h\"\nreplications = 1\nwhole_weeks = false\n\
         [class.a]\nstart = \"sa\"\ntrace = {{ file = \"a.csv\", kind = \"times\", column = \"time\" }}\n\
         [class.b]\nstart = \"sb\"\ntrace = {{ file = \"b.csv\", kind = \"times\", column = \"time\" }}\n\
         [stage.sa]\nservice = {{ role = \"a\", time = \"2 h\" }}\nnext = \"out\"\n\
         [stage.sb]\nservice = {{ role = \"b\", time = \"2 h\" }}\nnext = \"out\"\n\
         [stage.out]\nexit = true\n[centre.d]\n{centre}\n"
    );
    run_with(&text, &[("a.csv", &csv(a)), ("b.csv", &csv(b))], &[])
}

/// When the services of a stage began, hours.
pub(crate) fn starts(run: &Run, stage: &str) -> Vec<f64> {
    run.services(stage).iter().map(|s| s.1).collect()
}

/// Runs a scenario whose requests of class `c` arrive at `arrivals` (hours), in `arrivals.csv`.
pub(crate) fn run_at(text: &str, arrivals: &[f64]) -> Run {
    run_with(text, &[("arrivals.csv", &csv(arrivals))], &[])
}

/// A trace file of instants, hours after Monday 2018-10-01 00:00.
pub(crate) fn csv(arrivals: &[f64]) -> String {
    let mut text = String::from("time\n");
    for hours in arrivals {
        let seconds = (hours * 3600.0).round() as u64;
        let (day, rest) = (1 + seconds / 86_400, seconds % 86_400);
        text.push_str(&format!(
            "2018-10-{day:02} {:02}:{:02}:{:02}\n",
            rest / 3600,
            rest / 60 % 60,
            rest % 60
        ));
    }
    text
}

impl Run {
    pub(crate) fn stage(&self, name: &str) -> usize {
        self.model.stages.iter().position(|s| s.name == name).unwrap_or_else(|| panic!("no stage {name}"))
    }

    /// Centre index by name.
    pub(crate) fn centre(&self, name: &str) -> usize {
        self.model.centres.iter().position(|c| c.name == name).unwrap_or_else(|| panic!("no centre {name}"))
    }

    /// Trace rows of a kind, in order of time.
    pub(crate) fn rows(&self, kind: TraceKind, stage: &str) -> Vec<&TraceRow> {
        let stage = self.stage(stage);
        let mut rows: Vec<&TraceRow> =
            self.outcome.trace.iter().filter(|r| r.kind == kind && r.stage == stage).collect();
        rows.sort_by(|a, b| a.finished.total_cmp(&b.finished).then(a.request.cmp(&b.request)));
        rows
    }

    /// Hours at which requests left by an exit, ascending.
    pub(crate) fn exits(&self, exit: &str) -> Vec<f64> {
        self.rows(TraceKind::Exit, exit).iter().map(|r| r.finished / HOUR).collect()
    }

    /// `(request, start, end)` of each finished service of a stage, hours, in order of the end.
    pub(crate) fn services(&self, stage: &str) -> Vec<(u64, f64, f64)> {
        let rows = self.rows(TraceKind::Service, stage);
        rows.iter().map(|r| (r.request, r.started / HOUR, r.finished / HOUR)).collect()
    }

    /// Centre of each finished service of a stage, by request.
    pub(crate) fn served_at(&self, stage: &str) -> Vec<(u64, &str)> {
        let mut rows: Vec<(u64, &str)> = self
            .rows(TraceKind::Service, stage)
            .iter()
            .map(|r| (r.request, self.model.centres[r.centre.expect("a centre")].name.as_str()))
            .collect();
        rows.sort();
        rows
    }

    /// Officer-hours of a count over the window at a centre.
    pub(crate) fn hours(&self, centre: &str, count: Count) -> f64 {
        self.outcome.centres[self.centre(centre)].integrals.total(0, count) / HOUR
    }
}

/// Asserts that numbers agree to a millionth.
#[track_caller]
pub(crate) fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-6 * (1.0 + expected.abs()), "{found} is not {expected}");
}

/// A run section of `hours` hours from Monday 2018-10-01 in UTC, with a trace class `c`.
pub(crate) fn head(hours: f64, start: &str) -> String {
    format!(
        "[run]\nstart = 2018-10-01\nhorizon = \"{hours} h\"\nwarm_up = \"0 weeks\"\nreplications = 1\n\
         target = \"1 h\"\n\
         [class.c]\nstart = \"{start}\"\ntrace = {{ file = \"arrivals.csv\", kind = \"times\", column = \"time\" }}\n"
    )
}

/// One service of that length at centre `c`, for which `centre` says who works.
pub(crate) fn one_stage(hours: f64, service_hours: f64, centre: &str) -> String {
    format!(
        "{}[stage.work]\nservice = {{ role = \"officer\", time = {{ deterministic = \"{service_hours} h\" }} }}\n\
         next = \"done\"\n[stage.done]\nexit = true\n[centre.c]\n{centre}\n[[route]]\nto = \"c\"\n",
        head(hours, "work")
    )
}
