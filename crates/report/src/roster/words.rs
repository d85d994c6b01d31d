//! What there is to say of rosters: why there is none, and how far they may be from the least.

use poolwise_planning::roster_rules::Least;
use poolwise_staffing::roster::RosterPlan;

/// Most centres named in one note.
const NAMED: usize = 4;

/// A line for each reason why a centre has no roster: centre, role and reason.
pub fn failures(plan: &RosterPlan) -> Vec<String> {
    plan.failures()
        .flat_map(|(row, reasons)| reasons.iter().map(move |r| format!("{}, {}: {r}", row.centre, row.role)))
        .collect()
}

/// A line on how good the rosters are: proven least, or the bound and the gap of those that are not.
pub fn quality(plan: &RosterPlan, least: Least) -> Vec<String> {
    let rosters: Vec<_> = plan.rows.iter().filter_map(|r| r.outcome.as_ref().ok().map(|x| (r, x))).collect();
    let open: Vec<_> = rosters.iter().filter(|(_, x)| !x.is_least()).collect();
    if open.is_empty() {
        return match rosters.len() {
            0 => Vec::new(),
            1 => vec!["the roster is proven to be the least".to_owned()],
            n => vec![format!("all {n} rosters are proven to be the least")],
        };
    }
    let one =
        |(row, x): &&(&poolwise_staffing::roster::RosterOutcome, &poolwise_staffing::roster::Roster)| {
            match least {
                Least::Officers => {
                    format!(
                        "{} has {} {{officers}}, at least {:.0} are needed",
                        row.centre, x.officers, x.bound
                    )
                }
                Least::Cost => {
                    format!("{} costs {:.0} a week, at least {:.0} is needed", row.centre, x.cost, x.bound)
                }
            }
        };
    let mut list: Vec<String> = open.iter().take(NAMED).map(one).collect();
    if open.len() > NAMED {
        list.push(format!("and {} more", open.len() - NAMED));
    }
    vec![format!(
        "{} of {} rosters reached the limit of nodes before they were proven to be the least: {}; `roster.nodes` sets the limit",
        open.len(),
        rosters.len(),
        list.join("; ")
    )]
}
