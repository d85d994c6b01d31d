//! Constraints between axes: comparisons of sums, differences, products and quotients.

use crate::diagnostic::nearest;

/// A comparison of two or more terms: `10 <= share * time <= 30`.
#[derive(Debug, Clone, PartialEq)]
pub struct Constraint {
    /// As it is written.
    pub text: String,
    first: Term,
    rest: Vec<(Relation, Term)>,
}

#[derive(Debug, Clone, PartialEq)]
enum Term {
    Number(f64),
    Axis(usize),
    Negative(Box<Term>),
    Both(Box<Term>, char, Box<Term>),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Relation {
    Less,
    LessOrEqual,
    More,
    MoreOrEqual,
    Equal,
    Unequal,
}

/// What is wrong with a constraint, and the byte at which it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Wrong {
    /// In a sentence.
    pub why: String,
    /// First byte of what is wrong.
    pub at: usize,
}

const DEEPEST: usize = 50;

impl Constraint {
    /// Reads a constraint between axes of these names.
    ///
    /// # Errors
    /// What is wrong and where.
    pub(crate) fn parse(text: &str, axes: &[&str]) -> Result<Self, Wrong> {
        let mut reader = ExpressionReader { text, at: 0, axes, depth: 0 };
        let first = reader.sum()?;
        let mut rest = Vec::new();
        loop {
            reader.skip_spaces();
            if reader.at == text.len() {
                break;
            }
            let relation = reader.relation()?;
            rest.push((relation, reader.sum()?));
        }
        if rest.is_empty() {
            return Err(reader.wrong("a comparison is missing: <, <=, >, >=, == or !="));
        }
        Ok(Self { text: text.to_owned(), first, rest })
    }

    /// Whether it holds for these values of the axes. Where a term is undefined (a division by zero) it
    /// does not.
    pub fn holds(&self, values: &[f64]) -> bool {
        let mut left = self.first.value(values);
        for (relation, term) in &self.rest {
            let right = term.value(values);
            // Values of ranges are rounded to twelve digits; so are comparisons.
            let near = (left - right).abs() <= 1e-12 * left.abs().max(right.abs());
            let holds = match relation {
                Relation::Less => left < right && !near,
                Relation::LessOrEqual => left <= right || near,
                Relation::More => left > right && !near,
                Relation::MoreOrEqual => left >= right || near,
                Relation::Equal => near,
                Relation::Unequal => left.is_finite() && right.is_finite() && !near,
            };
            if !holds || left.is_nan() || right.is_nan() {
                return false;
            }
            left = right;
        }
        true
    }

    /// Axes that it speaks of.
    pub(crate) fn axes(&self) -> Vec<usize> {
        let mut out = Vec::new();
        self.first.collect(&mut out);
        self.rest.iter().for_each(|(_, t)| t.collect(&mut out));
        out.sort_unstable();
        out.dedup();
        out
    }
}

impl Term {
    fn value(&self, values: &[f64]) -> f64 {
        match self {
            Self::Number(x) => *x,
            Self::Axis(i) => values[*i],
            Self::Negative(t) => -t.value(values),
            Self::Both(a, op, b) => {
                let (a, b) = (a.value(values), b.value(values));
                match op {
                    '+' => a + b,
                    '-' => a - b,
                    '*' => a * b,
                    _ if b == 0.0 => f64::NAN,
                    _ => a / b,
                }
            }
        }
    }

    fn collect(&self, out: &mut Vec<usize>) {
        match self {
            Self::Number(_) => {}
            Self::Axis(i) => out.push(*i),
            Self::Negative(t) => t.collect(out),
            Self::Both(a, _, b) => {
                a.collect(out);
                b.collect(out);
            }
        }
    }
}

struct ExpressionReader<'a> {
    text: &'a str,
    at: usize,
    axes: &'a [&'a str],
    depth: usize,
}

impl ExpressionReader<'_> {
    fn wrong(&self, why: impl Into<String>) -> Wrong {
        Wrong { why: why.into(), at: self.at }
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn skip_spaces(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn take(&mut self, any: &[char]) -> Option<char> {
        self.skip_spaces();
        let c = self.rest().chars().next().filter(|c| any.contains(c))?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn relation(&mut self) -> Result<Relation, Wrong> {
        let known = [
            ("<=", Relation::LessOrEqual),
            (">=", Relation::MoreOrEqual),
            ("==", Relation::Equal),
            ("!=", Relation::Unequal),
            ("<", Relation::Less),
            (">", Relation::More),
        ];
        for (sign, relation) in known {
            if self.rest().starts_with(sign) {
                self.at += sign.len();
                return Ok(relation);
            }
        }
        Err(self.wrong("expected a comparison (<, <=, >, >=, ==, !=) or an operation (+, -, *, /)"))
    }

    fn sum(&mut self) -> Result<Term, Wrong> {
        let mut left = self.product()?;
        while let Some(op) = self.take(&['+', '-']) {
            left = Term::Both(Box::new(left), op, Box::new(self.product()?));
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Term, Wrong> {
        let mut left = self.single()?;
        while let Some(op) = self.take(&['*', '/']) {
            left = Term::Both(Box::new(left), op, Box::new(self.single()?));
        }
        Ok(left)
    }

    fn single(&mut self) -> Result<Term, Wrong> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.wrong("too many parentheses or signs"));
        }
        let term = if self.take(&['-']).is_some() {
            Term::Negative(Box::new(self.single()?))
        } else if self.take(&['(']).is_some() {
            let inner = self.sum()?;
            if self.take(&[')']).is_none() {
                return Err(self.wrong("`)` is missing"));
            }
            inner
        } else {
            self.leaf()?
        };
        self.depth -= 1;
        Ok(term)
    }

    fn leaf(&mut self) -> Result<Term, Wrong> {
        self.skip_spaces();
        let rest = self.rest();
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_').unwrap_or(rest.len());
        if digits > 0 && rest.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            let value = rest[..digits].replace('_', "").parse();
            let number = value.map_err(|_| self.wrong("the number cannot be read"))?;
            self.at += digits;
            return Ok(Term::Number(number));
        }
        let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let name = &rest[..length];
        if name.is_empty() {
            return Err(self.wrong("expected a number or an axis"));
        }
        let Some(i) = self.axes.iter().position(|a| *a == name) else {
            let near =
                nearest(name, self.axes).map_or_else(String::new, |n| format!("; did you mean `{n}`?"));
            return Err(self.wrong(format!("there is no axis `{name}`{near}")));
        };
        self.at += length;
        Ok(Term::Axis(i))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(text: &str, values: &[f64]) -> bool {
        Constraint::parse(text, &["a", "b_2"]).unwrap().holds(values)
    }

    #[test]
    fn arithmetic_and_chains() {
        assert!(holds("a + 2 * b_2 == 7", &[1.0, 3.0]));
        assert!(holds("(a + 2) * b_2 == 9", &[1.0, 3.0]));
        assert!(holds("a - b_2 - 1 == -3", &[1.0, 3.0]));
        assert!(holds("12 / a / 2 >= b_2*2", &[1.0, 3.0]));
        assert!(holds("1 <= a < b_2", &[1.0, 3.0]));
        assert!(!holds("1 < a < b_2", &[1.0, 3.0]));
        assert!(!holds("1 / a > 0", &[0.0, 3.0]));
        assert!(holds("-a != 1_000.5", &[1.0, 3.0]));
        // Rounding of ranges does not decide.
        assert!(holds("a <= 0.3", &[0.1 + 0.2, 0.0]));
        assert!(!holds("a > 0.3", &[0.1 + 0.2, 0.0]));
    }

    #[test]
    fn errors_say_where() {
        let wrong = |text: &str| Constraint::parse(text, &["research", "share"]).unwrap_err();
        assert_eq!(wrong("reserch < 2").at, 0);
        assert!(wrong("reserch < 2").why.contains("did you mean `research`?"));
        assert!(wrong("share").why.contains("comparison"));
        assert_eq!(wrong("share < ").at, 8);
        assert_eq!(wrong("(share < 2").at, 7);
        assert_eq!(wrong("share = 2").at, 6);
        assert!(wrong(&"(".repeat(1_000)).why.contains("too many"));
    }
}
