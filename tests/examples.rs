//! Every command shown in the README and the docs runs, shortened to a week and two replications.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Commands in fenced blocks of a page: lines that begin with `poolwise` or `cargo run --release --`.
fn commands(page: &Path) -> Vec<String> {
    let text = fs::read_to_string(page).unwrap_or_else(|e| panic!("{}: {e}", page.display()));
    let mut inside = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            inside = !inside;
        } else if inside {
            let line = line.split("  #").next().unwrap_or(line).trim();
            let command =
                line.strip_prefix("cargo run --release -- ").or_else(|| line.strip_prefix("poolwise "));
            found.extend(command.map(str::to_owned));
        }
    }
    found
}

#[test]
fn commands_of_the_pages_run() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = assert_cmd::cargo::cargo_bin("poolwise");
    let pages: [PathBuf; 5] = [
        "README.md",
        "scenarios/national/README.md",
        "scenarios/textbook/README.md",
        "docs/staffing.md",
        "docs/from-a-spreadsheet.md",
    ]
    .map(|page| root.join(page));
    let mut seen = 0;
    for page in &pages {
        // What one command imports, the page's later ones use.
        let written = tempfile::tempdir().expect("a temporary folder");
        let office = format!(" {}/office", written.path().display());
        for command in commands(page) {
            let command = command
                .replace(" office/", &format!("{office}/"))
                .replace("--into office", &format!("--into{office}"));
            let out = tempfile::tempdir().expect("a temporary folder");
            let mut line = format!("'{}' {command}", program.display());
            if command.starts_with("run ") || command.starts_with("compare ") {
                line += &format!(
                    " --horizon '1 week' --replications 2 --quiet --no-plots --out '{}'",
                    out.path().display()
                );
            }
            if command.starts_with("fit ") || command.starts_with("backtest ") {
                line += &format!(" --quiet --no-plots --out '{}'", out.path().display());
            }
            if command.starts_with("staff ") {
                line += &format!(
                    " --horizon '1 week' --replications 4 --draws 2 --quiet --no-plots --out '{}'",
                    out.path().display()
                );
            }
            let output = Command::new("sh").arg("-c").arg(&line).current_dir(root).output().expect("a shell");
            assert!(
                output.status.success(),
                "{}: {command}\n{}",
                page.display(),
                String::from_utf8_lossy(&output.stderr)
            );
            seen += 1;
        }
    }
    assert!(seen >= 5, "{seen} commands found");
}

/// Links to files of the repository lead somewhere.
#[test]
fn links_of_the_pages_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = vec![root.join("README.md"), root.join("CHANGELOG.md")];
    for folder in ["docs", "scenarios/national", "scenarios/textbook"] {
        let entries = fs::read_dir(root.join(folder)).expect("a folder");
        pages.extend(
            entries.map(|e| e.expect("an entry").path()).filter(|p| p.extension().is_some_and(|e| e == "md")),
        );
    }
    for page in pages {
        let text = fs::read_to_string(&page).expect("a page");
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split([')', '#']).next().unwrap_or("");
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let path = page.parent().expect("a folder").join(target);
            assert!(path.exists(), "{}: {target}", page.display());
        }
    }
}
