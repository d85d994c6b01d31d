//! Sets of whole numbers as people and job schedulers write them: `3,7-9`, `0-9:3`.

use std::fmt;

/// Largest number in a list.
const LARGEST: usize = 1_000_000_000;

/// Numbers, ascending, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ranges(Vec<(usize, usize)>);

impl Ranges {
    /// From ascending numbers.
    pub fn of(numbers: impl IntoIterator<Item = usize>) -> Self {
        let mut out: Vec<(usize, usize)> = Vec::new();
        for n in numbers {
            match out.last_mut() {
                Some((_, last)) if n <= *last => {}
                Some((_, last)) if n == *last + 1 => *last = n,
                _ => out.push((n, n)),
            }
        }
        Self(out)
    }

    /// Reads `3,7-9` and `0-20:5` (every fifth).
    ///
    /// # Errors
    /// What cannot be read, in a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let number = |part: &str| {
            let part = part.trim();
            part.parse::<usize>().ok().filter(|n| *n <= LARGEST).ok_or_else(|| {
                format!("{part:?} is not a whole number; write numbers and ranges such as 3,7-9")
            })
        };
        let mut spans = Vec::new();
        for part in text.split(',') {
            let (range, step) = match part.split_once(':') {
                Some((range, step)) => (range, number(step)?),
                None => (part, 1),
            };
            let (from, to) = match range.split_once('-') {
                Some((a, b)) => (number(a)?, number(b)?),
                None => (number(range)?, number(range)?),
            };
            if from > to || step == 0 {
                return Err(format!("{part:?} is no range: it goes from a lower to a higher number"));
            }
            if step == 1 {
                spans.push((from, to));
            } else {
                spans.extend((from..=to).step_by(step).map(|n| (n, n)));
            }
        }
        spans.sort_unstable();
        let mut out: Vec<(usize, usize)> = Vec::new();
        for (from, to) in spans {
            match out.last_mut() {
                Some((_, last)) if from <= *last + 1 => *last = (*last).max(to),
                _ => out.push((from, to)),
            }
        }
        Ok(Self(out))
    }

    /// Whether a number is among them.
    pub(crate) fn contains(&self, n: usize) -> bool {
        let after = self.0.partition_point(|r| r.0 <= n);
        after > 0 && self.0[after - 1].1 >= n
    }

    /// The numbers in the list, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().flat_map(|&(a, b)| a..=b)
    }

    /// The greatest number in the list, if there is any.
    pub fn last(&self) -> Option<usize> {
        self.0.last().map(|r| r.1)
    }

    /// How many numbers the list holds.
    pub fn len(&self) -> usize {
        self.0.iter().map(|(a, b)| b - a + 1).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Ranges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (from, to)) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(",")?;
            }
            if from == to {
                write!(f, "{from}")?;
            } else {
                write!(f, "{from}-{to}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_and_write() {
        let r = Ranges::parse("7-9, 3,4,12-20:4,8").unwrap();
        assert_eq!(r.to_string(), "3-4,7-9,12,16,20");
        assert_eq!(r.iter().collect::<Vec<_>>(), [3, 4, 7, 8, 9, 12, 16, 20]);
        assert_eq!((r.len(), r.last()), (8, Some(20)));
        assert!(r.contains(8) && r.contains(3) && !r.contains(5) && !r.contains(21) && !r.contains(2));
        assert_eq!(Ranges::of(r.iter()), r);
        assert!(Ranges::of([]).is_empty());
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "a", "3-", "9-7", "-3", "1,,2", "0-9:0", "99999999999999999999", "1.5"] {
            assert!(Ranges::parse(text).is_err(), "{text}");
        }
    }
}
