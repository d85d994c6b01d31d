//! Pictures, one kind a file. Each is laid out as a [`Scene`] and drawn as SVG and PNG by plotters, with
//! a font that is part of the program.

mod axes;
pub mod backtest;
mod centres;
mod compare;
mod completion;
mod duty;
pub mod fit;
pub mod forecast;
mod heat;
mod queue;
mod roster;
mod scene;
mod service;
mod staffing;
pub mod sweep;
mod uncertain;
mod wait;
mod warm_up;

pub use scene::{Align, Scene};

use super::Setting;
use poolwise_engine::model::Words;
use poolwise_engine::time::HOURS_OF_WEEK;
use poolwise_staffing::answer::StaffingAnswer;
use poolwise_staffing::roster::RosterPlan;
use poolwise_study::summary::{Comparison, HourRow, Summary};
use poolwise_study::uncertain::DifferenceSpread;

/// A picture and its file name without an ending.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// File name without an ending.
    pub name: &'static str,
    /// What is drawn, before it is SVG or PNG.
    pub scene: Scene,
}

/// All pictures of one scenario that its results allow.
pub fn of_scenario(summary: &Summary, setting: Option<&Setting>) -> Vec<Picture> {
    collect([
        ("utilization-by-hour", heat::utilization(summary)),
        ("on-duty-and-busy", duty::against_busy(summary)),
        ("utilization-by-centre", centres::by_centre(summary)),
        ("queue", queue::over_horizon(summary, setting)),
        ("wait-by-local-hour", wait::by_local_hour(summary)),
        ("time-to-completion", completion::distribution(summary)),
        ("warm-up", warm_up::course(summary)),
    ])
}

/// All pictures of a comparison.
pub fn of_comparison(comparison: &Comparison, summaries: &[&Summary]) -> Vec<Picture> {
    collect([
        ("differences", compare::differences(comparison, summaries)),
        ("utilization-by-scenario", centres::by_scenario(summaries)),
    ])
}

/// Officers required and rostered through the week.
pub fn roster(plan: &RosterPlan, scenario: &str, words: &Words) -> Option<Picture> {
    let scene = roster::against_requirement(plan, scenario, words)?;
    Some(Picture { name: "requirement-and-roster", scene })
}

/// The staffing answer.
pub fn of_staffing(answer: &StaffingAnswer) -> Vec<Picture> {
    collect([
        ("officers-by-option", staffing::headcount(answer)),
        (SERVICE, service::curve(answer)),
        ("utilization-before-and-after", staffing::before_and_after(answer)),
    ])
}

/// The picture of service with more and fewer officers.
pub(crate) const SERVICE: &str = "service-by-officers";

/// The picture of differences over draws of uncertain inputs.
pub(crate) fn over_draws(rows: &[DifferenceSpread], summaries: &[&Summary], baseline: &str) -> Vec<Picture> {
    collect([("input-uncertainty", uncertain::differences(rows, summaries, baseline))])
}

fn collect<const N: usize>(pictures: [(&'static str, Option<Scene>); N]) -> Vec<Picture> {
    pictures.into_iter().filter_map(|(name, scene)| Some(Picture { name, scene: scene? })).collect()
}

/// A centre through its week.
struct CentreWeek<'s> {
    name: &'s str,
    counted: bool,
    hours: Vec<&'s HourRow>,
}

/// Centres that have officers at some time, in the scenario's order.
fn staffed(summary: &Summary) -> Vec<CentreWeek<'_>> {
    let mut hours = summary.detail.hours_by_centre();
    let centres = summary.detail.centres.iter().filter_map(|(name, counted)| {
        let hours = hours.remove(name.as_str())?;
        let there = hours.iter().any(|r| r.on_duty > 0.0);
        there.then_some(CentreWeek { name, counted: *counted, hours })
    });
    centres.collect()
}

/// A quantity of a centre by hour of its week; undefined where there is none.
fn hourly_of(centre: &CentreWeek<'_>, pick: fn(&HourRow) -> f64) -> Vec<f64> {
    let mut values = vec![f64::NAN; HOURS_OF_WEEK];
    for row in &centre.hours {
        if let Some(value) = values.get_mut(row.hour_of_week) {
            *value = pick(row);
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;
    use crate::write::Folder;
    use std::path::Path;

    fn all() -> Vec<Picture> {
        let summaries = fixture::seven();
        let refs: Vec<&Summary> = summaries.iter().collect();
        let setting = &fixture::settings(1)[0];
        let mut pictures = of_scenario(&summaries[0], Some(setting));
        pictures.extend(of_comparison(&fixture::comparison(&summaries), &refs));
        pictures.extend(over_draws(&fixture::over_draws(&summaries), &refs, "status-quo"));
        pictures
    }

    #[test]
    fn no_text_is_cut_off_or_runs_into_another() {
        let pictures = all();
        assert_eq!(pictures.len(), 10);
        for picture in &pictures {
            let boxes = picture.scene.text_boxes();
            assert!(boxes.len() > 10, "{}", picture.name);
            for (i, ([left, top, right, bottom], text)) in boxes.iter().enumerate() {
                let inside = *left >= 2.0
                    && *top >= 2.0
                    && *right <= picture.scene.width() - 2.0
                    && *bottom <= picture.scene.height() - 2.0;
                assert!(inside, "{}: '{text}' is cut off", picture.name);
                for ([l, t, r, b], other) in &boxes[i + 1..] {
                    let apart = r <= left || l >= right || b <= top || t >= bottom;
                    assert!(apart, "{}: '{text}' and '{other}' overlap", picture.name);
                }
            }
        }
    }

    #[test]
    fn both_forms_are_drawn_without_a_system_font_and_the_same_each_time() {
        for picture in all() {
            let svg = picture.scene.svg().unwrap();
            assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{}", picture.name);
            assert!(
                svg.contains("font-family=\"sans-serif\"") && svg.contains("<title>"),
                "{}",
                picture.name
            );
            assert_eq!(svg, picture.scene.svg().unwrap());
            let png = picture.scene.png().unwrap();
            assert!(png.starts_with(b"\x89PNG") && png.len() > 5_000, "{}", picture.name);
            assert_eq!(png, picture.scene.png().unwrap());
        }
    }

    #[test]
    fn a_scenario_without_results_has_no_pictures_and_does_not_fail() {
        let mut summary = fixture::summary("empty", 0.6);
        summary.warm_up = None;
        summary.detail = Default::default();
        assert!(of_scenario(&summary, None).is_empty());
    }

    #[test]
    fn undefined_numbers_everywhere_do_not_fail() {
        let mut summary = fixture::summary("undefined", 0.6);
        for e in summary.measures.values_mut() {
            (e.estimate, e.lower, e.upper) = (f64::NAN, f64::NAN, f64::NAN);
        }
        for row in &mut summary.detail.hourly {
            (row.busy, row.utilization, row.wait_mean_hours) = (f64::NAN, f64::NAN, f64::NAN);
        }
        for row in &mut summary.detail.wait_by_local_hour {
            row.done_within_target = f64::NAN;
        }
        for picture in of_scenario(&summary, None) {
            assert!(picture.scene.svg().is_ok(), "{}", picture.name);
        }
    }

    /// Draws everything into `output/fixture/` for a look at it.
    #[test]
    #[ignore = "for looking at"]
    fn draw_all_to_look_at() {
        let folder =
            Folder::create(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../output/fixture")).unwrap();
        for picture in all() {
            picture.scene.write(&folder, picture.name).unwrap();
        }
        let summaries = fixture::seven();
        let refs: Vec<&Summary> = summaries.iter().collect();
        let text = crate::table::comparison(
            &refs,
            &fixture::comparison(&summaries),
            &fixture::settings(summaries.len()),
            Default::default(),
        );
        std::fs::write(folder.path().join("table.txt"), text).unwrap();
    }
}
