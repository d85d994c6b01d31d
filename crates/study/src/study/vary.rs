//! What-if without a file: a scenario with changes, under a name of its own.

use super::StudyError;
use poolwise_scenario::Scenario;
use toml::Value;

/// A scenario with changes, as an option of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variation {
    /// What it is called in tables.
    pub title: String,
    /// Changes, as `path=value`.
    pub sets: Vec<String>,
}

impl Variation {
    /// Reads `NAME: path=value; path=value`. Without a name the changes are its name.
    ///
    /// # Errors
    /// If there is no change in it, or one of them has no `=`.
    ///
    /// # Examples
    /// ```
    /// use poolwise_study::Variation;
    /// let one = Variation::read("PERC 60: pool.perc.officers=60; run.target=\"2 h\"").unwrap();
    /// assert_eq!(one.title, "PERC 60");
    /// assert_eq!(one.sets, ["pool.perc.officers=60", "run.target=\"2 h\""]);
    /// assert_eq!(Variation::read("pool.perc.officers=60").unwrap().title, "pool.perc.officers=60");
    /// assert!(Variation::read("PERC 60").is_err());
    /// assert!(Variation::read("PERC 60 pool.perc.officers=60").is_err(), "a name ends with a colon");
    /// assert!(Variation::read("area.\"Los Angeles\".share=2").is_ok());
    /// ```
    pub fn read(text: &str) -> Result<Self, StudyError> {
        let wrong = |why: &str| StudyError::Variation { text: text.to_owned(), why: why.to_owned() };
        // A name ends at the first colon that no change stands before: values have colons too (`start="06:00"`).
        let first = text.find('=').unwrap_or(text.len());
        let (title, changes) = match text[..first].find(':') {
            Some(at) => (text[..at].trim(), &text[at + 1..]),
            None => (text.trim(), text),
        };
        if title.is_empty() {
            return Err(wrong("it has no name before its colon"));
        }
        // Without a colon a name would be taken for the begin of the path.
        let path = split(changes).into_iter().next().unwrap_or_default();
        if let Some((name, path)) = path.split('=').next().and_then(|path| apart(path.trim())) {
            return Err(wrong(&format!("a name ends with a colon: write \"{name}: {path}=…\"")));
        }
        let sets = Self::sets(changes).map_err(|why| wrong(&why))?;
        Ok(Self { title: title.to_owned(), sets })
    }

    /// Reads `path=value; path=value`; else why it cannot be read.
    pub(super) fn sets(changes: &str) -> Result<Vec<String>, String> {
        let sets: Vec<String> =
            split(changes).into_iter().map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()).collect();
        if sets.is_empty() {
            return Err("it changes nothing".to_owned());
        }
        match sets.iter().find(|s| !s.contains('=')) {
            Some(bad) => Err(format!("`{bad}` is no change: write path=value")),
            None => Ok(sets),
        }
    }

    /// A name for its folder of results, different from those that are `taken`: letters and digits of the title.
    pub(crate) fn name(&self, taken: &[String]) -> String {
        let mut name = String::new();
        for c in self.title.chars() {
            match c {
                c if c.is_ascii_alphanumeric() || c == '_' => name.extend(c.to_lowercase()),
                _ if !name.is_empty() && !name.ends_with('-') => name.push('-'),
                _ => {}
            }
        }
        let name = match name.trim_end_matches('-') {
            "" => "variation".to_owned(),
            some => some.chars().take(MOST).collect::<String>().trim_end_matches('-').to_owned(),
        };
        let free = |name: &str| {
            !taken.iter().any(|t| t.to_lowercase() == name) && !super::OWN_FOLDERS.contains(&name)
        };
        let numbered = (2..).map(|n| format!("{name}-{n}"));
        std::iter::once(name.clone()).chain(numbered).find(|n| free(n)).unwrap_or(name)
    }

    /// All its changes, with those that make it an option of its own.
    pub(super) fn changes(&self, name: &str) -> Vec<String> {
        let text = |key: &str, value: &str| format!("{key}={}", Value::String(value.to_owned()));
        let own = [text("name", name), text("title", &self.title), "baseline=false".to_owned()];
        own.into_iter().chain(self.sets.iter().cloned()).collect()
    }
}

/// Longest name made of a title.
const MOST: usize = 60;

/// The words before the last space of a path that stands in no quotes, and what follows; `None` where there is no such space.
fn apart(path: &str) -> Option<(&str, &str)> {
    let (mut quote, mut space) = (None, None);
    for (at, c) in path.char_indices() {
        match (c, quote) {
            (c, Some(q)) if c == q => quote = None,
            ('"' | '\'', None) => quote = Some(c),
            (' ' | '\t', None) => space = Some(at),
            _ => {}
        }
    }
    let (name, rest) = path.split_at(space?);
    Some((name.trim(), rest.trim()))
}

/// Splits changes at semicolons that stand in no quotes and brackets.
fn split(text: &str) -> Vec<String> {
    let (mut parts, mut depth, mut quote) = (vec![String::new()], 0_i32, None);
    for c in text.chars() {
        match (c, quote) {
            (c, Some(q)) if c == q => quote = None,
            ('"' | '\'', None) => quote = Some(c),
            ('[' | '{', None) => depth += 1,
            (']' | '}', None) => depth -= 1,
            (';', None) if depth <= 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = parts.last_mut() {
            last.push(c);
        }
    }
    parts
}

/// Keys of shifts and levels that say when officers are there.
const TIMES: [&str; 6] = ["start", "starts", "every", "length", "days", "hours"];

/// What a variation leaves behind: rules of routing whose hours were those of the shifts that it changes.
pub fn left_behind(base: &Scenario, varied: &Scenario, sets: &[String]) -> Vec<String> {
    let mut said = Vec::new();
    for set in sets {
        let path = set.split('=').next().unwrap_or_default().trim();
        let parts = crate::measures::split_path(path);
        let [table, owner, key, rest @ ..] = parts.as_slice() else { continue };
        // More officers at the same hours leave no hours behind.
        if !rest.is_empty() && !rest.iter().any(|part| TIMES.contains(&part.as_str())) {
            continue;
        }
        if !["shifts", "levels", "open"].contains(&key.as_str())
            || !["pool", "centre"].contains(&table.as_str())
        {
            continue;
        }
        let centres =
            if table == "centre" { vec![owner.clone()] } else { centres_of(&varied.resolved, owner) };
        for (name, hours) in rules(&varied.resolved, &centres) {
            // A rule that the variation changes as well is not left behind.
            if rules(&base.resolved, &centres).contains(&(name.clone(), hours.clone())) {
                said.push(format!(
                    "{}: `{path}` changes, but the route `{name}` still has the hours \"{hours}\"",
                    varied.model.title
                ));
            }
        }
    }
    said.sort();
    said.dedup();
    said
}

/// The centres of a pool.
fn centres_of(resolved: &toml::Table, pool: &str) -> Vec<String> {
    let list = resolved.get("pool").and_then(|p| p.get(pool)).and_then(|p| p.get("centres"));
    let list = list.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(|c| Some(c.as_str()?.to_owned())).collect()
}

/// Rules with hours of their own that send work to one of the centres: name and hours.
fn rules(resolved: &toml::Table, centres: &[String]) -> Vec<(String, String)> {
    let rules = resolved.get("route").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let areas = areas_of(resolved, centres);
    let mut found = Vec::new();
    for rule in rules {
        // A rule for the areas of these centres was written with their hours in mind, wherever it leads.
        let leads = mentions(rule.get("areas"), &areas)
            || mentions(rule.get("to"), centres)
            || mentions(rule.get("overflow"), centres)
            || mentions(rule.get("duplicate"), centres)
            || rule.get("to").and_then(Value::as_str) == Some("local");
        let name = rule.get("name").and_then(Value::as_str).unwrap_or("without a name").to_owned();
        let hours = match rule.get("hours") {
            Some(Value::String(one)) if one != "open" && one != "always" => one.clone(),
            Some(Value::Array(several)) => {
                several.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
            }
            _ => continue,
        };
        if leads {
            found.push((name, hours));
        }
    }
    found
}

/// Areas whose own centre is one of these.
fn areas_of(resolved: &toml::Table, centres: &[String]) -> Vec<String> {
    let areas = resolved.get("area").and_then(Value::as_table).into_iter().flatten();
    let own = |area: &Value| area.get("centre").and_then(Value::as_str).map(str::to_owned);
    areas
        .filter(|(_, area)| own(area).is_some_and(|c| centres.contains(&c)))
        .map(|(name, _)| name.clone())
        .collect()
}

/// Whether a value names one of the centres, anywhere in it.
fn mentions(value: Option<&Value>, centres: &[String]) -> bool {
    match value {
        Some(Value::String(text)) => centres.contains(text),
        Some(Value::Array(list)) => list.iter().any(|v| mentions(Some(v), centres)),
        Some(Value::Table(table)) => table.values().any(|v| mentions(Some(v), centres)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_at_the_colon_before_the_first_change() {
        let one = Variation::read(r#"close at 18: pool.a.shifts.0.start="06:00"; x.y=[1; 2]"#).unwrap();
        assert_eq!(one.title, "close at 18");
        assert_eq!(one.sets, [r#"pool.a.shifts.0.start="06:00""#, "x.y=[1; 2]"]);
        let unnamed = Variation::read(r#"pool.a.start="06:00""#).unwrap();
        assert_eq!(unnamed.title, r#"pool.a.start="06:00""#);
        for wrong in ["", ":", "a:", "a: b", "a: ;", ": x=1", "a: x=1; y"] {
            assert!(Variation::read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn folders_have_names_of_their_own() {
        let of = |title: &str, taken: &[&str]| {
            let taken: Vec<String> = taken.iter().map(|t| (*t).to_owned()).collect();
            Variation { title: title.to_owned(), sets: Vec::new() }.name(&taken)
        };
        assert_eq!(of("PERC 60", &[]), "perc-60");
        assert_eq!(of("PERC 60", &["Perc-60", "perc-60-2"]), "perc-60-3");
        assert_eq!(of("Ü/§", &[]), "variation");
        assert_eq!(of("Compare", &[]), "compare-2");
        assert_eq!(of("../../x", &[]), "x");
    }
}
