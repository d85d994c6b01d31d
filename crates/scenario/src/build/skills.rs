//! Roles of officers: which they hold, in which order, at which speed, after which wait; and teams of several roles.

use super::Builder;
use crate::collections::List;
use crate::parts::{CentreIn, RoleIn, ServiceIn};
use crate::scalar::Text;
use crate::source::TextSpan;
use poolwise_engine::model::{CaseChoice, MAX_ROLES, OfficerChoice, RoleId, RoleMask, Skill};

/// Whether a centre's officers or cases are chosen by the order of roles.
pub(crate) fn by_order(centre: &CentreIn) -> bool {
    centre.officer_choice.0 == OfficerChoice::ByPreference || centre.case_choice.0 != CaseChoice::FirstInLine
}

/// The roles of a list, and what differs between them: nothing where all are held alike and none is `ordered` before others.
/// `whose` says whose they are.
pub(crate) fn roles(
    b: &mut Builder<'_>,
    list: Option<&List<RoleIn>>,
    ordered: bool,
    whose: TextSpan,
) -> (RoleMask, Vec<Skill>) {
    let Some(list) = list else { return (b.names.mask(None, b.cx), Vec::new()) };
    // A list that is not written down is of all roles that stages ask for; where there is no such stage that is said.
    if list.items.is_empty() && !list.place.is_none() {
        b.cx.error(list.place, "the list names no role").help("leave the key out for all");
    }
    if ordered && list.place.is_none() && list.items.len() > 1 {
        b.cx.error(whose, "the centre goes by the order of `roles`, which is not given here")
            .help("list the roles of these officers, the one that they prefer first");
    }
    let mut skills: Vec<Skill> = Vec::new();
    for item in &list.items {
        let Some(name) = item.name() else { continue };
        let Some(role) = b.names.roles.find(name, b.cx).filter(|role| *role < MAX_ROLES) else { continue };
        if skills.iter().any(|skill| skill.role == role) {
            b.cx.error(name.place, format!("`{}` is named twice", name.as_str()));
            continue;
        }
        let (speed, after) = match item {
            RoleIn::Name(_) => (1.0, 0.0),
            RoleIn::Table(table) => (table.speed.value, table.after.seconds),
        };
        skills.push(Skill { role, speed, after });
    }
    let mask = skills.iter().fold(0, |mask, skill| mask | 1 << skill.role);
    let alike = skills.iter().all(|skill| skill.speed == 1.0 && skill.after == 0.0);
    if alike && !ordered {
        skills.clear();
    }
    (mask, skills)
}

/// Rules that cannot stand together.
pub(crate) fn check_choices(b: &mut Builder<'_>, name: &Text, input: &CentreIn) {
    if input.discipline.0.cuts_off() && input.case_choice.0 != CaseChoice::FirstInLine {
        let message = format!("`case_choice` cannot stand beside the discipline of `{}`", name.as_str());
        b.cx.error(input.place, message).help(
            "where urgent cases take the officers of others, the most urgent is next, whatever its role",
        );
    }
}

/// Officers of other roles that a service takes beside its own, and how many there are in all.
pub(crate) fn others(b: &mut Builder<'_>, service: &ServiceIn) -> (Vec<(RoleId, u32)>, u32) {
    let own = service.role.get().map_or("", Text::as_str);
    let mut others: Vec<(RoleId, u32)> = Vec::new();
    for (name, n) in service.with.iter() {
        if name.as_str() == own {
            b.cx.error(name.place, format!("`{own}` is the role that the service asks for itself"))
                .help("`officers` says how many of them it takes");
            continue;
        }
        others.push((b.role(Some(name)), n.count()));
    }
    others.sort_unstable();
    let all = service.officers.count() + others.iter().map(|(_, n)| n).sum::<u32>();
    (others, all)
}
