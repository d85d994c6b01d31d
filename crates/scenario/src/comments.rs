//! What the comments of scenario files say of their values: which are facts, which assumptions.
//!
//! A comment belongs to the key on its line, or to the key or table header straight below it; inside a value of
//! several lines, to that value's key. Only words count that say where a number stands: fact, derived, outside,
//! assumption.

use super::uncertain::Standing;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Best known first.
const STANDINGS: [Standing; 4] = [Standing::Fact, Standing::Derived, Standing::Outside, Standing::Assumption];

/// A key or table of a scenario file, with what its comments say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Name of the file that the comment stands in.
    pub file: String,
    /// Path of the key or table, in the form of overrides.
    pub path: String,
    /// Whether it is a table's header.
    pub table: bool,
    /// The comments, in one line; empty where there are none.
    pub text: String,
    /// Where the value stands, as the comments say.
    pub standing: Vec<Standing>,
}

/// The notes of scenario files, in their order. Files that are no TOML or cannot be read are left out.
pub fn notes(files: &[PathBuf]) -> Vec<Note> {
    let mut all = Vec::new();
    for path in files.iter().filter(|p| p.extension().is_some_and(|e| e == "toml")) {
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        all.extend(of_text(&name, &text));
    }
    all
}

/// A value that goes on over several lines.
struct OpenValue {
    note: usize,
    depth: i32,
    /// The quotes that close a text of several lines.
    quotes: Option<&'static str>,
}

/// The notes of one file.
pub(crate) fn of_text(file: &str, text: &str) -> Vec<Note> {
    let mut notes: Vec<Note> = Vec::new();
    let mut table = String::new();
    let mut lists: BTreeMap<String, usize> = BTreeMap::new();
    let mut above: Vec<String> = Vec::new();
    let mut open: Option<OpenValue> = None;
    for line in text.lines() {
        if let Some(quotes) = open.as_ref().and_then(|o| o.quotes) {
            if line.contains(quotes) {
                open = None;
            }
            continue;
        }
        let (code, comment, depth, quotes) = split(line);
        if let Some(value) = &mut open {
            if !comment.is_empty() {
                add(&mut notes[value.note].text, &comment);
            }
            value.depth += depth;
            value.quotes = quotes;
            if value.depth <= 0 && quotes.is_none() {
                open = None;
            }
            continue;
        }
        if code.is_empty() {
            match comment.trim_matches('-').is_empty() || comment.starts_with("--") {
                true => above.clear(),
                false => above.push(comment),
            }
            continue;
        }
        let mut said = above.join(" ");
        above.clear();
        add(&mut said, &comment);
        if let Some(header) = code.strip_prefix("[[") {
            let name = path_of(header.split("]]").next().unwrap_or_default());
            let n = lists.entry(name.clone()).or_insert(0);
            table = format!("{name}.{n}");
            *n += 1;
        } else if let Some(header) = code.strip_prefix('[') {
            table = path_of(header.rsplit_once(']').map_or(header, |h| h.0));
        }
        let is_table = code.starts_with('[');
        let path = if is_table {
            table.clone()
        } else {
            let key = path_of(&code[..key_end(&code)]);
            if table.is_empty() { key } else { format!("{table}.{key}") }
        };
        notes.push(Note { file: file.to_owned(), path, table: is_table, text: said, standing: Vec::new() });
        if !is_table && (depth > 0 || quotes.is_some()) {
            open = Some(OpenValue { note: notes.len() - 1, depth, quotes });
        }
    }
    for note in &mut notes {
        note.standing = standing(&note.text);
    }
    notes
}

fn add(text: &mut String, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push(' ');
    }
    text.push_str(more);
}

/// A line's code, its comment, how many brackets it leaves open, and the quotes of a text that goes on.
fn split(line: &str) -> (String, String, i32, Option<&'static str>) {
    let mut depth = 0;
    let mut inside: Option<char> = None;
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        match inside {
            Some(quote) => {
                if escaped {
                    escaped = false;
                } else if c == '\\' && quote == '"' {
                    escaped = true;
                } else if c == quote {
                    inside = None;
                }
            }
            None => match c {
                '"' | '\'' => {
                    let long = if c == '"' { "\"\"\"" } else { "'''" };
                    if let Some(after) = line[at..].strip_prefix(long) {
                        if !after.contains(long) {
                            return (line.trim().to_owned(), String::new(), depth, Some(long));
                        }
                        // It closes on this line: nothing of it can be a comment that matters.
                        return (line.trim().to_owned(), String::new(), depth, None);
                    }
                    inside = Some(c);
                }
                '[' | '{' => depth += 1,
                ']' | '}' => depth -= 1,
                '#' => {
                    let comment = line[at + 1..].trim().to_owned();
                    return (line[..at].trim().to_owned(), comment, depth, None);
                }
                _ => {}
            },
        }
    }
    (line.trim().to_owned(), String::new(), depth, None)
}

/// Where the key of `key = value` ends.
fn key_end(code: &str) -> usize {
    let mut inside: Option<char> = None;
    for (at, c) in code.char_indices() {
        match inside {
            Some(quote) if c == quote => inside = None,
            Some(_) => {}
            None if c == '"' || c == '\'' => inside = Some(c),
            None if c == '=' => return at,
            None => {}
        }
    }
    code.len()
}

/// A dotted key as paths are written: without blanks, quoted only where it must be.
fn path_of(key: &str) -> String {
    let mut parts = vec![String::new()];
    let mut inside: Option<char> = None;
    for c in key.trim().chars() {
        match inside {
            Some(quote) if c == quote => inside = None,
            None if c == '"' || c == '\'' => inside = Some(c),
            None if c == '.' => parts.push(String::new()),
            None if c.is_whitespace() => {}
            _ => {
                if let Some(last) = parts.last_mut() {
                    last.push(c);
                }
            }
        }
    }
    let bare = |p: &String| !p.is_empty() && p.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    let quoted = parts.iter().map(|p| if bare(p) { p.clone() } else { format!("\"{p}\"") });
    quoted.collect::<Vec<_>>().join(".")
}

/// The words of standing in a text, in order of knowledge.
fn standing(text: &str) -> Vec<Standing> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphabetic()).collect();
    STANDINGS.into_iter().filter(|s| words.contains(&s.word())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r##"# A file.

# fact: in the report
[class.a]          # the first
rate = "5 # not a comment per hour"   # assumption [1 to 9]
text = """
# no comment
"""
# ---- section ----
next = [
  { to = "x" },    # derived
  # outside
  { to = "y" },
]

[area]
"Los Angeles" = { share = 9 }
[[route]]
to = "x"
[[route]]
to = "y"           # assumption
"##;

    #[test]
    fn comments_find_their_keys() {
        let notes = of_text("f.toml", FILE);
        let of = |path: &str| notes.iter().find(|n| n.path == path).unwrap_or_else(|| panic!("{path}"));
        assert_eq!(of("class.a").text, "fact: in the report the first");
        assert_eq!(of("class.a").standing, [Standing::Fact]);
        assert_eq!(of("class.a.rate").standing, [Standing::Assumption]);
        assert_eq!(of("class.a.rate").text, "assumption [1 to 9]");
        assert!(of("class.a.text").text.is_empty());
        assert_eq!(of("class.a.next").standing, [Standing::Derived, Standing::Outside]);
        assert!(of("area.\"Los Angeles\"").standing.is_empty());
        assert_eq!(of("route.1.to").standing, [Standing::Assumption]);
        assert_eq!(notes.len(), 10, "{notes:#?}");
    }

    #[test]
    fn any_text_is_read_without_a_fault() {
        for text in ["[", "[[", "a", "= 1", "a = \"", "a = [", "]", "a = '''", "\"", "# x", "é = \"ü\" # ö"]
        {
            let _ = of_text("f", text);
        }
    }
}
