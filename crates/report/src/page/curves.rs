//! Curves that a page's script draws: a measure against a number, a line and a band for each option. Their values can be read
//! where they are looked at, which those of a picture cannot.

use poolwise_stats::Estimate;
use serde::Serialize;

/// A measure against a number.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PageCurve {
    /// Heading above the figure.
    pub title: String,
    /// What stands on the horizontal axis, with its unit.
    pub x: String,
    /// What stands on the vertical one, with its unit.
    pub y: String,
    /// A line an option.
    pub lines: Vec<CurveLine>,
}

/// One option's line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CurveLine {
    /// What the option is called.
    pub name: String,
    /// Where it stands, the estimate, and the ends of its interval, in the units of the axes; nothing where undefined.
    pub points: Vec<[Option<f64>; 4]>,
    /// The point that the answer is about.
    pub marked: Option<usize>,
}

/// A point of a line: shown numbers are stored ones times `factor`.
pub(crate) fn point(x: f64, e: &Estimate, factor: f64) -> [Option<f64>; 4] {
    let shown = |v: f64| Some(v * factor).filter(|v| v.is_finite());
    [Some(x), shown(e.estimate), shown(e.lower), shown(e.upper)]
}
