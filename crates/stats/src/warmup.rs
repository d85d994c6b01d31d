//! How much of the start to leave out: MSER, the marginal standard error rule.
//!
//! On raw hourly series with a weekly rhythm the rule takes the week for a transient, so periodic
//! scenarios give it weekly totals with the known season divided out ([`deseasonalise`]); stationary
//! ones give it the series itself.

/// Batch length of MSER-5.
pub const MSER5: usize = 5;

/// What MSER proposes for a series.
#[derive(Debug, Clone, PartialEq)]
pub struct Truncation {
    /// How many leading observations to leave out: a multiple of the batch length.
    pub leave_out: usize,
    /// Length of a batch, observations.
    pub batch: usize,
    /// The minimum lies at the edge of the search (half the series): the series is too short to tell,
    /// or does not settle.
    pub at_edge: bool,
    /// For a picture: `(observations left out, statistic)`.
    pub curve: Vec<(usize, f64)>,
}

/// MSER-m (White 1997; White, Cobb and Spratt 2000; White and Robinson 2010): observations are
/// averaged in batches of `batch` and the number of batches `d` to leave out minimises
/// `sum over i > d of (x_i - mean)^2 / (n - d)^2`, over the first half of the batches. Ties take the
/// least `d`. Trailing observations that fill no batch are not used.
///
/// `None` for fewer than four batches, or values that are not finite.
pub fn mser(series: &[f64], batch: usize) -> Option<Truncation> {
    let batch = batch.max(1);
    let means: Vec<f64> = series.chunks_exact(batch).map(|c| c.iter().sum::<f64>() / batch as f64).collect();
    let n = means.len();
    if n < 4 || means.iter().any(|x| !x.is_finite()) {
        return None;
    }
    // From the back, by Welford's update, so that every suffix has its own exact sum of squares.
    let mut statistic = vec![0.0; n];
    let (mut mean, mut squares) = (0.0, 0.0);
    for (kept, i) in (0..n).rev().enumerate() {
        let count = (kept + 1) as f64;
        let delta = means[i] - mean;
        mean += delta / count;
        squares += delta * (means[i] - mean);
        statistic[i] = squares / (count * count);
    }
    let last = n / 2;
    let mut best = 0;
    for d in 1..=last {
        if statistic[d] < statistic[best] {
            best = d;
        }
    }
    Some(Truncation {
        leave_out: best * batch,
        batch,
        at_edge: best == last,
        curve: (0..=last).map(|d| (d * batch, statistic[d])).collect(),
    })
}

/// Weekly totals of an hourly (or other equally spaced) series, `per_week` values a week; a part of a
/// week at the end is left out.
pub fn weekly_totals(series: &[f64], per_week: usize) -> Vec<f64> {
    series.chunks_exact(per_week.max(1)).map(|week| week.iter().sum()).collect()
}

/// Divides each total by what the season leads one to expect of it, and scales back to the level of
/// the totals: what is left has no season. Periods without a positive expectation become NaN.
///
/// # Panics
/// If the slices differ in length.
pub fn deseasonalise(totals: &[f64], expected: &[f64]) -> Vec<f64> {
    assert_eq!(totals.len(), expected.len(), "one expectation for each total");
    let level = expected.iter().sum::<f64>() / expected.len() as f64;
    totals.iter().zip(expected).map(|(x, e)| if *e > 0.0 { x * level / e } else { f64::NAN }).collect()
}

/// Mean over replications, period by period, of series of equal length (Welch's averaging): cuts the
/// noise before [`mser`] without hiding a common transient. Series longer than the shortest are cut.
pub fn average(series: &[&[f64]]) -> Vec<f64> {
    let length = series.iter().map(|s| s.len()).min().unwrap_or(0);
    (0..length).map(|i| series.iter().map(|s| s[i]).sum::<f64>() / series.len() as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use poolwise_engine::random::KeyedRng;
    use poolwise_math::sin;

    fn noise(key: u64, n: usize) -> Vec<f64> {
        let mut rng = KeyedRng::of(3, key, 0);
        (0..n).map(|_| rng.uniform() - 0.5).collect()
    }

    #[test]
    fn statistic_by_hand() {
        // Batches of one: 9, 1, 2, 1, 2. d = 0: mean 3, squares 46, over 25; d = 1: 1.5, 1, over 16.
        let t = mser(&[9.0, 1.0, 2.0, 1.0, 2.0], 1).unwrap();
        assert_eq!(t.leave_out, 1);
        assert!((t.curve[0].1 - 46.0 / 25.0).abs() < 1e-12);
        assert!((t.curve[1].1 - 1.0 / 16.0).abs() < 1e-12);
        assert_eq!(t.curve.len(), 3);
        assert!(!t.at_edge);
    }

    #[test]
    fn a_step_is_found_and_a_steady_series_kept() {
        let mut series = noise(1, 500);
        series[..60].iter_mut().for_each(|x| *x += 5.0);
        assert_eq!(mser(&series, MSER5).unwrap().leave_out, 60);
        assert!(mser(&noise(2, 500), MSER5).unwrap().leave_out <= 50);
    }

    #[test]
    fn a_trend_is_reported_at_the_edge() {
        let series: Vec<f64> = (0..200).map(f64::from).collect();
        assert!(mser(&series, MSER5).unwrap().at_edge);
    }

    #[test]
    fn too_short_or_broken_series_have_no_proposal() {
        assert!(mser(&[1.0; 19], MSER5).is_none());
        assert!(mser(&[f64::NAN; 40], MSER5).is_none());
        assert_eq!(mser(&[1.0; 40], MSER5).unwrap().leave_out, 0);
    }

    #[test]
    fn a_season_is_no_transient_once_divided_out() {
        // A year of weeks with a strong annual season, filling up over the first ten weeks.
        let expected: Vec<f64> = (0..60)
            .map(|w| 1_000.0 * (1.0 + 0.4 * sin(f64::from(w) / 52.0 * std::f64::consts::TAU)))
            .collect();
        let wobble = noise(4, 60);
        let totals: Vec<f64> = (0..60)
            .map(|w| expected[w] * (1.0 + 0.02 * wobble[w]) * if w < 10 { 0.5 } else { 1.0 })
            .collect();
        assert_eq!(mser(&deseasonalise(&totals, &expected), 1).unwrap().leave_out, 10);
        assert_ne!(mser(&totals, 1).unwrap().leave_out, 10);
    }

    #[test]
    fn totals_and_averages() {
        assert_eq!(weekly_totals(&[1.0, 2.0, 3.0, 4.0, 5.0], 2), [3.0, 7.0]);
        assert_eq!(average(&[&[1.0, 2.0, 9.0], &[3.0, 4.0]]), [2.0, 3.0]);
        assert!(average(&[]).is_empty());
        assert!(deseasonalise(&[1.0], &[0.0])[0].is_nan());
    }
}
