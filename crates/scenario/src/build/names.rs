//! Names of stages, classes, areas, centres and roles, and their indices.

use crate::collections::List;
use crate::diagnostic::Problems;
use crate::parts::{ScenarioIn, ServiceIn};
use crate::scalar::Text;
use poolwise_engine::model::{MAX_ROLES, RoleMask};
use std::collections::HashMap;

/// Names of one kind.
pub(super) struct NameIndex {
    what: &'static str,
    list: Vec<String>,
    map: HashMap<String, usize>,
}

impl NameIndex {
    fn new<'a>(what: &'static str, names: impl Iterator<Item = &'a str>) -> Self {
        let mut index = Self { what, list: Vec::new(), map: HashMap::new() };
        for name in names {
            index.add(name);
        }
        index
    }

    fn add(&mut self, name: &str) {
        if !self.map.contains_key(name) {
            self.map.insert(name.to_owned(), self.list.len());
            self.list.push(name.to_owned());
        }
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn name(&self, i: usize) -> &str {
        &self.list[i]
    }

    pub(super) fn all(&self) -> &[String] {
        &self.list
    }

    /// The index of a name, or an error with the nearest.
    pub(super) fn find(&self, text: &Text, cx: &mut Problems) -> Option<usize> {
        let found = self.map.get(text.as_str()).copied();
        if found.is_none() {
            let note = cx.error(text.place, format!("unknown {} `{}`", self.what, text.as_str()));
            if self.list.is_empty() {
                note.help(format!("the scenario has no {}", self.what));
            } else {
                note.names(text.as_str(), self.list.iter().map(String::as_str));
            }
        }
        found
    }

    /// Whether each is in the list; all, where there is no list.
    pub(super) fn flags(&self, names: Option<&List<Text>>, cx: &mut Problems) -> Vec<bool> {
        let Some(names) = names else { return vec![true; self.len()] };
        let mut out = vec![false; self.len()];
        for name in &names.items {
            if let Some(i) = self.find(name, cx) {
                out[i] = true;
            }
        }
        if names.items.is_empty() {
            cx.error(names.place, format!("the list names no {}", self.what))
                .help("leave the key out for all");
        }
        out
    }
}

/// All names of a scenario.
pub(super) struct Names {
    pub stages: NameIndex,
    pub classes: NameIndex,
    pub areas: NameIndex,
    pub centres: NameIndex,
    pub roles: NameIndex,
}

impl Names {
    pub(super) fn new(input: &ScenarioIn, cx: &mut Problems) -> Self {
        let mut roles = NameIndex::new("role", std::iter::empty());
        for (_, stage) in input.stage.iter() {
            for role in stage.service.iter().flat_map(ServiceIn::roles) {
                roles.add(role.as_str());
                if roles.len() == MAX_ROLES + 1 && role.as_str() == roles.name(MAX_ROLES) {
                    cx.error(role.place, format!("more than {MAX_ROLES} roles"));
                }
            }
        }
        distinct(input, cx);
        Self {
            stages: NameIndex::new("stage", input.stage.iter().map(|(k, _)| k.as_str())),
            classes: NameIndex::new("class", input.class.iter().map(|(k, _)| k.as_str())),
            areas: NameIndex::new("area", input.area.iter().map(|(k, _)| k.as_str())),
            centres: NameIndex::new("centre", input.centre.iter().map(|(k, _)| k.as_str())),
            roles,
        }
    }

    /// The roles of a list, all where there is none.
    pub(super) fn mask(&self, roles: Option<&List<Text>>, cx: &mut Problems) -> RoleMask {
        let flags = self.roles.flags(roles, cx);
        flags.iter().take(MAX_ROLES).enumerate().filter(|(_, on)| **on).fold(0, |m, (i, _)| m | 1 << i)
    }
}

/// The row of a centre's officers of all roles in files of results.
const ALL_ROLES: &str = "all";

/// Names must be told apart in every file and on every machine, also where capitals and blanks at the ends do not
/// count.
fn distinct(input: &ScenarioIn, cx: &mut Problems) {
    let roles = input.stage.iter().filter_map(|(_, s)| s.service.as_ref()).flat_map(ServiceIn::roles);
    let kinds: [(&str, Vec<&Text>); 6] = [
        ("class", input.class.iter().map(|x| x.0).collect()),
        ("area", input.area.iter().map(|x| x.0).collect()),
        ("stage", input.stage.iter().map(|x| x.0).collect()),
        ("centre", input.centre.iter().map(|x| x.0).collect()),
        ("pool", input.pool.iter().map(|x| x.0).collect()),
        ("role", roles.collect()),
    ];
    for (what, names) in kinds {
        let a = if what.starts_with('a') { "an" } else { "a" };
        let mut seen: HashMap<String, &str> = HashMap::new();
        for name in names {
            let text = name.as_str();
            if text != text.trim() || text.chars().any(char::is_control) {
                cx.error(name.place, format!("the name {text:?} of {a} {what} begins or ends with a blank, or has a line break or the like"))
                    .help("files of results could not tell it from others");
            }
            match seen.insert(text.trim().to_lowercase(), text) {
                Some(other) if other != text => {
                    cx.error(name.place, format!("`{text}` and `{other}` are names of {a} {what} that differ in capitals or blanks only"))
                        .help("many programs and folders take them for the same: give one another name");
                }
                _ => {}
            }
            if what == "role" && text.to_lowercase() == ALL_ROLES {
                cx.error(name.place, format!("a role cannot be called `{text}`"))
                    .help("in files of results `all` is the row of all roles together");
            }
        }
    }
}
