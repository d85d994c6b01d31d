//! What `check` prints of a valid scenario without running it: who is there, and how much work is
//! expected of them.

use super::block::{Block, BlockCell};
use super::column::trim_whole;
use super::number;
use poolwise_engine::model::{Model, Words};
use poolwise_engine::time::HOURS_OF_WEEK;
use poolwise_planning::offered_load::{self, Load, Stability};
use poolwise_planning::staffing;
use poolwise_study::verdict::{states_headcount, steady};
use serde::Serialize;

/// The column of the officers employed.
const HEADCOUNT: usize = 3;

/// Staffing and expected load of a scenario.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StaffingFigures {
    /// Name of the scenario.
    pub scenario: String,
    /// One line on it.
    pub title: String,
    /// What its requests and officers are called.
    #[serde(skip)]
    pub words: Words,
    /// How many are employed is said by the scenario, and no sum of hours on duty.
    #[serde(skip)]
    pub states_headcount: bool,
    /// The same number is on duty at every hour.
    #[serde(skip)]
    pub steady: bool,
    /// Some give up or do not join a queue, so that none need grow for ever.
    #[serde(skip)]
    pub some_leave: bool,
    /// Officers rostered at a time over the counted centres.
    pub posts: f64,
    /// Those of them who come: without the absent.
    pub present: f64,
    /// Their rostered hours a week.
    pub rostered_hours_per_week: f64,
    /// Officers employed, whether or not on duty.
    pub headcount: f64,
    /// Expected work of the counted centres, erlangs.
    pub offered_load: f64,
    /// By centre, in the scenario's order.
    pub centres: Vec<CentreStaffing>,
}

/// One centre's staffing and load.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CentreStaffing {
    /// Name of the centre.
    pub centre: String,
    /// Whether it is part of the totals.
    pub counted: bool,
    /// Officers rostered at a time.
    pub posts: f64,
    /// Rostered hours a week.
    pub rostered_hours_per_week: f64,
    /// Officers employed, whether or not on duty.
    pub headcount: f64,
    /// Requests expected to reach it, per hour.
    pub arrivals_per_hour: f64,
    /// Expected work, erlangs: officers who would be busy if nobody ever waited.
    pub offered_load: f64,
    /// Offered work over officers present, of the roles in which it is tightest; above 1 the queue grows
    /// without end. `null` where there is work and nobody to do it.
    pub load_ratio: f64,
    /// Roles in which it is tightest.
    pub tightest_roles: Vec<String>,
    /// The hour of its week, from Monday 00:00, with the most expected work; `null` where all are alike.
    pub busiest_hour: Option<usize>,
}

impl StaffingFigures {
    /// The staffing and expected load of a model.
    pub fn of(model: &Model) -> Self {
        let load = offered_load::expected(model);
        let stability = offered_load::stability_of(model, &load);
        let totals = staffing::totals(model);
        let centres: Vec<CentreStaffing> = stability.iter().map(|s| centre(model, &load, s)).collect();
        Self {
            scenario: model.name.clone(),
            title: model.title.clone(),
            words: model.words.clone(),
            states_headcount: states_headcount(model),
            steady: steady(model),
            some_leave: model.classes.iter().any(|class| class.deadline.is_some())
                || model.centres.iter().any(|centre| centre.balk.is_some() || centre.capacity.is_some()),
            posts: totals.posts,
            present: totals.present,
            rostered_hours_per_week: totals.rostered_hours_per_week,
            headcount: totals.headcount,
            offered_load: centres.iter().filter(|c| c.counted).map(|c| c.offered_load).sum(),
            centres,
        }
    }

    /// As a table: one row a centre, the total of the counted ones last.
    pub(crate) fn block(&self) -> Block {
        let header = [
            "Centre",
            "Posts",
            "Rostered hours a week",
            "Headcount",
            "Arrivals an hour",
            "Offered load, {officers}",
            "Load over {officers} present,\u{a0}%",
            "Busiest hour",
        ];
        let text = |value: String| BlockCell { value, ..BlockCell::default() };
        let one = |value: f64| text(number::seen(value, 1, false));
        // Centres that an option has closed have nobody and nothing to do.
        let open = || self.centres.iter().filter(|c| c.posts > 0.0 || c.offered_load > 0.0);
        let mut rows: Vec<Vec<BlockCell>> = open()
            .map(|c| {
                let name = if c.counted { c.centre.clone() } else { format!("{} (not counted)", c.centre) };
                vec![
                    text(name),
                    one(c.posts),
                    text(number::fixed(c.rostered_hours_per_week, 0, false)),
                    one(c.headcount),
                    one(c.arrivals_per_hour),
                    one(c.offered_load),
                    text(ratio(c)),
                    text(c.busiest_hour.map_or_else(String::new, number::hour_of_week)),
                ]
            })
            .collect();
        // The total of one is that one.
        if open().count() > 1 {
            rows.push(vec![
                text("All counted".to_owned()),
                one(self.posts),
                text(number::fixed(self.rostered_hours_per_week, 0, false)),
                one(self.headcount),
                text(String::new()),
                one(self.offered_load),
                text(String::new()),
                text(String::new()),
            ]);
        }
        let header = header.map(|head| self.words.fill(head)).to_vec();
        let mut block = Block { title: self.title.clone(), header, rows };
        trim_whole(&mut block);
        // What hours on duty come to in people is arithmetic that nobody spoke of.
        if !self.states_headcount {
            block.header.remove(HEADCOUNT);
            block.rows.iter_mut().for_each(|row| drop(row.remove(HEADCOUNT)));
        }
        if open().all(|c| c.busiest_hour.is_none()) {
            block.header.pop();
            block.rows.iter_mut().for_each(|row| row.truncate(block.header.len()));
        }
        block
    }
}

/// Load in per cent, with a word where the centre cannot keep up.
pub(crate) fn ratio(c: &CentreStaffing) -> String {
    if c.load_ratio.is_infinite() {
        return "work, but nobody".to_owned();
    }
    let mut text = number::fixed(c.load_ratio * 100.0, 0, false);
    if c.load_ratio > 1.0 {
        text.push_str(" too much");
    }
    text
}

fn centre(model: &Model, load: &Load, stability: &Stability) -> CentreStaffing {
    let id = stability.centre;
    let staffing = staffing::staffing(model, id);
    let all = &load.centres[id].all;
    // The first of equally busy hours, unless all are.
    let busiest_hour = (0..HOURS_OF_WEEK).rev().max_by(|a, b| all.offered[*a].total_cmp(&all.offered[*b]));
    let least = all.offered.iter().copied().fold(f64::INFINITY, f64::min);
    let busiest_hour = busiest_hour.filter(|hour| all.offered[*hour] > least * (1.0 + 1e-9));
    CentreStaffing {
        centre: model.centres[id].name.clone(),
        counted: model.centres[id].counted,
        posts: staffing.posts,
        rostered_hours_per_week: staffing.rostered_hours_per_week,
        headcount: staffing.headcount,
        arrivals_per_hour: all.arrivals_per_hour(),
        offered_load: all.erlangs(),
        load_ratio: stability.ratio,
        tightest_roles: model
            .roles
            .iter()
            .enumerate()
            .filter(|(r, _)| stability.roles >> r & 1 == 1)
            .map(|(_, name)| name.clone())
            .collect(),
        busiest_hour,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_engine::model::{Model, Pool};
    use poolwise_engine::random::Sampler;

    #[test]
    fn posts_load_and_ratio_of_a_known_system() {
        // Six requests an hour of half an hour are three erlangs; four officers around the clock.
        let model = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::around_the_clock(1, 1); 4]);
        let staffing = StaffingFigures::of(&model);
        assert_eq!((staffing.posts, staffing.rostered_hours_per_week), (4.0, 672.0));
        assert_eq!(staffing.headcount, 16.8);
        let here = &staffing.centres[0];
        assert!((here.offered_load - 3.0).abs() < 1e-6, "{here:?}");
        assert!((here.load_ratio - 0.75).abs() < 1e-6, "{here:?}");
        assert!((here.arrivals_per_hour - 6.0).abs() < 1e-6, "{here:?}");
    }

    #[test]
    fn too_much_work_and_nobody_to_do_it_are_said_in_words() {
        let mut staffing = StaffingFigures::of(&Model::one_queue(
            6.0,
            Sampler::Constant(1_800.0),
            vec![Pool::around_the_clock(1, 1); 2],
        ));
        let block = staffing.block();
        assert_eq!(block.rows[0][5].value, "150 too much");
        // Nobody said how many are employed.
        assert!(!block.header.iter().any(|head| head == "Headcount"), "{:?}", block.header);
        staffing.states_headcount = true;
        assert_eq!(
            (staffing.block().header[3].as_str(), staffing.block().rows[0][3].value.as_str()),
            ("Headcount", "8.4")
        );
        staffing.states_headcount = false;
        // One centre has no total, and work that comes evenly no busiest hour.
        assert_eq!(block.rows.len(), 1);
        assert!(!block.header.iter().any(|head| head == "Busiest hour"), "{:?}", block.header);
        assert_eq!(block.rows[0][1].value, "2");
        let mut two = staffing.clone();
        two.centres.push(CentreStaffing { posts: 1.5, busiest_hour: Some(123), ..two.centres[0].clone() });
        let block = two.block();
        assert_eq!(block.rows.last().map(|r| r[0].value.as_str()), Some("All counted"));
        let column = |c: usize| block.rows.iter().map(|r| r[c].value.as_str()).collect::<Vec<_>>();
        assert_eq!(column(1), ["2.0", "1.5", "2.0"]);
        assert_eq!(column(6), ["", "Sat 03:00", ""]);
        assert!(block.rows.iter().all(|r| r.len() == block.header.len()));
        // One that is closed is not shown, and one that is left has no total.
        two.centres[1].posts = 0.0;
        two.centres[1].offered_load = 0.0;
        assert_eq!(two.block().rows.len(), 1);
        staffing.centres[0].load_ratio = f64::INFINITY;
        assert_eq!(staffing.block().rows[0][5].value, "work, but nobody");
    }
}
