//! Text in columns of a fixed width, as reports of old programs are: columns are told by blanks that stand in all lines, or by lines drawn
//! below their names.

use std::ops::Range;

/// Lines above the names that may be titles.
const TITLES: usize = 10;

/// Where the columns of a text end and begin.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum BlankColumns {
    /// Characters between columns: blank in all lines that were looked at.
    Gaps(Vec<Range<usize>>),
    /// So many words a line.
    Words(usize),
}

fn is_blank(line: &[char], at: usize) -> bool {
    line.get(at).is_none_or(|c| c.is_whitespace())
}

/// Whether a line is drawn below names: pieces of a rule with blanks between them.
fn is_ruler(line: &str) -> bool {
    let mut pieces = line.split_whitespace();
    let drawn = |p: &str| p.len() >= 2 && p.bytes().all(|b| matches!(b, b'-' | b'=' | b'_'));
    line.split_whitespace().count() >= 2 && pieces.all(drawn)
}

/// Runs of characters that are blank in all of some lines, within the widest of them.
fn runs(lines: &[Vec<char>]) -> Vec<Range<usize>> {
    let width = lines.iter().map(Vec::len).max().unwrap_or(0);
    let mut out: Vec<Range<usize>> = Vec::new();
    for at in (0..width).filter(|at| lines.iter().all(|l| is_blank(l, *at))) {
        match out.last_mut() {
            Some(run) if run.end == at => run.end = at + 1,
            _ => out.push(at..at + 1),
        }
    }
    // Blanks in front of the first column and behind the last part nothing.
    out.retain(|r| r.start > 0 && r.end < width);
    out
}

/// Those that part columns.
fn gaps(lines: &[Vec<char>]) -> Vec<Range<usize>> {
    let mut out = runs(lines);
    // One blank alone is one between words, unless most lines have more beside it.
    let wide = |r: &Range<usize>| {
        let more = lines.iter().filter(|l| is_blank(l, r.start - 1) || is_blank(l, r.end)).count();
        r.len() >= 2 || 2 * more >= lines.len()
    };
    out.retain(wide);
    out
}

/// Texts between gaps.
fn parts(line: &[char], gaps: &[Range<usize>]) -> Vec<String> {
    let starts = std::iter::once(0).chain(gaps.iter().map(|g| g.end));
    let ends = gaps.iter().map(|g| g.start).chain([usize::MAX]);
    starts
        .zip(ends)
        .map(|(s, e)| {
            let e = e.min(line.len());
            line.get(s.min(e)..e).unwrap_or_default().iter().collect::<String>().trim().to_owned()
        })
        .collect()
}

/// Gaps between columns that have a name and values: what stands below no name goes on from the left, a word above no values is the beginning of a
/// name.
fn between_names(mut gaps: Vec<Range<usize>>, lines: &[Vec<char>]) -> Vec<Range<usize>> {
    let (Some(head), below) = (lines.first(), lines.get(1..).unwrap_or_default()) else { return gaps };
    let names = parts(head, &gaps);
    if !names.iter().any(|n| n.chars().any(char::is_alphabetic)) {
        return gaps;
    }
    let values: Vec<Vec<String>> = below.iter().map(|l| parts(l, &gaps)).collect();
    let empty = |i: usize| values.iter().all(|v| v[i].is_empty());
    let mut kept = Vec::new();
    for (i, gap) in gaps.drain(..).enumerate() {
        // The gap lies between column i and the next.
        if !(names[i + 1].is_empty() || empty(i)) {
            kept.push(gap);
        }
    }
    kept
}

/// Whether two blanks or more stand within what would be one cell of many lines: then columns have no blanks in common.
fn runs_on(lines: &[Vec<char>], gaps: &[Range<usize>]) -> bool {
    let double = |l: &&Vec<char>| parts(l, gaps).iter().any(|p| p.contains("  "));
    3 * lines.iter().filter(double).count() >= lines.len()
}

/// The same number of words in each line, numbers among them, and no word that stands in all lines, as a unit does.
fn words(lines: &[&str]) -> Option<BlankColumns> {
    let split: Vec<Vec<&str>> = lines.iter().map(|l| l.split_whitespace().collect()).collect();
    let n = split.first()?.len();
    let named = split[0].iter().all(|w| w.chars().any(char::is_alphabetic));
    if n < 3 || split.len() < 3 || !named || split.iter().any(|l| l.len() != n) {
        return None;
    }
    let number = |w: &str| w.bytes().any(|b| b.is_ascii_digit());
    let constant = |i: usize| split[1..].iter().all(|l| !number(l[i]) && l[i] == split[1][i]);
    let numbers = (0..n).filter(|i| split[1..].iter().all(|l| number(l[*i]))).count();
    (numbers >= 2 && !(0..n).any(constant)).then_some(BlankColumns::Words(n))
}

impl BlankColumns {
    /// Finds columns of two or more; `None` where lines have none in common.
    pub(super) fn of(lines: &[&str]) -> Option<Self> {
        let all: Vec<Vec<char>> = lines.iter().map(|l| l.trim_end().chars().collect()).collect();
        if let Some(i) = lines.iter().take(TITLES + 1).position(|l| is_ruler(l)).filter(|i| *i > 0) {
            let found = runs(&all[i..=i]);
            return (!found.is_empty()).then_some(Self::Gaps(found));
        }
        let digits = |l: &&Vec<char>| l.iter().any(char::is_ascii_digit);
        let mut best: Option<Vec<Range<usize>>> = None;
        for h in 0..TITLES.min(all.len().saturating_sub(2)) {
            let table = &all[h..];
            if 2 * table[1..].iter().filter(digits).count() < table.len() - 1 {
                continue;
            }
            let found = between_names(gaps(table), table);
            // Rows below the names say as much: a title above is no reason to see fewer columns.
            if !found.is_empty()
                && !runs_on(table, &found)
                && best.as_ref().is_none_or(|b| found.len() > b.len())
            {
                best = Some(found);
            }
        }
        best.map(Self::Gaps).or_else(|| words(lines))
    }

    /// How many columns.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Gaps(gaps) => gaps.len() + 1,
            Self::Words(n) => *n,
        }
    }

    /// The texts of a line by column; `None` where it does not fit them.
    pub(super) fn cells(&self, line: &str) -> Option<Vec<String>> {
        let gaps = match self {
            Self::Words(n) => {
                let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
                return (words.len() == *n).then_some(words);
            }
            Self::Gaps(gaps) => gaps,
        };
        let chars: Vec<char> = line.trim_end().chars().collect();
        let (mut out, mut from) = (Vec::with_capacity(gaps.len() + 1), 0);
        for gap in gaps {
            // A longer text or number may reach into the gap from either side, but leaves a blank.
            let at = gap.clone().find(|at| is_blank(&chars, *at))?;
            let end = at.min(chars.len());
            out.push(chars[from.min(end)..end].iter().collect::<String>().trim().to_owned());
            from = at;
        }
        out.push(chars.get(from..).unwrap_or_default().iter().collect::<String>().trim().to_owned());
        Some(out)
    }

    /// Where columns begin, counted from 1, for people.
    pub(super) fn told(&self) -> String {
        match self {
            Self::Words(n) => format!("{n} words a line"),
            Self::Gaps(gaps) => {
                let starts = std::iter::once(1).chain(gaps.iter().map(|g| g.end + 1));
                let shown: Vec<String> = starts.map(|s| s.to_string()).collect();
                format!("columns begin at characters {}", shown.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_by_blanks() {
        let lines = [
            "Calls of March",
            "Date        Office        Calls offered",
            "2025-03-03 00:00  North East       12",
            "2025-03-03 01:00  South             3",
        ];
        assert_eq!(BlankColumns::of(&lines), None, "a date that runs below another name");
        let lines = [
            "Calls of March",
            "Date              Office        Calls offered",
            "2025-03-03 00:00  North East               12",
            "2025-03-03 01:00  South                     3",
        ];
        let found = BlankColumns::of(&lines).expect("columns");
        assert_eq!(found.len(), 3, "{found:?}");
        let cells = found.cells("2025-03-03 02:00  North East           12345");
        assert_eq!(cells.expect("fits"), ["2025-03-03 02:00", "North East", "12345"]);
        assert_eq!(found.cells("A remark that runs on through all of the columns"), None);
        // By a rule drawn below the names.
        let lines = [
            "Date       Hour Calls",
            "---------- ---- -----",
            "2025-03-03 0        5",
            "2025-03-03 1       15",
        ];
        let found = BlankColumns::of(&lines).expect("columns");
        assert_eq!(found.cells(lines[3]).expect("fits"), ["2025-03-03", "1", "15"]);
        // By words.
        let lines = ["date time north south", "2025-03-03 00:00 5 13", "2025-03-03 01:00 15 1"];
        assert_eq!(BlankColumns::of(&lines), Some(BlankColumns::Words(4)));
    }

    #[test]
    fn one_column_stays_one() {
        for lines in [
            ["Handling time", "13 min 6 s", "12 min 8 s", "10 min 2 s"],
            ["Arrived at", "2025-03-03 06:30:12", "2025-03-03 06:31:12", "2025-03-03 06:32:12"],
            ["Minutes", "3.5", "12.25", "8"],
        ] {
            assert_eq!(BlankColumns::of(&lines), None, "{lines:?}");
        }
    }
}
