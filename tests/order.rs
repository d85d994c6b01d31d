//! Nothing depends on the order in which a scenario lists things: its tables are shuffled, and every file of results has
//! the same rows, byte for byte.

use assert_cmd::Command;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Each draw of a shuffle (SplitMix64, fixed seeds).
struct Shuffle(u64);

impl Shuffle {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % n as u64) as usize
    }

    /// The same things in another order; in the first shuffle as they are.
    fn shuffled<T: Clone>(&mut self, things: &[T]) -> Vec<T> {
        let mut all = things.to_vec();
        if self.0 > 0 {
            for i in (1..all.len()).rev() {
                all.swap(i, self.below(i + 1));
            }
        }
        all
    }
}

const RUN: &str = r#"
[run]
time_zone = "America/New_York"
horizon = "2 weeks"
warm_up = "1 week"
replications = 2
target = "2 h"
answer_within = "20 min"
"#;

const CLASSES: [&str; 5] = [
    r#"[class.biometric]
rate = "5 per hour"
start = "booking"
priority = 2
months = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1.3, 1, 1]
day_factor = { cv = 0.2, scope = "area" }
deadline = { after = "5 h", until = { start = "research" }, exit = "gone" }"#,
    r#"[class.arrest]
rate = "3 per hour"
start = "research"
priority = 1
profile = { period = "24 h", values = [0.5, 1.0, 1.5, 1.0] }
deadline = { after = { lognormal = { median = "20 h", cv = 1.0 } }, until = "sign", exit = "gone" }"#,
    // Several at one instant, from areas that are drawn.
    r#"[class.recorded]
start = "research"
trace = { file = "ticks.csv", kind = "times" }"#,
    r#"[class.counted]
start = "research"
priority = 1
trace = { file = "ticks.csv", kind = "times", area = "Newark", factor = 1.5 }"#,
    r#"[class.pair]
rate = "0.4 per hour"
start = "interview""#,
];

const AREAS: [&str; 3] = [
    "[area.Newark]\nshare = 0.1\ncentre = \"Newark\"",
    "[area.Denver]\nshare = 0.2\ncentre = \"Denver\"\ntime_zone = \"America/Denver\"",
    "[area.Fresno]\nshare = 0.7\ncentre = \"Fresno\"\ntime_zone = \"America/Los_Angeles\"",
];

/// Whole minutes everywhere, so that ends, shifts and arrivals meet at the same instants.
const STAGES: [&str; 12] = [
    "[stage.booking]\ndelay = \"20 min\"\nnext = \"research\"",
    "[stage.research]\nservice = { role = \"researcher\", time = \"20 min\" }\n\
     next = [{ to = \"prepare\", probability = { biometric = 0.4, arrest = 0.3, recorded = 0.5, counted = 0.2, pair = 0.5 } }, { to = \"closed\" }]",
    "[stage.prepare]\nservice = { role = \"researcher\", time = { gamma = { mean = \"20 min\", cv = 0.7 } } }\nnext = \"sign\"",
    "[stage.sign]\nservice = { role = \"signer\", time = \"10 min\" }\nnext = [{ to = \"prepare\", probability = 0.1 }, { to = \"copies\" }]",
    "[stage.copies]\nfork = [\"file\", \"post\", \"file\"]",
    "[stage.file]\nservice = { role = \"signer\", time = { gamma = { mean = \"5 min\", cv = 0.7 } } }\nnext = \"complete\"",
    "[stage.post]\ndelay = \"10 min\"\nnext = \"complete\"",
    "[stage.complete]\njoin = { need = 2, rest = \"finish\" }\nnext = \"closed\"",
    "[stage.interview]\nservice = { role = \"researcher\", officers = 2, time = \"30 min\", overtaking = false }\nnext = \"research\"",
    "[stage.closed]\nexit = true",
    "[stage.gone]\nexit = true",
    "[stage.full]\nexit = true",
];

/// Lines of the shifts of one centre, after the keys before them.
const CENTRES: [(&str, &[&str]); 4] = [
    (
        "[centre.PERC]\nabsence = { share = 0.07, mode = \"fixed\" }\nshift_end = \"hand-over\"",
        &[
            "{ start = \"00:00\", length = \"8 h\", officers = 4 }",
            "{ start = \"08:00\", length = \"8 h\", officers = 5, breaks = [{ after = \"4 h\", length = \"30 min\", stagger = \"10 min\" }] }",
            "{ start = \"16:00\", length = \"8 h\", officers = 4 }",
            "{ name = \"signers\", start = \"08:00\", length = \"16 h\", officers = 2, roles = [\"signer\"] }",
        ],
    ),
    (
        "[centre.Newark]\nclosing = \"transfer\"\ndiscipline = \"priority\"\nabsence = 0.1",
        &[
            "{ start = \"06:00\", length = \"8 h\", officers = 2 }",
            "{ start = \"14:00\", length = \"8 h\", officers = 2 }",
            "{ name = \"research\", days = \"Mon-Fri\", start = \"06:00\", length = \"10 h\", officers = 1, roles = [\"researcher\"] }",
        ],
    ),
    (
        "[centre.Denver]\ntime_zone = \"America/Denver\"\nqueue_capacity = { limit = 6, exit = \"full\" }\nspeed = { arrest = 1.1, pair = 0.9 }",
        &[
            "{ start = \"00:00\", length = \"12 h\", officers = 3 }",
            "{ start = \"12:00\", length = \"12 h\", officers = 3 }",
        ],
    ),
    (
        "[centre.Fresno]\ntime_zone = \"America/Los_Angeles\"\nlevels = { finish = \"by-officer\", steps = [[\"0 h\", 5], [\"8 h\", 7], [\"16 h\", 4]], period = \"24 h\" }",
        &[],
    ),
];

/// Rules of one group stand in their order; groups have no requests in common.
const RULES: [&str; 3] = [
    "[[route]]\nareas = [\"Newark\"]\nhours = \"open\"\nto = \"local\"\n[[route]]\nareas = [\"Newark\"]\nto = \"PERC\"",
    "[[route]]\nareas = [\"Denver\"]\nshare = 0.8\nto = \"local\"\noverflow = { after = \"40 min\", to = \"PERC\" }\n\
     [[route]]\nareas = [\"Denver\"]\nto = \"PERC\"\nduplicate = { at = \"Denver\", probability = 0.3 }",
    "[[route]]\nareas = [\"Fresno\"]\nto = [\"Fresno\", \"PERC\"]",
];

const EXCEPTIONS: [&str; 3] = [
    "[[exception]]\nname = \"surge\"\nfrom = 2018-10-03T00:00:00\nuntil = 2018-10-05T12:00:00\n\
     demand = [{ factor = 1.1, areas = [\"Newark\", \"Fresno\"] }, { factor = 1.3, classes = [\"arrest\"] }]",
    "[[exception]]\nname = \"storm\"\nfrom = 2018-10-04T00:00:00\nuntil = 2018-10-08T00:00:00\ndemand = 0.7\nrosters = { PERC = 0.7, Fresno = 0.9 }",
    "[[exception]]\nname = \"more\"\nfrom = 2018-10-04T06:00:00\nuntil = 2018-10-09T00:00:00\ndemand = 1.7\nrosters = { PERC = 1.3 }",
];

const EXCEPTIONS_OF_CALLS: [&str; 2] = [
    "[[exception]]\nname = \"surge\"\nfrom = 2018-10-03T00:00:00\nuntil = 2018-10-05T12:00:00\n\
     demand = [{ factor = 1.2, areas = [\"Newark\"] }, { factor = 1.3, classes = [\"urgent\"] }]",
    "[[exception]]\nname = \"storm\"\nfrom = 2018-10-04T00:00:00\nuntil = 2018-10-08T00:00:00\nrosters = { PERC = 0.7, Fresno = 0.9 }",
];

/// Everything of a scenario that may be listed in another order.
struct Parts {
    classes: &'static [&'static str],
    areas: &'static [&'static str],
    stages: &'static [&'static str],
    centres: &'static [(&'static str, &'static [&'static str])],
    rules: &'static [&'static str],
    exceptions: &'static [&'static str],
    /// Where work that comes back has been documented, and where it enters.
    rework: (&'static str, &'static str),
}

const NETWORK: Parts = Parts {
    classes: &CLASSES,
    areas: &AREAS,
    stages: &STAGES,
    centres: &CENTRES,
    rules: &RULES,
    exceptions: &EXCEPTIONS,
    rework: ("prepare", "research"),
};

/// A desk for calls with everything that may happen to those who wait and to cases in hand: clients who come again, turn
/// aside or are called back, priorities that rise, cases cut off, officers kept free, last starts and work after a case.
const CALLS: Parts = Parts {
    classes: &[
        "[class.call]\nrate = \"7 per hour\"\nstart = \"answer\"\npriority = 3\nrises = [{ after = \"20 min\", to = \"letter\" }]\n\
         deadline = { after = { exponential = \"25 min\" }, until = { start = \"answer\" }, exit = \"write\" }\n\
         redial = { probability = [0.7, 0.5], after = \"10 min\" }",
        "[class.urgent]\nrate = \"1.5 per hour\"\nstart = \"answer\"\npriority = 1",
        "[class.letter]\nrate = \"3 per hour\"\nstart = \"write\"\npriority = 2\ndue = \"4 h\"",
        "[class.recorded]\nstart = \"answer\"\npriority = 3\ntrace = { file = \"ticks.csv\", kind = \"times\" }",
        "[class.pair]\nrate = \"0.7 per hour\"\nstart = \"visit\"\npriority = 2\n\
         deadline = { after = \"3 h\", until = { start = \"visit\" }, exit = \"gone\" }\nredial = { probability = 0.4, after = \"30 min\" }",
    ],
    areas: &AREAS,
    stages: &[
        "[stage.answer]\nservice = { role = \"agent\", time = \"10 min\", after_work = \"5 min\" }\n\
         next = [{ to = \"check\", probability = 0.3 }, { to = \"closed\" }]",
        "[stage.check]\nservice = { role = \"agent\", time = { gamma = { mean = \"20 min\", cv = 0.7 } }, different_officer = true, priority = 1 }\nnext = \"both\"",
        "[stage.both]\nfork = [\"note\", \"inform\"]",
        "[stage.note]\nservice = { role = \"writer\", time = \"10 min\", after_work = \"5 min\" }\nnext = \"enough\"",
        "[stage.inform]\nservice = { role = \"agent\", time = \"10 min\", different_officer = true }\nnext = \"enough\"",
        "[stage.enough]\njoin = { need = 1 }\nnext = \"closed\"",
        "[stage.write]\ndelay = \"30 min\"\nnext = \"reply\"",
        "[stage.reply]\nservice = { role = \"writer\", time = \"15 min\" }\nnext = \"send\"",
        "[stage.send]\nservice = { role = \"writer\", time = \"5 min\", same_officer = true }\nnext = \"closed\"",
        "[stage.visit]\nservice = { role = \"agent\", officers = 2, time = \"30 min\", after_work = \"10 min\" }\nnext = \"closed\"",
        "[stage.again]\ndelay = \"40 min\"\nnext = \"answer\"",
        "[stage.closed]\nexit = true",
        "[stage.gone]\nexit = true",
    ],
    centres: &[
        (
            "[centre.PERC]\ndiscipline = \"preemptive\"\npreemption = { work = \"restart\", victim = \"first-begun\" }\n\
             reserves = [{ classes = [\"recorded\", \"letter\"], keep_free = 1, hours = \"Mon-Fri 08:00-18:00\" }]\n\
             shift_end = { finish = { at_most = \"20 min\", penalty = \"2 min\" } }\nofficer_choice = \"fewest-roles-first\"\n\
             call_back = { queue = 2, accepted = 0.6, answered = 0.7, ringing = \"30 s\", attempts = 3, again_after = \"20 min\", exit = \"gone\" }",
            &[
                "{ start = \"00:00\", length = \"8 h\", officers = 3 }",
                "{ start = \"08:00\", length = \"8 h\", officers = 4, breaks = [{ after = \"4 h\", length = \"30 min\", stagger = \"10 min\" }] }",
                "{ start = \"16:00\", length = \"8 h\", officers = 3 }",
                "{ name = \"writers\", start = \"08:00\", length = \"10 h\", officers = 1, roles = [\"writer\"] }",
            ],
        ),
        (
            "[centre.Newark]\nclosing = \"transfer\"\ndiscipline = \"preemptive\"\npreemption = \"redraw\"\nlast_start = \"10 min\"\n\
             shift_end = \"hand-over\"\nbalking = { at = [2, 4], probability = [0.4, 0.9], exit = \"again\" }\nabsence = 0.1",
            &[
                "{ start = \"06:00\", length = \"8 h\", officers = 2 }",
                "{ start = \"14:00\", length = \"8 h\", officers = 2 }",
                "{ name = \"agents\", days = \"Mon-Fri\", start = \"06:00\", length = \"10 h\", officers = 1, roles = [\"agent\"] }",
            ],
        ),
        (
            "[centre.Denver]\ntime_zone = \"America/Denver\"\nqueue_capacity = { limit = 3, exit = \"again\" }\nlast_start = \"can-finish\"\n\
             discipline = \"priority\"\nspeed = { urgent = 0.9, pair = 1.1 }",
            &[
                "{ start = \"00:00\", length = \"12 h\", officers = 2 }",
                "{ start = \"12:00\", length = \"12 h\", officers = 3 }",
            ],
        ),
        (
            "[centre.Fresno]\ntime_zone = \"America/Los_Angeles\"\ndiscipline = \"earliest-due\"\nshift_end = \"restart\"\nabsence = { share = 0.1, mode = \"fixed\" }",
            &[
                "{ start = \"22:00\", length = \"10 h\", officers = 3 }",
                "{ start = \"08:00\", length = \"7 h\", officers = 5 }",
                "{ start = \"15:00\", length = \"7 h\", officers = 4 }",
            ],
        ),
    ],
    rules: &RULES,
    exceptions: &EXCEPTIONS_OF_CALLS,
    rework: ("check", "answer"),
};

/// The scenario in the order of a shuffle.
fn scenario(parts: &Parts, order: &mut Shuffle) -> String {
    let centres: Vec<String> = parts
        .centres
        .iter()
        .map(|(head, lines)| match lines {
            [] => (*head).to_owned(),
            lines => format!("{head}\nshifts = [\n  {},\n]", order.shuffled(lines).join(",\n  ")),
        })
        .collect();
    let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    let kinds = [
        owned(parts.classes),
        owned(parts.areas),
        owned(parts.stages),
        centres,
        owned(parts.rules),
        owned(parts.exceptions),
    ];
    let (documented_at, stage) = parts.rework;
    let mut tables = vec![RUN.trim().to_owned()];
    tables.push(format!(
        "[rework]\ndocumented_at = \"{documented_at}\"\nprobability = 0.2\nafter = {{ exponential = \"30 h\" }}\nredone = 0.8\nstage = \"{stage}\""
    ));
    // Tables of several kinds stand between each other; those of a list one after the other.
    for kind in &kinds[..4] {
        tables.extend(order.shuffled(kind));
    }
    let mut tables = order.shuffled(&tables);
    tables.extend(order.shuffled(&kinds[4]));
    tables.extend(order.shuffled(&kinds[5]));
    format!("name = \"shuffled\"\n{}\n", tables.join("\n\n"))
}

/// Three arrivals at once, every forty minutes from 08:00 to 20:00 of each day.
fn ticks() -> String {
    let mut text = String::from("time\n");
    for day in 0..21 {
        let (month, day) = if day < 7 { (9, 24 + day) } else { (10, day - 6) };
        for minute in (8 * 60..20 * 60).step_by(40) {
            for _ in 0..3 {
                text.push_str(&format!(
                    "2018-{month:02}-{day:02} {:02}:{:02}:00\n",
                    minute / 60,
                    minute % 60
                ));
            }
        }
    }
    text
}

/// The rows of a file, in an order of their own.
fn rows(name: &str, text: &str) -> Vec<String> {
    if name.ends_with(".json") {
        let value: serde_json::Value = serde_json::from_str(text).expect("JSON");
        let mut out = Vec::new();
        leaves("", &value, &mut out);
        out.sort();
        return out;
    }
    let mut out: Vec<String> = text.lines().map(str::to_owned).collect();
    // Requests come in the order of what happens, which is the same.
    if name != "requests.csv" {
        out.sort();
    }
    out
}

/// Values of a document with their paths; things in a list go by their name where they have one.
fn leaves(path: &str, value: &serde_json::Value, out: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(map) => {
            map.iter().for_each(|(key, value)| leaves(&format!("{path}.{key}"), value, out));
        }
        serde_json::Value::Array(list) if list.iter().all(|x| !x.is_number()) => {
            for item in list {
                let name = ["name", "pool", "centre"].iter().filter_map(|key| item[*key].as_str());
                leaves(&format!("{path}[{}]", name.collect::<Vec<_>>().join(" ")), item, out);
            }
        }
        other => out.push(format!("{path} = {other}")),
    }
}

fn results(text: &str, folder: &Path) -> BTreeMap<String, Vec<String>> {
    fs::create_dir_all(folder).expect("a folder");
    fs::write(folder.join("ticks.csv"), ticks()).expect("written");
    let path = folder.join("shuffled.toml");
    fs::write(&path, text).expect("written");
    let output = Command::cargo_bin("poolwise")
        .expect("the program")
        .args(["run", "--quiet", "--no-plots", "--trace", "--threads", "1", "--out"])
        .arg(folder)
        .arg(&path)
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{}\n{text}", String::from_utf8_lossy(&output.stderr));
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder.join("shuffled")).expect("results") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        // The manifest has the scenario's text and hash; the page and its pictures show tables as they are listed.
        if name.ends_with(".csv") || name == "summary.json" {
            let text = fs::read_to_string(&path).expect("text");
            found.insert(name.clone(), rows(&name, &text));
        }
    }
    found
}

fn holds_in_any_order(parts: &Parts) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let listed = results(&scenario(parts, &mut Shuffle(0)), &folder.path().join("0"));
    assert!(listed["requests.csv"].len() > 5_000 && listed.len() >= 5, "{:?}", listed.keys());
    for shuffle in 1..=12 {
        let text = scenario(parts, &mut Shuffle(shuffle));
        let other = results(&text, &folder.path().join(shuffle.to_string()));
        assert_eq!(listed.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
        for (name, rows) in &listed {
            let differs = rows.iter().zip(&other[name]).find(|(a, b)| a != b);
            assert!(differs.is_none(), "{name}: {differs:?}\n{text}");
            assert_eq!(rows.len(), other[name].len(), "{name}");
        }
    }
}

#[test]
fn results_by_name_do_not_depend_on_the_order_of_tables_lines_and_disjoint_rules() {
    holds_in_any_order(&NETWORK);
}

#[test]
fn nor_do_they_with_calls_again_urgent_cases_reserves_and_all_ends_of_shifts() {
    holds_in_any_order(&CALLS);
}
