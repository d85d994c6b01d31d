//! Scenarios that are in order: what they become.

use poolwise::scenario::{Overrides, load, starter};
use std::path::Path;

#[test]
fn the_starter_scenarios_run() {
    let dir = tempfile::tempdir().expect("a folder");
    for (name, text) in starter() {
        std::fs::write(dir.path().join(name), text).expect("written");
    }
    for (name, _) in starter() {
        match load(&dir.path().join(name), &Overrides::default()) {
            Ok(s) => {
                assert!(s.warnings.is_empty(), "{}", s.warnings);
                println!("{}", serde_json::to_string_pretty(&s.resolved).unwrap());
            }
            Err(e) => panic!("{}", e.render(false)),
        }
    }
    let _ = Path::new("");
}
