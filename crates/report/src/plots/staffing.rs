//! The staffing answer in pictures: officers by option, and utilization through the week before and after.

use super::axes::{self, BLUE, FAINT_INK, GRID, MARGIN, ORANGE, Panel, TITLE_HEIGHT, VERMILION};
use super::scene::{Align, Scene, text_width};
use super::{hourly_of, staffed};
use crate::number;
use crate::staff::tables::{base, called};
use plotters::style::RGBColor;
use poolwise_engine::time::HOURS_OF_WEEK;
use poolwise_staffing::answer::{Answered, StaffingAnswer};
use poolwise_staffing::solve::Staffed;
use poolwise_study::summary::Summary;

const ROW_HEIGHT: f64 = 46.0;
const PLOT_WIDTH: f64 = 620.0;
const WEEK_WIDTH: f64 = 1240.0;
const PANEL: f64 = 150.0;
/// Height of a week's panel with its title and day names.
const STEP: f64 = PANEL + 86.0;

/// Officers of every option: as it is, needed with interval, and in whole weeks of work.
pub(super) fn headcount(answer: &StaffingAnswer) -> Option<Scene> {
    let label = axes::label(Align::Right);
    let rows: Vec<&Answered> = answer.options.iter().collect();
    let names = called(answer);
    let widest = names.pairs().iter().map(|(_, title)| text_width(title, label)).fold(0.0, f64::max);
    let left = MARGIN + widest + 14.0;
    let right = left + PLOT_WIDTH;
    let top = TITLE_HEIGHT + 46.0;
    let bottom = top + ROW_HEIGHT * rows.len() as f64;
    let most = rows.iter().flat_map(|r| marks(r)).map(|m| m.upper).fold(0.0, f64::max);
    if most <= 0.0 {
        return None;
    }
    let said = answer.words();
    let title = if answer.matched {
        said.fill(&format!("{{Officers}} for the service of {}", base(answer)))
    } else {
        said.fill("{Officers} for the targets")
    };
    let mut scene = Scene::new(right + 330.0, bottom + 66.0, title);
    axes::titles(
        &mut scene,
        &said.fill(
            "Dots are {officers} employed; bars staffings that the test cannot separate from the answer",
        ),
    );
    let mut kinds = vec![(FAINT_INK, "as the scenario has it"), (BLUE, "needed")];
    let rostered = |s: &Staffed| matches!(s.roster, Some(Ok(_)));
    if rows.iter().filter_map(|o| o.solved.staffed()).any(rostered) {
        kinds.push((ORANGE, "needed in whole weeks of work"));
    }
    key(&mut scene, TITLE_HEIGHT + 12.0, &kinds);
    let panel = Panel { left, top, right, bottom, x: (0.0, most * 1.04), y: (0.0, 1.0) };
    panel.x_axis(&mut scene, &said.fill("{Officers} employed"), 1.0, 8);
    for (i, (row, (_, name))) in rows.iter().zip(names.pairs()).enumerate() {
        let y = top + (i as f64 + 0.5) * ROW_HEIGHT;
        scene.line(vec![(left, y), (right, y)], GRID, 1);
        scene.text((left - 12.0, y), name.as_str(), label);
        for mark in marks(row) {
            let at = y + mark.shift;
            if mark.upper > mark.lower {
                scene.line(vec![(panel.px(mark.lower), at), (panel.px(mark.upper), at)], mark.colour, 4);
            }
            scene.dot((panel.px(mark.value), at), 6.0, mark.colour);
        }
        scene.text((right + 14.0, y), words(row), axes::label(Align::Left));
    }
    panel.frame(&mut scene);
    Some(scene)
}

struct StaffingMark {
    value: f64,
    lower: f64,
    upper: f64,
    colour: RGBColor,
    shift: f64,
}

fn marks(row: &Answered) -> Vec<StaffingMark> {
    let dot = |value: f64, colour, shift| StaffingMark { value, lower: value, upper: value, colour, shift };
    let mut list = vec![dot(row.solved.as_is.headcount, FAINT_INK, -11.0)];
    if let Some(staffed) = row.solved.staffed() {
        let n = staffed.headcount();
        list.push(StaffingMark {
            value: n.estimate,
            lower: n.lower,
            upper: n.upper,
            colour: BLUE,
            shift: 0.0,
        });
        if let Some(Ok(drawn)) = &staffed.roster {
            list.push(dot(f64::from(drawn.plan.officers()), ORANGE, 11.0));
        }
    }
    list
}

fn words(row: &Answered) -> String {
    let staffed = match &row.solved.result {
        Ok(staffed) => staffed,
        Err(why) if why.shown => return "no staffing reaches the targets".to_owned(),
        Err(_) => return "cannot tell: none is shown to reach them".to_owned(),
    };
    let n = staffed.headcount();
    let whole = |x: f64| number::fixed(x, 0, false);
    let interval =
        if n.lower < n.upper { format!(" [{}, {}]", whole(n.lower), whole(n.upper)) } else { String::new() };
    let released = match row.released.map(|r| r.estimate) {
        Some(x) if x < 0.0 => format!(", {} more", whole(-x)),
        Some(x) => format!(", {} released", whole(x)),
        None => String::new(),
    };
    format!("{}{interval}{released}", whole(n.estimate))
}

fn key(scene: &mut Scene, y: f64, entries: &[(RGBColor, &str)]) {
    let style = axes::label(Align::Left);
    let mut x = MARGIN + 8.0;
    for (colour, text) in entries {
        scene.dot((x, y), 6.0, *colour);
        scene.text((x + 14.0, y), *text, style);
        x += 14.0 + text_width(text, style) + 34.0;
    }
}

/// Utilization by hour of the week with the officers found, beside that of the option as it is; one panel
/// an option.
pub(crate) fn before_and_after(answer: &StaffingAnswer) -> Option<Scene> {
    let rows: Vec<(&Answered, &Staffed)> =
        answer.options.iter().filter_map(|o| o.solved.staffed().map(|s| (o, s))).collect();
    if rows.is_empty() {
        return None;
    }
    let before = answer.as_is.as_ref().map(utilization);
    let height = TITLE_HEIGHT + 40.0 + STEP * rows.len() as f64;
    let mut scene = Scene::new(WEEK_WIDTH, height, "Utilization through the week, before and after");
    axes::titles(
        &mut scene,
        "Share of on-duty time at work, all counted centres, each by its own local time",
    );
    let after = answer.words().fill("with the {officers} needed");
    let was = format!("{} as it is", base(answer));
    let names = called(answer);
    let mut entries = vec![(BLUE, after.as_str())];
    if before.is_some() {
        entries.push((VERMILION, was.as_str()));
    }
    key(&mut scene, TITLE_HEIGHT + 6.0, &entries);
    for (i, (option, staffed)) in rows.iter().enumerate() {
        let top = TITLE_HEIGHT + 54.0 + i as f64 * STEP;
        let panel = Panel {
            left: MARGIN + 60.0,
            top,
            right: WEEK_WIDTH - MARGIN,
            bottom: top + PANEL,
            x: (0.0, HOURS_OF_WEEK as f64),
            y: (0.0, 1.0),
        };
        let name = names.get(&option.scenario);
        panel.y_axis(&mut scene, &format!("Busy, %: {name}"), 100.0, 5);
        panel.midnights(&mut scene);
        if let Some(before) = &before {
            panel.stairs(before).into_iter().for_each(|run| scene.line(run, VERMILION, 2));
        }
        panel.stairs(&utilization(&staffed.summary)).into_iter().for_each(|run| scene.line(run, BLUE, 2));
        panel.frame(&mut scene);
        panel.week_axis(&mut scene, "", false);
    }
    Some(scene)
}

/// Utilization of all counted centres by hour of their local weeks.
fn utilization(summary: &Summary) -> Vec<f64> {
    let (mut busy, mut there) = ([0.0; HOURS_OF_WEEK], [0.0; HOURS_OF_WEEK]);
    for centre in staffed(summary).iter().filter(|c| c.counted) {
        let share = hourly_of(centre, |r| r.utilization);
        let on_duty = hourly_of(centre, |r| r.on_duty);
        for h in (0..HOURS_OF_WEEK).filter(|&h| on_duty[h] > 0.0 && share[h].is_finite()) {
            busy[h] += share[h] * on_duty[h];
            there[h] += on_duty[h];
        }
    }
    (0..HOURS_OF_WEEK).map(|h| busy[h] / there[h]).collect()
}
