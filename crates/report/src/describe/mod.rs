//! The reproducibility statement of a scenario, after STRESS-DES (Monks, Currie, Onggo, Robinson, Kunc and
//! Taylor 2019): objectives, logic, data, experimentation, implementation, code access. Filled from the scenario
//! and from what its manifest says; the few sentences that are always the same say what the program does.

mod data;
mod hours;
mod logic;
mod officers;
mod page;
mod terminal;

pub use page::page;
pub use terminal::on_terminal;

use super::number;
use crate::Setting;
use poolwise_engine::model::{Demand, Model, Now};
use poolwise_engine::random::STREAM_SCHEME;
use poolwise_engine::time::DAY;
use poolwise_study::Wording;
use poolwise_study::measures::{self, PRIMARY};
use poolwise_study::oracle::Oracle;
use std::fmt::Write;

/// What a comment in a scenario file says of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// Name of the file that the comment is from.
    pub file: String,
    /// Path of the key or table.
    pub path: String,
    /// Whether it is a table's header.
    pub table: bool,
    /// What the comment says, without its marks.
    pub text: String,
    /// Words of standing in it.
    pub standing: Vec<&'static str>,
}

/// All that a statement is made of.
#[derive(Debug, Clone, Copy)]
pub struct Described<'a> {
    /// The network that is described.
    pub model: &'a Model,
    /// The scenario's free text.
    pub description: &'a str,
    /// All values as read, defaults included.
    pub resolved: &'a toml::Table,
    /// Hash of the resolved values.
    pub hash: &'a str,
    /// Comments, the scenario's own file first, then what it extends.
    pub notes: &'a [Noted],
    /// Names of the files read, in the same order.
    pub files: &'a [String],
    /// Overrides of this call.
    pub changed: &'a [String],
    /// Numbers given with a range.
    pub uncertain: usize,
    /// What theory says of its pools.
    pub oracle: &'a Oracle,
}

/// The statement in Markdown.
pub fn markdown(d: &Described<'_>) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_all(&mut out, d);
    out
}

fn write_all(out: &mut String, d: &Described<'_>) -> std::fmt::Result {
    writeln!(out, "# {}\n", cell(&d.model.title))?;
    writeln!(
        out,
        "Reproducibility statement of the scenario `{}` after STRESS-DES, written by poolwise {} from the scenario \
         itself. Hash of all its values: `{}`.\n",
        d.model.name,
        env!("CARGO_PKG_VERSION"),
        d.hash
    )?;
    if !d.changed.is_empty() {
        writeln!(out, "Changed for this statement: `{}`.\n", d.changed.join("`, `"))?;
    }
    objectives(out, d)?;
    logic::write(out, d)?;
    data::write(out, d)?;
    experimentation(out, d)?;
    implementation(out, d)
}

fn objectives(out: &mut String, d: &Described<'_>) -> std::fmt::Result {
    let wording = Wording::of_model(d.model);
    writeln!(
        out,
        "## 1. Objectives\n\n### 1.1 Purpose of the model\n\n{}.",
        d.model.title.trim_end_matches('.')
    )?;
    if !d.description.is_empty() {
        writeln!(out, "\n{}", d.description)?;
    }
    writeln!(out, "\n### 1.2 Model outputs\n")?;
    writeln!(out, "Primary measures, on which options are compared:\n")?;
    for m in PRIMARY.iter().filter_map(|name| measures::find(name)) {
        writeln!(out, "- {} (`{}`): {}", wording.label(m), m.name, wording.meaning(m))?;
    }
    writeln!(
        out,
        "\nAll measures, by class, area, stage, centre and role, are defined in `docs/output.md` (version {}).",
        measures::VERSION
    )?;
    writeln!(out, "\n### 1.3 Experimentation aims\n")?;
    let role = if d.model.baseline {
        "This scenario is the baseline with which others are compared."
    } else {
        "The scenario is run by itself, or compared with a baseline on the same requests."
    };
    writeln!(out, "{role}")?;
    let own = data::own_values(d);
    if d.files.iter().filter(|f| f.ends_with(".toml")).count() > 1 && !own.is_empty() {
        writeln!(out, "It changes or adds to what it extends: `{}`.", own.join("`, `"))?;
    }
    if d.uncertain > 0 {
        writeln!(
            out,
            "{} numbers are given with a range, which `run --uncertain` draws in an outer loop.",
            d.uncertain
        )?;
    }
    writeln!(out)
}

/// What is there when a run begins from now.
fn present(out: &mut String, model: &Model, now: &Now) -> std::fmt::Result {
    let minutes = |seconds: f64| number::duration(seconds / poolwise_engine::time::HOUR);
    for s in &model.run.start {
        let work = s
            .spent
            .map_or_else(|| "waiting".to_owned(), |spent| format!("in service for {}", minutes(spent)));
        writeln!(
            out,
            "In hand at the beginning: {} of class {} at stage {} of {}, {work}, {} after reaching the stage.",
            model.words.request.count(u64::from(s.requests)),
            model.classes[s.class].name,
            model.stages[s.stage].name,
            model.centres[s.centre].name,
            minutes(s.age)
        )?;
    }
    for (centre, officers) in &now.on_shift {
        writeln!(out, "On shift at {}: {officers}, as observed.", model.centres[*centre].name)?;
    }
    for come in poolwise_engine::so_far(model) {
        write!(out, "Of class {} {} have come today", model.classes[come.class].name, come.count)?;
        match come.factor {
            Some(factor) => {
                let law = match factor.gamma() {
                    Some((shape, rate)) => format!(
                        "a gamma law of shape {} and rate {}, given the count",
                        number::trimmed(shape, 2),
                        number::trimmed(rate, 2)
                    ),
                    None => {
                        format!("its law given the counts, of mean {}", number::trimmed(factor.mean(), 3))
                    }
                };
                writeln!(
                    out,
                    " where {} were expected: the factor of the day is drawn from {law}.",
                    number::trimmed(come.expected, 1)
                )?;
            }
            None => writeln!(out, ".")?,
        }
    }
    Ok(())
}

fn experimentation(out: &mut String, d: &Described<'_>) -> std::fmt::Result {
    let run = &d.model.run;
    writeln!(out, "## 4. Experimentation\n\n### 4.1 Initialisation\n")?;
    let warm_up = match run.warm_up {
        _ if run.now.is_some() => "There is no warm-up: the run begins in the middle of a day, and rosters go on from the midnight before.".to_owned(),
        0.0 => "There is no warm-up: statistics begin at once.".to_owned(),
        w => format!(
            "{} of warm-up on the real calendar before the start, not counted.",
            number::span(w / DAY)
        ),
    };
    writeln!(out, "{warm_up}")?;
    if let Some(now) = &run.now {
        present(out, d.model, now)?;
    } else if run.start.is_empty() {
        writeln!(out, "The system starts empty at the beginning of the warm-up.")?;
    }
    for s in run.start.iter().filter(|_| run.now.is_none()) {
        writeln!(
            out,
            "At the beginning of the warm-up {} requests of class {} are at stage {} of {}.",
            s.requests,
            d.model.classes[s.class].name,
            d.model.stages[s.stage].name,
            d.model.centres[s.centre].name
        )?;
    }
    if logic::comes_back(d.model) {
        writeln!(
            out,
            "Requests that left before the run and come back in it are added as a stationary stream, so that long \
             returns do not start from nothing."
        )?;
    }
    if run.now.is_none() {
        writeln!(
            out,
            "Every run proposes a warm-up from its own course (MSER) and says when the stated one is too short."
        )?;
    }
    writeln!(out, "\n### 4.2 Run length\n")?;
    let setting = Setting::of(d.model);
    let from = setting.start.map_or_else(String::new, |s| format!(" from {s} ({})", setting.zone));
    writeln!(out, "{}{from}.", number::span(run.horizon / DAY))?;
    writeln!(out, "\n### 4.3 Estimation approach\n")?;
    match &run.precision {
        None => writeln!(out, "{} independent replications.", run.replications)?,
        Some(p) => writeln!(
            out,
            "Independent replications, {} to {}, {} at a time, until the half-widths of {} are within {} of their \
             estimates (Hoad, Robinson and Davies 2010).",
            run.replications,
            p.max_replications,
            p.round,
            p.measures.join(", "),
            number::percent(p.relative)
        )?,
    }
    writeln!(
        out,
        "95 % intervals by Student's t over replications; ratios are ratios of sums with delta-method intervals. Options \
         are compared on common random numbers, replication by replication; the primary measures have simultaneous \
         intervals (Bonferroni) and multiple comparisons with the best (Hsu 1984)."
    )?;
    let exact = d.oracle.pools.iter().filter(|p| p.exact()).count();
    let tested = "whose values must lie in the run's joint 99.9 % intervals";
    let pools = match (exact, d.oracle.pools.len()) {
        (1, 1) => format!("its one pool fits an exact model, {tested}"),
        (0, 1) => "its one pool fits no exact model and has a named approximation".to_owned(),
        (0, n) => format!("none of its {n} pools fits an exact model; they have named approximations"),
        (all, n) if all == n => format!("all of its {n} pools fit an exact model, {tested}"),
        (1, n) => format!(
            "one of its {n} pools fits an exact model, {tested}; the others have named approximations"
        ),
        (some, n) => {
            format!(
                "{some} of its {n} pools fit an exact model, {tested}; the others have named approximations"
            )
        }
    };
    writeln!(out, "Each run is set beside queueing theory: {pools}.\n")
}

fn implementation(out: &mut String, d: &Described<'_>) -> std::fmt::Result {
    writeln!(out, "## 5. Implementation\n\n### 5.1 Software\n")?;
    writeln!(
        out,
        "poolwise {}, a discrete-event simulator in Rust: one event calendar a replication, time in seconds as 64-bit \
         floating-point numbers.",
        env!("CARGO_PKG_VERSION")
    )?;
    writeln!(out, "\n### 5.2 Random sampling\n")?;
    writeln!(
        out,
        "Stream scheme `{STREAM_SCHEME}`, root seed {}. Each named source of each replication has a stream of its own; every \
         attribute of a request is a keyed draw, so that the same request has the same draws in every option.",
        d.model.run.seed
    )?;
    let traces = || {
        d.model.classes.iter().filter_map(|c| if let Demand::Trace(t) = &c.demand { Some(t) } else { None })
    };
    let arrivals = match (traces().next().is_some(), traces().any(|t| t.drawn.is_some())) {
        (false, _) => "",
        (true, false) => "Recorded arrivals are replayed. ",
        (true, true) => {
            "Recorded arrivals come on whole days or weeks that are drawn anew in each replication. "
        }
    };
    writeln!(
        out,
        "{arrivals}Arrivals at changing rates are drawn by inversion, exact at every change of rate."
    )?;
    writeln!(out, "\n### 5.3 Model execution\n")?;
    writeln!(
        out,
        "At one instant, in this order: services end; deadlines and limits of waits pass; rosters change; requests reach \
         stages; new ones arrive. Replications run in parallel; results are the same bytes for any number of threads. \
         Every run checks that requests, time at work and time in queues balance."
    )?;
    writeln!(out, "\n### 5.4 System specification\n")?;
    writeln!(
        out,
        "Written on {} ({}). Results do not depend on the machine's number of processors; each run notes its machine and \
         its time in `host.json`.",
        std::env::consts::OS,
        std::env::consts::ARCH
    )?;
    writeln!(out, "\n## 6. Code access\n\n### 6.1 Computer model sharing statement\n")?;
    writeln!(
        out,
        "poolwise is open source ({}). The scenario is `{}`; with version {} and seed {} a run gives the same results \
         again. `manifest.json` beside every result holds all values and their hash.",
        env!("CARGO_PKG_LICENSE"),
        d.files.join("`, `"),
        env!("CARGO_PKG_VERSION"),
        d.model.run.seed
    )
}

/// Text safe inside a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// A Markdown table.
fn table(out: &mut String, header: &[&str], rows: &[Vec<String>]) -> std::fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "| {} |", header.join(" | "))?;
    writeln!(out, "|{}", "---|".repeat(header.len()))?;
    for row in rows {
        let cells: Vec<String> = row.iter().map(|c| cell(c)).collect();
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_engine::model::{Model, Pool};
    use poolwise_engine::random::Sampler;

    #[test]
    fn every_section_is_there_and_values_stand_with_what_is_said_of_them() {
        let mut model =
            Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::around_the_clock(1, 1); 4]);
        model.title = "A | title".to_owned();
        model.run.seed = 77;
        let resolved: toml::Table =
            toml::from_str("[run]\nseed = 77\n[class.only]\nrate = '6 per hour'\nprofile = 'flat'\n")
                .unwrap();
        let noted = |path: &str, text: &str, standing: &[&'static str]| Noted {
            file: "a.toml".to_owned(),
            path: path.to_owned(),
            table: path == "run",
            text: text.to_owned(),
            standing: standing.to_vec(),
        };
        let notes = [
            noted("run", "assumption", &["assumption"]),
            noted("run.seed", "", &[]),
            noted("class.only.rate", "fact: counted", &["fact"]),
        ];
        let text = markdown(&Described {
            model: &model,
            description: "Why it was made.",
            resolved: &resolved,
            hash: "abc123",
            notes: &notes,
            files: &["a.toml".to_owned()],
            changed: &["run.seed=77".to_owned()],
            uncertain: 0,
            oracle: &Oracle::default(),
        });
        for words in [
            "# A \\| title",
            "## 1. Objectives",
            "## 2. Logic",
            "## 3. Data",
            "## 4. Experimentation",
            "## 5. Implementation",
            "## 6. Code access",
            "Why it was made.",
            "abc123",
            "root seed 77",
            "| `class.only.rate` | \"6 per hour\" | fact | fact: counted |",
            "| `run` | seed = 77 | assumption |",
            "`class.only.profile`",
            "```mermaid",
        ] {
            assert!(text.contains(words), "{words} is missing in\n{text}");
        }
    }
}
