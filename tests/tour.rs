//! Every command of docs/tour.md runs, one after another in one folder, as its reader would run them.

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn every_command_of_the_tour_runs_in_its_order() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("docs/tour.md")).expect("the tour");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = assert_cmd::cargo::cargo_bin("poolwise");
    // The kind of the block that a line is in: commands stand in those without one.
    let mut block: Option<&str> = None;
    let mut seen = 0;
    for line in text.lines() {
        if let Some(kind) = line.strip_prefix("```") {
            block = if block.is_none() { Some(kind) } else { None };
            continue;
        }
        let Some(command) = line.strip_prefix("poolwise ").filter(|_| block == Some("")) else { continue };
        // A search takes as long as its tests need: here a short one will do.
        let short = if command.starts_with("staff ") {
            " --horizon '2 weeks' --replications 4 --no-plots"
        } else {
            ""
        };
        let line = format!("'{}' {command}{short}", program.display());
        let output =
            Command::new("sh").arg("-c").arg(&line).current_dir(folder.path()).output().expect("a shell");
        assert!(output.status.success(), "{command}\n{}", String::from_utf8_lossy(&output.stderr));
        // A newcomer is not to be frightened by what the starter itself is to blame for.
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(!text.contains("warm-up is too short") || command.starts_with("staff "), "{command}\n{text}");
        seen += 1;
    }
    assert!(seen >= 6, "{seen} commands found");
    // What the tour says is there, is there: the page of the last command has no engine in it.
    let page = fs::read_to_string(folder.path().join("output/compare/index.html")).expect("the page");
    assert!(page.contains("<h1>") && !page.contains("wasm-unsafe-eval"));
    // The difference that the tour shows is a scenario.
    let shown = text.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a scenario");
    fs::write(folder.path().join("towns/local-changed.toml"), shown).expect("written");
    let check = Command::new(&program)
        .args(["check", "towns/local-changed.toml"])
        .current_dir(folder.path())
        .output()
        .expect("runs");
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));
}
