//! A model built call by call with the engine's own builder: no file is read.

use crate::convert;
use crate::error::{exception, invalid};
use crate::scenario::Scenario;
use poolwise_engine::model::{
    Choice, Deadline, DeadlineUntil, Demand, Destination, Discipline, Join, LevelEnd, LevelPlan, Levels,
    Model, ModelBuilder, Pool, PoolKind, Profile, Rest, RoleId, StageId, StageKind,
};
use poolwise_engine::random::Sampler;
use poolwise_engine::time::{DAY, HOUR, HOURS_OF_WEEK, LocalClock};
use poolwise_scenario::{Diagnostics, Snapshot, duration, nearest, rate, time_law};
use poolwise_study::Loaded;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::path::Path;

/// The role of all officers: every station asks for those of its own centre.
const OFFICER: &str = "officer";

/// A model under way.
#[pyclass(module = "poolwise._core")]
pub struct Network {
    builder: ModelBuilder,
    role: RoleId,
    stages: Vec<String>,
    /// Where requests go after a stage: names, some of which may come later.
    leads: Vec<(StageId, Vec<(String, f64)>)>,
    arrivals: Vec<Arrivals>,
    rooms: Vec<(usize, u32, String)>,
}

/// A class of requests whose first stage may come later.
struct Arrivals {
    name: String,
    per_second: f64,
    to: String,
    profile: Profile,
    priority: u8,
    patience: Option<(Sampler, String)>,
}

#[pymethods]
impl Network {
    /// Nothing yet, over so long a run.
    #[new]
    fn new(py: Python<'_>, name: &str, title: &str, run: &Bound<'_, PyDict>) -> PyResult<Self> {
        let mut builder = ModelBuilder::new(name);
        title.clone_into(&mut builder.edit().title);
        let role = builder.role(OFFICER);
        let mut network = Self {
            builder,
            role,
            stages: Vec::new(),
            leads: Vec::new(),
            arrivals: Vec::new(),
            rooms: Vec::new(),
        };
        network.run(py, run)?;
        Ok(network)
    }

    /// A queue with its officers: one number, or those of 168 hours of the week.
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn station(
        &mut self,
        py: Python<'_>,
        name: &str,
        officers: Vec<u32>,
        service: &Bound<'_, PyAny>,
        then: Vec<(String, f64)>,
        discipline: &str,
        speed: f64,
        room: Option<(u32, String)>,
    ) -> PyResult<()> {
        let discipline = Discipline::of(discipline).ok_or_else(|| {
            let words: Vec<&str> = Discipline::WORDS.iter().map(|w| w.1).collect();
            usage(py, &format!("`discipline` is {}, not \"{discipline}\"", words.join(", ")))
        })?;
        if !(speed > 0.0 && speed.is_finite()) {
            return Err(usage(py, &format!("`speed` is a number above 0, not {speed}")));
        }
        let time = law(py, &format!("service of {name}"), service)?;
        let stage = self.builder.service(name, self.role, time);
        self.add(stage, name, then);
        let plan = match officers.as_slice() {
            [one] => LevelPlan::Steps { steps: vec![(0.0, *one)], period: None },
            hours => {
                let mut steps: Vec<(f64, u32)> =
                    hours.iter().enumerate().map(|(h, n)| (h as f64 * HOUR, *n)).collect();
                steps.dedup_by(|later, earlier| later.1 == earlier.1);
                LevelPlan::Weekly(steps)
            }
        };
        let kind = PoolKind::Levels(Levels { plan, end: LevelEnd::ByCount });
        let centre = self.builder.centre(name, vec![Pool::new(1 << self.role, kind)]);
        let made = &mut self.builder.edit().centres[centre];
        made.discipline = discipline;
        // One for each class, which may come later.
        made.speed = vec![speed];
        if let Some((waiting, exit)) = room {
            self.rooms.push((centre, waiting, exit));
        }
        Ok(())
    }

    /// A stage that takes time and nobody's work.
    fn delay(
        &mut self,
        py: Python<'_>,
        name: &str,
        time: &Bound<'_, PyAny>,
        then: Vec<(String, f64)>,
    ) -> PyResult<()> {
        let time = law(py, &format!("time of {name}"), time)?;
        let stage = self.builder.delay(name, time);
        self.add(stage, name, then);
        Ok(())
    }

    /// Work that goes on at several stages at once.
    fn fork(&mut self, name: &str, branches: Vec<String>) {
        let stage = self.builder.fork(name);
        let share = 1.0 / branches.len().max(1) as f64;
        self.add(stage, name, branches.into_iter().map(|branch| (branch, share)).collect());
    }

    /// Where branches end, when so many of them have come.
    fn join(
        &mut self,
        py: Python<'_>,
        name: &str,
        need: Option<u32>,
        rest: &str,
        then: Vec<(String, f64)>,
    ) -> PyResult<()> {
        let rest = Rest::of(rest).ok_or_else(|| {
            let words: Vec<&str> = Rest::WORDS.iter().map(|w| w.1).collect();
            usage(py, &format!("`rest` is {}, not \"{rest}\"", words.join(" or ")))
        })?;
        let stage = self.builder.join(name, Join { need, rest });
        self.add(stage, name, then);
        Ok(())
    }

    /// A way out.
    fn exit(&mut self, name: &str) {
        let stage = self.builder.exit(name);
        self.add(stage, name, Vec::new());
    }

    /// Requests that arrive at a rate, which may follow the week; those with patience leave when it is over.
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn arrivals(
        &mut self,
        py: Python<'_>,
        name: &str,
        per_hour: &Bound<'_, PyAny>,
        to: &str,
        profile: Option<Vec<f64>>,
        priority: u8,
        patience: Option<(Bound<'_, PyAny>, String)>,
    ) -> PyResult<()> {
        let per_second =
            rate(&format!("rate of {name}"), &convert::value(per_hour)?).map_err(|e| drawn(py, &e))?;
        let patience = patience
            .map(|(time, exit)| PyResult::Ok((law(py, &format!("patience of {name}"), &time)?, exit)));
        self.arrivals.push(Arrivals {
            name: name.to_owned(),
            per_second,
            to: to.to_owned(),
            profile: profile.map_or(Ok(Profile::Flat), |p| pattern(py, &p))?,
            priority,
            patience: patience.transpose()?,
        });
        Ok(())
    }

    /// The scenario of the model, validated by the engine. `values` say the same as a file would.
    fn build(&self, py: Python<'_>, values: &Bound<'_, PyAny>) -> PyResult<Scenario> {
        let model = self.model(py)?;
        let path = format!("{}.toml", model.name);
        let text = convert::document(py, values)?;
        let toml::Value::Table(resolved) = convert::to_toml(values)? else {
            return Err(usage(py, "a model's values are a table"));
        };
        let scenario = poolwise_scenario::Scenario::built(model, resolved, Path::new(&path));
        Ok(Scenario(Loaded::built(scenario, Path::new(&path), text)))
    }
}

impl Network {
    fn add(&mut self, stage: StageId, name: &str, then: Vec<(String, f64)>) {
        self.stages.push(name.to_owned());
        self.leads.push((stage, then));
    }

    fn run(&mut self, py: Python<'_>, run: &Bound<'_, PyDict>) -> PyResult<()> {
        let model = self.builder.edit();
        // As scenario files have it.
        (model.run.replications, model.run.target) = (10, 4.0 * HOUR);
        model.run.horizon = 52.0 * 7.0 * DAY;
        let (mut start, mut prompt) = (model.run.origin_unix, None);
        for (key, value) in run.iter() {
            let key: String = key.extract()?;
            let span = || -> PyResult<f64> {
                let text: String = value.extract()?;
                duration(&text).map_err(|why| usage(py, &format!("`{key}` is \"{text}\": {why}")))
            };
            match key.as_str() {
                "horizon" => model.run.horizon = span()?,
                "warm_up" => model.run.warm_up = span()?,
                "target" => model.run.target = span()?,
                "answer_within" => prompt = Some(span()?),
                "replications" => model.run.replications = value.extract()?,
                "seed" => model.run.seed = value.extract()?,
                "start" => {
                    let text: String = value.extract()?;
                    let day: jiff::civil::Date = text.parse().map_err(|_| {
                        usage(py, &format!("`start` is a date such as \"2025-03-03\", not \"{text}\""))
                    })?;
                    let midnight = jiff::tz::TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0));
                    start = midnight.map_err(|e| usage(py, &format!("`start`: {e}")))?.as_second();
                }
                other => return Err(usage(py, &format!("a run has no `{other}`"))),
            }
        }
        if model.run.warm_up % (7.0 * DAY) != 0.0 {
            return Err(usage(py, "`warm_up` is whole weeks, such as \"4 weeks\""));
        }
        model.run.prompt = prompt.unwrap_or(model.run.target);
        model.run.origin_unix = start - model.run.warm_up as i64;
        model.clocks = vec![LocalClock::utc(model.run.origin_unix)];
        Ok(())
    }

    fn stage(&self, py: Python<'_>, who: &str, name: &str) -> PyResult<StageId> {
        self.stages.iter().position(|s| s == name).ok_or_else(|| {
            let names: Vec<&str> = self.stages.iter().map(String::as_str).collect();
            let near = nearest(name, &names).map_or_else(String::new, |n| format!("; did you mean `{n}`?"));
            let text = format!(
                "{who}: there is no station, delay, fork, join or exit `{name}`{near}; there are {}",
                names.join(", ")
            );
            exception(py, "ScenarioError", &text)
        })
    }

    /// All that was said so far as a model: names looked up, what was left out filled in, validated.
    fn model(&self, py: Python<'_>) -> PyResult<Model> {
        let mut b = self.builder.clone();
        for (from, then) in &self.leads {
            let who = &self.stages[*from];
            let to = then.iter().map(|(to, p)| Ok((self.stage(py, who, to)?, *p)));
            b.lead(*from, &to.collect::<PyResult<Vec<_>>>()?);
        }
        let mut unhappy = Vec::new();
        for arrivals in &self.arrivals {
            let Arrivals { name, per_second, to, profile, priority, patience } = arrivals;
            let start = self.stage(py, name, to)?;
            let class = b.class(name, *per_second, start);
            let deadline = patience
                .as_ref()
                .map(|(time, exit)| {
                    let exit = self.stage(py, name, exit)?;
                    unhappy.push(exit);
                    if b.edit().stages[start].kind == StageKind::Fork {
                        let text =
                            format!("{name}: patience lasts until a station begins, and `{to}` is a fork");
                        return Err(exception(py, "ScenarioError", &text));
                    }
                    PyResult::Ok(Deadline { after: time.clone(), until: DeadlineUntil::Start(start), exit })
                })
                .transpose()?;
            let made = &mut b.edit().classes[class];
            (made.priority, made.deadline) = (*priority, deadline);
            if let Demand::Rate { profile: of, .. } = &mut made.demand {
                *of = profile.clone();
            }
        }
        for (centre, waiting, exit) in &self.rooms {
            let who = b.edit().centres[*centre].name.clone();
            let exit = self.stage(py, &who, exit)?;
            unhappy.push(exit);
            b.edit().centres[*centre].capacity = Some((*waiting, exit));
        }
        self.fill(&mut b, &unhappy);
        b.build().map_err(|e| exception(py, "ScenarioError", &format!("{}: {e}", self.name_of())))
    }

    /// One area, a rule for each station, and clocks as of scenario files: requests are on the way from their first
    /// service to an exit at which nobody gave up.
    fn fill(&self, b: &mut ModelBuilder, unhappy: &[StageId]) {
        b.area("all", 1.0, None);
        let centres: Vec<String> = b.edit().centres.iter().map(|c| c.name.clone()).collect();
        for (centre, name) in centres.iter().enumerate() {
            let stages = self.stages.iter().map(|s| s == name).collect();
            b.route(Destination::Centre(centre)).stages = stages;
        }
        let model = b.edit();
        let classes = model.classes.len();
        for centre in &mut model.centres {
            centre.speed = vec![centre.speed[0]; classes];
        }
        for (i, stage) in model.stages.iter_mut().enumerate() {
            stage.starts_clock = matches!(stage.kind, StageKind::Service(_));
            stage.done = stage.kind == StageKind::Exit && !unhappy.contains(&i);
        }
    }

    fn name_of(&self) -> String {
        self.builder.clone().edit().name.clone()
    }
}

/// A pattern of the week by equal steps, scaled to a mean of 1.
fn pattern(py: Python<'_>, values: &[f64]) -> PyResult<Profile> {
    let steps = values.len();
    if ![1, 2, 4].iter().any(|n| steps == n * HOURS_OF_WEEK) {
        let text = format!("`profile` has 168 values (hours of the week), 336 or 672, not {steps}");
        return Err(usage(py, &text));
    }
    let total: f64 = values.iter().sum();
    if !values.iter().all(|v| v.is_finite() && *v >= 0.0) || total <= 0.0 || !total.is_finite() {
        return Err(usage(py, "`profile` has numbers from 0, of which one at least is above"));
    }
    let mean = total / steps as f64;
    let scaled: Vec<f64> = values.iter().map(|v| v / mean).collect();
    Ok(match <Box<[f64; HOURS_OF_WEEK]>>::try_from(scaled) {
        Ok(hours) => Profile::HourOfWeek(hours),
        Err(scaled) => Profile::StepOfWeek(scaled.into()),
    })
}

fn law(py: Python<'_>, name: &str, value: &Bound<'_, PyAny>) -> PyResult<Sampler> {
    time_law(name, &convert::value(value)?).map_err(|e| drawn(py, &e))
}

fn drawn(py: Python<'_>, problems: &Diagnostics) -> PyErr {
    invalid(py, std::slice::from_ref(problems), &Snapshot::default())
}

fn usage(py: Python<'_>, text: &str) -> PyErr {
    exception(py, "UsageError", text)
}
