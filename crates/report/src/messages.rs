//! Messages beside results on a terminal: sentences go over several lines, what is to be copied or points at a place stays as it is.

use super::grid::wrap;

/// Blanks before the second line of a sentence.
const INDENT: usize = 2;
/// What stands before the help of a message.
const HELP: &str = "= help: ";

/// The text with its sentences broken at `width`. Lines of a file that a message shows, the marks below them and commands are not
/// broken: a terminal breaks them itself, and they are copied whole.
pub fn messages(text: &str, width: usize) -> String {
    text.lines().map(|line| message(line, width)).collect()
}

fn message(line: &str, width: usize) -> String {
    let plain = without_colours(line);
    if plain.chars().count() <= width || !is_prose(&plain) {
        return format!("{line}\n");
    }
    let before = plain.len() - plain.trim_start().len();
    let indent = if plain.trim_start().starts_with(HELP) { before + HELP.len() } else { before + INDENT };
    wrap(line, width, indent)
}

/// Whether a line is a sentence, and no line of a file, no place in one and no command.
fn is_prose(line: &str) -> bool {
    let text = line.trim_start();
    let shown = text.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start().starts_with('|');
    let command = ["poolwise ", "Next: poolwise "].iter().any(|start| text.starts_with(start));
    !shown && !command && !text.starts_with("-->")
}

fn without_colours(line: &str) -> String {
    let mut out = String::new();
    let mut parts = line.split('\u{1b}');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        out.push_str(part.split_once('m').map_or("", |(_, rest)| rest));
    }
    out
}

/// Characters of a text on a terminal: colours take no room.
pub(crate) fn seen(text: &str) -> usize {
    if text.contains('\u{1b}') { without_colours(text).chars().count() } else { text.chars().count() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_broken_and_lines_of_a_file_are_not() {
        let text = "\u{1b}[31merror\u{1b}[0m: nobody works at the desk from nine to five\n  --> a/very/long/path/to/a/scenario.toml:3:4\n   |\n 3 | officers = 0 # nobody at all today\n   | ^^^^^^^^ nobody\n   = help: write how many officers there are";
        assert_eq!(
            messages(text, 30),
            "\u{1b}[31merror\u{1b}[0m: nobody works at the\n  desk from nine to five\n  --> a/very/long/path/to/a/scenario.toml:3:4\n   |\n 3 | officers = 0 # nobody at all today\n   | ^^^^^^^^ nobody\n   = help: write how many\n           officers there are\n"
        );
        let command = "Next: poolwise compare office/today.toml office/night-desk.toml";
        assert_eq!(messages(command, 20), format!("{command}\n"));
        assert_eq!(messages("wrote it", 30), "wrote it\n");
    }
}
