//! Who works when: today's shifts, one night desk, one centre.

use super::words::{key, text};
use super::{HandlingTimes, Material};
use crate::problem::{Problem, TablePlace};
use crate::roster::RecordedShift;
use poolwise_study::number::DAYS;
use std::collections::BTreeMap;

/// A centre and its shifts.
type CentreShifts = (String, Vec<RecordedShift>);

/// An instant of the night, minutes: who is on duty then works nights.
const NIGHT: i64 = 3 * 60;
/// Share of their time that officers of an assumed roster would be busy.
const ASSUMED_BUSY: f64 = 0.7;

/// The option's files.
pub(super) fn plan(m: &Material<'_>, notes: &mut Vec<String>) -> Result<Vec<(String, String)>, Problem> {
    let (centres, comment) = match m.roster {
        Some((roster, file)) if roster.by_interval => (
            matched(m, roster, file)?,
            format!(
                "# Officers at work by interval: {file}. Nobody of them is taken to be absent or on a break.\n"
            ),
        ),
        Some((roster, file)) => (matched(m, roster, file)?, format!("# Shifts: {file}.\n")),
        None => {
            notes.push(
                "no roster was given: three shifts a day are assumed, with officers for the work of each at 70 % busy; \
                 put yours in `today.toml`, or name a file of shifts"
                    .to_owned(),
            );
            (assumed(m), "# Shifts: an assumption, since no roster was given: officers for the work of each shift, 70 % busy.\n".to_owned())
        }
    };
    let several = centres.len() > 1;
    let by_interval = m.roster.is_some_and(|r| r.0.by_interval);
    let areas: Vec<String> = if m.series.places.len() > 1 { m.series.places.clone() } else { Vec::new() };
    let mut files = vec![("today.toml".to_owned(), today(&centres, &areas, &comment, by_interval))];
    if several {
        let mut variants = Vec::new();
        match night_lines(&centres) {
            _ if by_interval => notes.push("no night desk is proposed: a roster by interval does not say which officers work at night".to_owned()),
            Some(night) => {
                files.push(("night-desk.toml".to_owned(), night_desk(&centres, &night, &areas)));
                variants.push(("night-desk", NIGHT_DESK, merged_nights(&centres, &night)));
            }
            None => notes.push("no night desk is proposed: fewer than two places have a night shift, or their night shifts begin at different times".to_owned()),
        }
        files.push(("one-centre.toml".to_owned(), one_centre(&centres, &areas, by_interval)));
        let what = if by_interval {
            "officers of all places at work in an interval are those of one".to_owned()
        } else {
            merged_all(&centres)
        };
        variants.push(("one-centre", ONE_CENTRE, what));
        files[0].1.push_str(&beside(&variants));
    }
    Ok(files)
}

/// The roster's places as the counts call them.
fn matched(
    m: &Material<'_>,
    roster: &crate::roster::RecordedRoster,
    file: &str,
) -> Result<Vec<CentreShifts>, Problem> {
    let places = &m.series.places;
    if let [(name, shifts)] = &roster.places[..]
        && (name.is_empty() || places.len() == 1)
    {
        let centre = if name.is_empty() { "office" } else { name };
        return Ok(vec![(safe(centre), shifts.clone())]);
    }
    let named = |name: &str| places.iter().find(|p| p.eq_ignore_ascii_case(name.trim()));
    let list = |names: Vec<&str>| names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
    if let Some((odd, _)) = roster.places.iter().find(|(n, _)| named(n).is_none()) {
        return Err(Problem::new(
            TablePlace::sheet(file, None),
            format!("the roster has a place `{odd}`, the counts have none of that name"),
        )
        .help(format!("the counts have {}", list(places.iter().map(String::as_str).collect())))
        .help("write each place in the same way in both files"));
    }
    let mut out = Vec::new();
    for p in places {
        let shifts = roster.places.iter().find(|(n, _)| n.trim().eq_ignore_ascii_case(p));
        match shifts {
            Some((_, shifts)) => out.push((safe(p), shifts.clone())),
            None => {
                return Err(Problem::new(
                    TablePlace::sheet(file, None),
                    format!("nobody works at `{p}`, from where requests come"),
                )
                .help(format!(
                    "the roster has {}",
                    list(roster.places.iter().map(|x| x.0.as_str()).collect())
                )));
            }
        }
    }
    Ok(out)
}

/// Two words that mean something else in routes.
fn safe(name: &str) -> String {
    if matches!(name, "local" | "same" | "open") { format!("{name} office") } else { name.to_owned() }
}

/// Three shifts of eight hours for the work of each.
fn assumed(m: &Material<'_>) -> Vec<CentreShifts> {
    let handling = match &m.handling {
        HandlingTimes::Said(s) | HandlingTimes::Mean(s, _) => *s,
        HandlingTimes::Recorded(fit, ..) => fit.mean.base,
    };
    let mut by_hour = vec![[0.0; 24]; m.series.places.len()];
    let mut days: std::collections::BTreeSet<jiff::civil::Date> = std::collections::BTreeSet::new();
    for (at, counts) in &m.series.rows {
        days.insert(at.date());
        for (hours, n) in by_hour.iter_mut().zip(counts) {
            if m.series.width >= 86_400 {
                hours.iter_mut().for_each(|x| *x += *n as f64 / 24.0);
            } else {
                hours[usize::try_from(at.hour()).unwrap_or(0)] += *n as f64;
            }
        }
    }
    let names: Vec<String> = if m.series.places.len() > 1 {
        m.series.places.iter().map(|p| safe(p)).collect()
    } else {
        vec!["office".to_owned()]
    };
    names
        .into_iter()
        .zip(by_hour)
        .map(|(name, hours)| {
            let shifts = [7, 15, 23].map(|start| {
                let work: f64 =
                    (0..8).map(|h| hours[(start + h) % 24]).sum::<f64>() / 8.0 / days.len().max(1) as f64;
                let officers = (work * handling / 3600.0 / ASSUMED_BUSY).ceil().max(1.0) as u64;
                RecordedShift { start: start as i64 * 60, length: 480, officers: [officers; 7] }
            });
            (name, shifts.to_vec())
        })
        .collect()
}

fn clock(minutes: i64) -> String {
    format!("{:02}:{:02}", minutes.rem_euclid(1440) / 60, minutes.rem_euclid(60))
}

fn line(s: &RecordedShift) -> String {
    let length =
        if s.length % 60 == 0 { format!("{} h", s.length / 60) } else { format!("{} min", s.length) };
    let officers = if s.officers.iter().all(|n| *n == s.officers[0]) {
        s.officers[0].to_string()
    } else {
        format!("[{}]", s.officers.map(|n| n.to_string()).join(", "))
    };
    let breaks = if s.length >= 360 {
        format!(", breaks = [{{ after = \"{} min\", length = \"30 min\", stagger = true }}]", s.length / 2)
    } else {
        String::new()
    };
    format!("  {{ start = \"{}\", length = \"{length}\", officers = {officers}{breaks} }},\n", clock(s.start))
}

fn centre(name: &str, shifts: &[RecordedShift]) -> String {
    let lines: String = shifts.iter().map(line).collect();
    format!(
        "[centre.{}]\nabsence = {{ low = 0.02, base = 0.05, high = 0.1, standing = \"assumption\" }}\nshifts = [\n{lines}]\n\n",
        key(name)
    )
}

/// Start, end (minutes of the day) and officers.
type DaySpans = Vec<(i64, i64, u64)>;

/// Officers at work: spans of the day with the same number, days alike together.
fn levels(name: &str, intervals: &[RecordedShift]) -> String {
    let mut sorted: Vec<&RecordedShift> = intervals.iter().collect();
    sorted.sort_by_key(|s| s.start);
    let mut days: Vec<(DaySpans, Vec<&str>)> = Vec::new();
    for (d, word) in DAYS.iter().enumerate() {
        let mut spans: Vec<(i64, i64, u64)> = Vec::new();
        for s in sorted.iter().filter(|s| s.officers[d] > 0) {
            match spans.last_mut() {
                Some(last) if last.1 == s.start && last.2 == s.officers[d] => last.1 += s.length,
                _ => spans.push((s.start, s.start + s.length, s.officers[d])),
            }
        }
        match days.iter_mut().find(|other| other.0 == spans) {
            Some(alike) => alike.1.push(word),
            None => days.push((spans, vec![word])),
        }
    }
    let mut out = format!("[centre.{}]\nlevels = {{ weekly = [\n", key(name));
    for (spans, words) in &days {
        for (from, to, n) in spans {
            out.push_str(&format!(
                "  {{ days = \"{}\", from = \"{}\", to = \"{}\", officers = {n} }},\n",
                if words.len() == 7 { "daily".to_owned() } else { words.join(",") },
                clock(*from),
                clock(*to)
            ));
        }
    }
    out.push_str("] }\n\n");
    out
}

fn head(title: &str, comment: &str, baseline: bool, by_interval: bool) -> String {
    let assumed = if by_interval {
        ""
    } else {
        "# Assumptions to change: 5 % of rostered officers do not come; half an hour's break in shifts of six hours and more.\n"
    };
    format!(
        "# Written by `poolwise import`.\n{comment}{assumed}\
         extends = \"data/demand.toml\"\ntitle = {}\n{}\n",
        text(title),
        if baseline { "baseline = true\n" } else { "" }
    )
}

fn today(centres: &[CentreShifts], areas: &[String], comment: &str, by_interval: bool) -> String {
    let mut out = head("Today", comment, true, by_interval);
    out.push_str(&area_tables(centres, areas));
    for (name, shifts) in centres {
        out.push_str(&if by_interval { levels(name, shifts) } else { centre(name, shifts) });
    }
    out.push_str("[[route]]\n");
    out.push_str(&if centres.len() > 1 {
        "to = \"local\"\n".to_owned()
    } else {
        format!("to = {}\n", text(&centres[0].0))
    });
    out
}

fn area_tables(centres: &[CentreShifts], areas: &[String]) -> String {
    let mut out = String::new();
    for (i, area) in areas.iter().enumerate() {
        out.push_str(&format!("[area.{}]\n", key(area)));
        if let Some((name, _)) = centres.get(i).filter(|_| centres.len() == areas.len() && centres.len() > 1)
        {
            out.push_str(&format!("centre = {}\n", text(name)));
        }
    }
    out.push('\n');
    out
}

const NIGHT_DESK: &str = "One night desk for all places";
const ONE_CENTRE: &str = "One centre for all places";

/// Officers of a shift, for people.
fn officers(n: &[u64; 7]) -> String {
    let (least, most) = (n.iter().min().unwrap_or(&0), n.iter().max().unwrap_or(&0));
    if least == most { least.to_string() } else { format!("{least} to {most}") }
}

/// What becomes one at night: `North 1 + South 1 = 2 officers`.
fn merged_nights(centres: &[CentreShifts], night: &RecordedShift) -> String {
    let own = |c: &CentreShifts| {
        let mut sum = [0; 7];
        for s in c.1.iter().filter(|s| is_night(s)) {
            sum.iter_mut().zip(s.officers).for_each(|(a, b)| *a += b);
        }
        (sum != [0; 7]).then(|| format!("{} {}", c.0, officers(&sum)))
    };
    let parts: Vec<String> = centres.iter().filter_map(own).collect();
    let (from, until) = (clock(night.start), clock(night.start + night.length));
    format!(
        "the shifts from {from} to {until} become one, {} = {} officers; days stay as they are",
        parts.join(" + "),
        officers(&night.officers)
    )
}

/// What becomes one altogether.
fn merged_all(centres: &[CentreShifts]) -> String {
    let parts: Vec<String> = joined(centres)
        .iter()
        .map(|s| {
            format!("{} from {} to {}", officers(&s.officers), clock(s.start), clock(s.start + s.length))
        })
        .collect();
    format!("shifts that begin and end together become one, officers {}", parts.join(", "))
}

/// The variants of today in comments. Each is a file that runs, so that they can be compared, staffed and edited one by one.
fn beside(variants: &[(&str, &str, String)]) -> String {
    let mut out = String::from(
        "\n# Variants: options that merge what is above, each a file of its own beside this one, with as many officers.\n",
    );
    for (file, title, what) in variants {
        out.push_str(&format!(
            "#\n# [variant] {title}: {file}.toml\n#   {}.\n#   What it changes: poolwise compare today.toml {file}.toml\n#   Officers for the service of today: poolwise staff today.toml {file}.toml --match today\n",
            what.replace('\n', " ")
        ));
    }
    out
}

fn is_night(s: &RecordedShift) -> bool {
    // Over midnight, or from midnight on.
    s.start <= NIGHT && s.start + s.length > NIGHT || s.start + s.length > 1440 + NIGHT
}

/// All night shifts as one, where at least two places have one and all begin and end together.
fn night_lines(centres: &[CentreShifts]) -> Option<RecordedShift> {
    let nights: Vec<&RecordedShift> =
        centres.iter().flat_map(|c| c.1.iter().filter(|s| is_night(s))).collect();
    let first = nights.first()?;
    let places = centres.iter().filter(|c| c.1.iter().any(is_night)).count();
    let alike = nights.iter().all(|s| s.start == first.start && s.length == first.length);
    let left = centres.iter().all(|c| c.1.iter().any(|s| !is_night(s)));
    if places < 2 || !alike || !left || first.length > 720 {
        return None;
    }
    let mut sum = RecordedShift { officers: [0; 7], ..(*first).clone() };
    for s in &nights {
        for (a, b) in sum.officers.iter_mut().zip(s.officers) {
            *a += b;
        }
    }
    Some(sum)
}

fn night_desk(centres: &[CentreShifts], night: &RecordedShift, areas: &[String]) -> String {
    let comment = "# All night shifts together at one desk, with as many officers as the places have today; days stay as they are.\n# How many it needs: `poolwise staff`.\n";
    let mut out = head(NIGHT_DESK, comment, false, false);
    out.push_str(&area_tables(centres, areas));
    for (name, shifts) in centres {
        let days: Vec<RecordedShift> = shifts.iter().filter(|s| !is_night(s)).cloned().collect();
        out.push_str(&centre(name, &days));
    }
    out.push_str(&centre("Night desk", std::slice::from_ref(night)));
    out.push_str(&format!(
        "[[route]]\nname = \"nights\"\nhours = \"{}-{}\"\nto = \"Night desk\"\n\n[[route]]\nname = \"days\"\nto = \"local\"\n",
        clock(night.start),
        clock(night.start + night.length)
    ));
    out
}

/// Shifts of all places, those that begin and end together as one.
fn joined(centres: &[CentreShifts]) -> Vec<RecordedShift> {
    let mut all: BTreeMap<(i64, i64), RecordedShift> = BTreeMap::new();
    for s in centres.iter().flat_map(|c| &c.1) {
        let sum =
            all.entry((s.start, s.length)).or_insert_with(|| RecordedShift { officers: [0; 7], ..s.clone() });
        for (a, b) in sum.officers.iter_mut().zip(s.officers) {
            *a += b;
        }
    }
    all.into_values().collect()
}

fn one_centre(centres: &[CentreShifts], areas: &[String], by_interval: bool) -> String {
    let comment =
        "# All places together at one centre, with as many officers at each time as they have today.\n";
    let mut out = head(ONE_CENTRE, comment, false, by_interval);
    out.push_str(&area_tables(&[], areas));
    let all = joined(centres);
    out.push_str(&if by_interval { levels("Centre", &all) } else { centre("Centre", &all) });
    out.push_str("[[route]]\nto = \"Centre\"\n");
    out
}
