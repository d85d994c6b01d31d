//! Which files the staffing answer gets.

use super::{csv, json, notes, service, tables};
use crate::folder::{self, draw};
use crate::page::{self, Live, Page, live};
use crate::roster::csv as roster_csv;
use crate::roster::fragment::{self, Title};
use crate::write::Folder;
use crate::{ReportError, assumptions, number, plots};
use poolwise_engine::model::Model;
use poolwise_planning::allocation::PoolSpec;
use poolwise_scenario::Scenario;
use poolwise_staffing::StaffingStudy;
use poolwise_staffing::answer::{Answered, StaffingAnswer};
use poolwise_study::charts;
use poolwise_study::summary::Summary;
use std::path::{Path, PathBuf};

/// A scenario of the answer as files need it.
struct AnswerScenario<'a> {
    /// The network as the scenario has it.
    model: &'a Model,
    /// Its pools by headcount.
    pools: &'a [PoolSpec],
    /// Its resolved values.
    resolved: &'a toml::Table,
    /// Its file.
    file: &'a Path,
}

/// Writes the answer of a study: tables, requirement, rosters, page (with the engine in it if `engine`), and pictures if
/// wanted. `asked` has the words of the command that say what was asked, such as `--match status-quo`; nothing where no
/// command asked.
///
/// # Errors
/// If a file could not be written or a result not be encoded.
pub fn answer(
    folder: &Folder,
    study: &StaffingStudy,
    answer: &StaffingAnswer,
    asked: Option<&[String]>,
    engine: bool,
    pictures: bool,
) -> Result<(), ReportError> {
    let study = study.study();
    fn of(s: &Scenario) -> AnswerScenario<'_> {
        AnswerScenario {
            model: &s.model,
            pools: &s.pools,
            resolved: &s.resolved,
            file: s.sources.first().map_or(Path::new(""), PathBuf::as_path),
        }
    }
    let scenarios: Vec<AnswerScenario<'_>> = study.scenarios().iter().map(|s| of(s)).collect();
    let command = asked.map(|words| {
        let all: Vec<String> =
            [live::command("staff", study)].into_iter().chain(words.iter().cloned()).collect();
        all.join(" ")
    });
    let reproduce = folder::traced(study, command);
    let base = study.position(&answer.baseline).unwrap_or(0);
    let live = engine.then(|| live::unkept(study, base)).flatten();
    write(folder, answer, &scenarios, live, reproduce, pictures)
}

fn write(
    folder: &Folder,
    answer: &StaffingAnswer,
    asked: &[AnswerScenario<'_>],
    live: Option<Live>,
    reproduce: Vec<(String, String)>,
    pictures: bool,
) -> Result<(), ReportError> {
    folder.write("staffing.json", json::document(answer)?.as_bytes())?;
    folder.write("staffing.csv", csv::options(answer)?.as_bytes())?;
    folder.write("requirement.csv", csv::requirement(answer)?.as_bytes())?;
    let words = answer.words();
    let shown = if pictures { plots::of_staffing(answer) } else { Vec::new() };
    // What the page draws itself is a file only.
    let apart: Vec<bool> = shown.iter().map(|p| p.name == plots::SERVICE).collect();
    let mut drawn = draw(folder, &shown)?;
    let mut apart = apart.into_iter();
    drawn.retain(|_| apart.next() != Some(true));
    let mut more_pictures = Vec::new();
    let called = tables::called(answer);
    for (option, asked) in answer.options.iter().zip(asked) {
        let Some(staffed) = option.solved.staffed() else { continue };
        let Some(Ok(roster)) = &staffed.roster else { continue };
        let own = Folder::create(&folder.path().join(&option.scenario))?;
        own.write("roster_shifts.csv", roster_csv::shifts(&roster.plan)?.as_bytes())?;
        own.write("roster_weeks.csv", roster_csv::weeks(&roster.plan)?.as_bytes())?;
        own.write("roster_hours.csv", roster_csv::hours(&roster.plan)?.as_bytes())?;
        let extends = seen_from(own.path(), asked.file);
        let name = format!("{}-rostered", option.scenario);
        let title =
            words.fill(&format!("{}: {} {{officers}} on rosters", option.title, roster.plan.officers()));
        let title = Title { extends: &extends, name: &name, title: &title };
        if let Some(text) = fragment::toml(&roster.plan, asked.model, asked.pools, title) {
            own.write("roster.toml", text.as_bytes())?;
        }
        if let Some(picture) =
            plots::roster(&roster.plan, called.get(&option.scenario), &words).filter(|_| pictures)
        {
            let heading = picture.scene.title().to_owned();
            let svg = draw(&own, &[picture])?;
            more_pictures.extend(svg.into_iter().map(|svg| (heading.clone(), svg)));
        }
    }
    let summaries: Vec<&Summary> =
        answer.options.iter().filter_map(|o| o.solved.staffed()).map(|s| &s.summary).collect();
    let titles: Vec<(&str, &str)> =
        answer.options.iter().map(|o| (o.scenario.as_str(), o.title.as_str())).collect();
    let staffed: Vec<(Summary, charts::Work)> = answer.options.iter().filter_map(at_work).collect();
    let (staffed, works): (Vec<&Summary>, Vec<&charts::Work>) = staffed.iter().map(|(s, w)| (s, w)).unzip();
    let page = Page {
        title: if answer.matched {
            let base = titles.iter().find(|(name, _)| *name == answer.baseline);
            let base = base.map_or("", |(_, title)| title);
            words.fill(&format!("How many {{officers}} give the service of \u{201c}{base}\u{201d}?"))
        } else {
            words.fill("How many {officers} meet the targets?")
        },
        answer: poolwise_staffing::verdict(answer),
        kind: match answer.options.len() {
            1 => "Staffing of one option".to_owned(),
            n => format!("Staffing of {n} options"),
        },
        legend: tables::legend(answer),
        rests: page::rests(&asked.iter().map(|a| a.resolved).collect::<Vec<_>>()),
        blocks: tables::on_page(answer),
        more_blocks: service::assigned(answer),
        notes: notes::notes(answer),
        pictures: drawn,
        more_pictures,
        assumptions: assumed(answer, asked),
        measures: Page::measures_of(&summaries),
        figures: Some(page::restaffed(&answer.baseline, &titles, &staffed, &works)),
        curves: service::curves(answer),
        live,
        reproduce,
        ..Page::default()
    };
    folder.write("index.html", page.html().as_bytes())?;
    Ok(())
}

/// What an option does with the officers that it needs, and the work that comes to its centres.
fn at_work(option: &Answered) -> Option<(Summary, charts::Work)> {
    let staffed = option.solved.staffed()?;
    let officers = number::trimmed(f64::from(staffed.plan.headcount), 1);
    let many = &staffed.model.words.officer.many;
    let summary =
        Summary { title: format!("{}, with {officers} {many}", option.title), ..staffed.summary.clone() };
    Some((summary, charts::work(&staffed.model)))
}

/// All values of the baseline, and of the others what differs from it.
fn assumed(answer: &StaffingAnswer, asked: &[AnswerScenario<'_>]) -> Vec<(String, Vec<(String, String)>)> {
    let all = || asked.iter().zip(&answer.options);
    let Some(base) = all().find(|(_, o)| o.scenario == answer.baseline) else { return Vec::new() };
    let others = all().filter(|(_, o)| o.scenario != answer.baseline);
    let called = tables::called(answer);
    assumptions::of(
        std::iter::once(base).chain(others).map(|(asked, o)| (called.get(&o.scenario), asked.resolved)),
    )
}

/// A file as seen from a folder: up to what both have in common, then down. The file's own path where
/// there is nothing in common.
fn seen_from(folder: &Path, file: &Path) -> String {
    let (Ok(from), Ok(to)) = (folder.canonicalize(), file.canonicalize()) else {
        return file.display().to_string();
    };
    let common = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    if common == 0 {
        return to.display().to_string();
    }
    let ups = from.components().skip(common).map(|_| "..".to_owned());
    let downs = to.components().skip(common).map(|c| c.as_os_str().to_string_lossy().into_owned());
    ups.chain(downs).collect::<Vec<_>>().join("/")
}
