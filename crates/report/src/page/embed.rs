//! What a page carries: its script, its style, the engine, data; and the policy that lets nothing else in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};
use sha2::{Digest, Sha256};
use std::io::Write as _;

/// Colours and spacing, the dark ones apart.
const STYLE: &str = include_str!("../../page/page.css");

/// Dark colours, which hold by choice and where the reader's system asks for them.
const DARK: &str = include_str!("../../page/dark.css");

/// The page's style sheet.
pub(crate) fn style() -> String {
    STYLE.replace("/*dark*/", DARK.trim_end())
}

/// The modules of the page, each after those that it imports.
const MODULES: [&str; 14] = [
    include_str!("../../page/dom.js"),
    include_str!("../../page/number.js"),
    include_str!("../../page/save.js"),
    include_str!("../../page/figure.js"),
    include_str!("../../page/charts.js"),
    include_str!("../../page/curves.js"),
    include_str!("../../page/replay.js"),
    include_str!("../../page/figures.js"),
    include_str!("../../page/state.js"),
    include_str!("../../page/unpack.js"),
    include_str!("../../page/engine.js"),
    include_str!("../../page/levers.js"),
    include_str!("../../page/live.js"),
    include_str!("../../page/picture.js"),
];

/// The module that starts the others.
const MAIN: &str = include_str!("../../page/main.js");

/// The script of workers.
pub(crate) const WORKER: &str = include_str!("../../page/worker.js");

/// The engine as WebAssembly, compressed by LZMA; `scripts/page-engine.sh` makes it.
pub(crate) const ENGINE: &[u8] = include_bytes!("../../assets/engine.wasm.lzma");

/// All modules as one script: imports go, because what they name stands above in the same script; so do comments and
/// indentation, a hundredth of a page. No text of a module goes over several lines, which a test holds.
pub(super) fn script() -> String {
    let mut out = String::from("\"use strict\";\n");
    for module in MODULES.into_iter().chain([MAIN]) {
        for line in module.lines().filter(|line| !line.starts_with("import ")).map(str::trim_start) {
            let comment = line.starts_with("//") || line.starts_with("/**") && line.ends_with("*/");
            if !comment && !line.is_empty() {
                out.push_str(line.strip_prefix("export ").unwrap_or(line));
                out.push('\n');
            }
        }
    }
    out
}

/// A text or bytes compressed, for a block of data: the same bytes for the same content.
pub(super) fn packed(bytes: &[u8]) -> String {
    let mut encoder: GzEncoder<Vec<u8>> = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    // Writing to memory cannot fail.
    let done = encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default();
    encoded(&done)
}

/// Digits of base 85: none that a page could misread.
const DIGITS: &[u8; 85] =
    b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?_,;()[]{}@%$#";

/// Bytes that are compressed already, for a block of data: four bytes in five digits of base 85, which takes a sixteenth less than
/// base 64 does.
pub(super) fn encoded(bytes: &[u8]) -> String {
    let mut text = Vec::with_capacity(bytes.len() / 4 * 5 + 5);
    for group in bytes.chunks(4) {
        let mut four = [0; 4];
        four[..group.len()].copy_from_slice(group);
        let number = u32::from_be_bytes(four);
        // Written out, since the engine is a hundred thousand groups and this crate is built without optimisation.
        let digits = [
            DIGITS[(number / 52_200_625) as usize],
            DIGITS[(number / 614_125 % 85) as usize],
            DIGITS[(number / 7_225 % 85) as usize],
            DIGITS[(number / 85 % 85) as usize],
            DIGITS[(number % 85) as usize],
        ];
        // The last group, where it is shorter, takes one digit more than it has bytes.
        text.extend_from_slice(&digits[..=group.len()]);
    }
    // All digits are ASCII.
    String::from_utf8(text).unwrap_or_default()
}

fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

/// The content-security policy of a page with this script and style: no network at all, no other script; workers
/// from the page's own text, and WebAssembly where the engine is in it.
pub(crate) fn policy(script: &str, engine: bool) -> String {
    let (workers, wasm) = if engine { ("blob:", " 'wasm-unsafe-eval'") } else { ("'none'", "") };
    format!(
        "default-src 'none'; script-src {}{wasm}; style-src {}; worker-src {workers}; img-src data: blob:; base-uri 'none'; form-action 'none'",
        hash(script),
        hash(&style())
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn no_name_stands_twice_in_the_script() {
        let mut names = std::collections::BTreeSet::new();
        for line in MODULES.into_iter().chain([MAIN]).flat_map(str::lines) {
            assert!(line.matches('`').count() % 2 == 0, "a text over several lines: {line}");
            let line = line.strip_prefix("export ").unwrap_or(line);
            let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '$');
            // Only what stands at the margin is seen by all modules.
            let first = words.next().unwrap_or_default();
            let name = match first {
                "function" | "const" | "let" | "class" => words.next(),
                "async" => words.nth(1),
                _ => None,
            };
            if let Some(name) = name.filter(|n| !n.is_empty()) {
                assert!(names.insert(name.to_owned()), "{name}");
            }
        }
        assert!(names.len() > 40);
        assert!(
            !script().contains("</script") && !WORKER.contains("</script") && !style().contains("</style")
        );
    }

    fn hexadecimal(bytes: &[u8]) -> String {
        Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
    }

    /// The engine that pages carry was made for the results that this program gives: after a change of results it is to be
    /// made anew by `scripts/page-engine.sh`.
    #[test]
    fn the_kept_engine_is_the_one_of_these_results() {
        let facts: serde_json::Value =
            serde_json::from_str(include_str!("../../assets/engine.json")).unwrap();
        // That the module in it has the hash that the facts state is for the test of the script that unpacks it.
        assert_eq!(facts["packed"], hexadecimal(ENGINE));
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden.json");
        assert_eq!(
            facts["golden"],
            hexadecimal(&std::fs::read(golden).unwrap()),
            "run scripts/page-engine.sh"
        );
    }

    #[test]
    fn the_same_content_is_the_same_block() {
        assert_eq!(packed(b"abc"), packed(b"abc"));
        assert!(packed(&[b'x'; 10_000]).len() < 200);
    }
}
