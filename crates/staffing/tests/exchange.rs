//! No split of the same officers by hand serves better than the one that exchanges find.

use poolwise_scenario::Overrides;
use poolwise_staffing::candidates::Candidates;
use poolwise_staffing::check;
use poolwise_staffing::exchange::Exchange;
use poolwise_staffing::plan::{Planner, StaffingPlan};
use poolwise_staffing::probe::Samples;
use poolwise_staffing::solve::SearchSettings;
use poolwise_staffing::steering::Steering;
use poolwise_staffing::target::parse;
use poolwise_study::{Study, Unwatched};
use std::path::Path;

const OFFICERS: u32 = 18;

fn scenario(sets: &[String]) -> poolwise_scenario::Scenario {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exchange.toml");
    let changes = Overrides { sets: sets.to_vec(), ..Overrides::default() };
    Study::load(&[file], &changes).unwrap().scenarios()[0].as_ref().clone()
}

/// Three offices that share no work, of equal work and unlike services: nothing in the loads says that one needs more. All 55 splits
/// of 18 officers of which each office has three or more are simulated on the random numbers that guide the search.
#[test]
fn exchanges_find_what_trying_every_split_by_hand_finds() {
    let base = scenario(&[]);
    let checks = check::resolve(&[parse("started within 20 min >= 90 %").unwrap()], &base.model).unwrap();
    let planner = Planner::new(&base.model, &base.pools).unwrap();
    let candidates = Candidates::new(&planner, &base.pools);
    let none = Samples::default();
    let how = SearchSettings {
        threads: None,
        error: 0.05,
        shortcuts: false,
        rosters: false,
        curve: false,
        controls: false,
        watch: &Unwatched,
    };
    let own = |officers: [u32; 3]| -> StaffingPlan {
        let list = officers.map(|n| n.to_string()).join(", ");
        let scenario = scenario(&[format!("pool.offices.officers_by_centre=[{list}]")]);
        let planner = Planner::new(&scenario.model, &scenario.pools).unwrap();
        Candidates::new(&planner, &scenario.pools).as_is().unwrap()
    };
    let mut by_hand = Steering::new(&planner, &checks, &none, &how);
    let plans = candidates.at(OFFICERS, &planner.plain());
    // The first seen sets the unit in which scores are told apart.
    let first = by_hand.see(&plans[0]).unwrap().score;
    let mut best = first;
    let mut better = 0;
    for a in 3..=OFFICERS - 6 {
        for b in 3..=OFFICERS - 3 - a {
            let seen = by_hand.see(&own([a, b, OFFICERS - a - b])).unwrap().score;
            better += u32::from(plans.iter().all(|p| seen.beats(&by_hand.see(p).unwrap().score)));
            if seen.beats(&best) {
                best = seen;
            }
        }
    }
    assert!(better > 0, "some split by hand is better than the rules' own, or this shows nothing");
    let mut exchange = Exchange::new(&planner, Steering::new(&planner, &checks, &none, &how));
    let found = exchange.best(OFFICERS, &plans).unwrap().unwrap();
    assert!(found.headcount <= OFFICERS, "{}", found.headcount);
    let score = by_hand.see(&found).unwrap().score;
    assert!(!best.beats(&score), "by hand {best:?}, by exchange {score:?}, by rule {first:?}");
}
