//! Checks of what is said of bad input, and where. Each case stands over the reference's example.

use super::{Folder, example, file_name};
use poolwise_scenario::Diagnostics;

/// Checks that a fragment over the example gives an error at line and column (of the fragment, from 1) whose
/// text has all the parts.
#[track_caller]
pub(crate) fn bad(fragment: &str, line: usize, column: usize, parts: &[&str]) {
    let folder = Folder::new();
    let errors = folder.over(fragment).expect_err("it should not load");
    // `extends` takes the first line.
    has(&errors, "test.toml", line + 1, column, parts);
    render(&errors);
}

/// The same, where the error's place is in the example.
#[track_caller]
pub(crate) fn bad_at(place: &str, fragment: &str, parts: &[&str]) {
    let example = example();
    let line = example.lines().position(|l| l == place).expect("a line of the example") + 1;
    let column = place.find('.').expect("a table of the example") + 2;
    let folder = Folder::new();
    let errors = folder.over(fragment).expect_err("it should not load");
    has(&errors, "base.toml", line, column, parts);
    render(&errors);
}

#[track_caller]
pub(crate) fn has(errors: &Diagnostics, file: &str, line: usize, column: usize, parts: &[&str]) {
    let found = errors.iter().any(|d| {
        let place = d.location.as_ref().map(|l| (file_name(&l.file), l.line, l.column));
        let text = d.to_string();
        place == Some((file, line, column)) && parts.iter().all(|p| text.contains(p))
    });
    assert!(found, "no error at {file}:{line}:{column} with {parts:?} in:\n{errors}");
}

/// Drawing must work too, with and without colour.
#[track_caller]
pub(crate) fn render(errors: &Diagnostics) {
    assert!(errors.has_errors());
    assert!(errors.render(false).contains("error"));
    assert!(errors.render(true).contains('\u{1b}'));
}
