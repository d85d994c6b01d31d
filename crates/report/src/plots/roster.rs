//! Officers required against officers rostered through the week: all centres together, then the largest.

use super::axes::{self, BLUE, MARGIN, ORANGE, Panel, TITLE_HEIGHT};
use super::scene::{Align, Scene, text_width};
use poolwise_engine::model::Words;
use poolwise_engine::time::HOURS_OF_WEEK;
use poolwise_staffing::roster::{Roster, RosterPlan};

/// Rows shown one by one; the rest is in the CSV.
const SHOWN: usize = 6;
const WIDTH: f64 = 1240.0;
const BIG: f64 = 260.0;
const SMALL: f64 = 130.0;
/// Height of a small panel with its title and day names.
const SMALL_STEP: f64 = SMALL + 76.0;

/// Requirement against roster. `None` where no row has a roster.
pub(crate) fn against_requirement(plan: &RosterPlan, scenario: &str, words: &Words) -> Option<Scene> {
    let weeks: Vec<RosterWeek> = plan.rows.iter().filter_map(RosterWeek::of).collect();
    let all = RosterWeek::sum(&weeks)?;
    let mut largest: Vec<&RosterWeek> = weeks.iter().collect();
    largest.sort_by(|a, b| b.total().total_cmp(&a.total()));
    largest.truncate(SHOWN);
    // With one row the small panel would only repeat the big one.
    if weeks.len() == 1 {
        largest.clear();
    }
    let rows = largest.len().div_ceil(2) as f64;
    let big_bottom = TITLE_HEIGHT + 60.0 + BIG;
    let height = big_bottom + 90.0 + if largest.is_empty() { 0.0 } else { 20.0 + rows * SMALL_STEP };
    let mut scene =
        Scene::new(WIDTH, height, words.fill(&format!("{{Officers}} required and rostered: {scenario}")));
    let employed = format!(
        "{} {{officers}} employed, {} rostered, {:.1} posts. Each centre by its own local time",
        plan.officers(),
        plan.rostered(),
        plan.posts()
    );
    axes::titles(&mut scene, &words.fill(&employed));
    key(&mut scene, TITLE_HEIGHT + 10.0);
    let left = MARGIN + 60.0;
    let panel = all.panel(left, TITLE_HEIGHT + 60.0, WIDTH - MARGIN, big_bottom);
    let name = match weeks.as_slice() {
        [only] => words.fill(&format!("{{Officers}}, {}", only.name)),
        _ => words.fill(&format!("{{Officers}}, all {} rosters together", weeks.len())),
    };
    all.draw(&mut scene, &panel, &name, 6);
    panel.week_axis(&mut scene, "Hour of the week, local time", true);
    let column = (WIDTH - MARGIN - left + 60.0) / 2.0;
    for (i, week) in largest.iter().enumerate() {
        let x = left + (i % 2) as f64 * column;
        let top = big_bottom + 130.0 + (i / 2) as f64 * SMALL_STEP;
        let panel = week.panel(x, top, x + column - 70.0, top + SMALL);
        week.draw(&mut scene, &panel, &words.fill(&format!("{{Officers}}, {}", week.name)), 3);
        panel.week_axis(&mut scene, "", false);
    }
    Some(scene)
}

/// What the colours mean.
fn key(scene: &mut Scene, y: f64) {
    let style = axes::label(Align::Left);
    let left = MARGIN + 56.0;
    scene.line(vec![(left, y), (left + 30.0, y)], BLUE, 3);
    let rostered = "rostered";
    scene.text((left + 38.0, y), rostered, style);
    let next = left + 38.0 + text_width(rostered, style) + 30.0;
    scene.rect(next, y - 7.0, next + 30.0, y + 7.0, ORANGE);
    scene.text((next + 38.0, y), "required, with absence and minimum crew", style);
}

/// Officers by hour of the week.
struct RosterWeek {
    name: String,
    required: Vec<f64>,
    rostered: Vec<f64>,
}

impl RosterWeek {
    fn of(row: &poolwise_staffing::roster::RosterOutcome) -> Option<Self> {
        let roster: &Roster = row.outcome.as_ref().ok()?;
        Some(Self {
            name: row.centre.clone(),
            required: row.covered.iter().map(|n| f64::from(*n)).collect(),
            rostered: roster.mean_on_duty(),
        })
    }

    fn sum(weeks: &[Self]) -> Option<Self> {
        if weeks.is_empty() {
            return None;
        }
        let add = |of: fn(&Self) -> &Vec<f64>| {
            (0..HOURS_OF_WEEK).map(|h| weeks.iter().map(|w| of(w)[h]).sum()).collect()
        };
        Some(Self { name: String::new(), required: add(|w| &w.required), rostered: add(|w| &w.rostered) })
    }

    fn total(&self) -> f64 {
        self.rostered.iter().sum()
    }

    fn panel(&self, left: f64, top: f64, right: f64, bottom: f64) -> Panel {
        let most = axes::top_of(self.rostered.iter().chain(&self.required).copied());
        Panel { left, top, right, bottom, x: (0.0, HOURS_OF_WEEK as f64), y: (0.0, most) }
    }

    fn draw(&self, scene: &mut Scene, panel: &Panel, name: &str, ticks: usize) {
        panel.y_axis(scene, name, 1.0, ticks);
        panel.midnights(scene);
        for run in panel.stairs(&self.required) {
            scene.area(panel.under(&run), ORANGE, 1.0);
        }
        for run in panel.stairs(&self.rostered) {
            scene.line(run, BLUE, 2);
        }
        panel.frame(scene);
    }
}
