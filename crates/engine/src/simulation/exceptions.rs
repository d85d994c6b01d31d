//! Dated exceptions in the order of time, so that nobody has to look through all of them for those of an instant.

use crate::model::{AreaId, ClassId, Exception, Model};

/// Entries kept of which exceptions last when; beyond that all are looked through, as where thousands last at once.
const MOST_KEPT: usize = 2_000_000;

/// When exceptions begin and end, and which last in between.
#[derive(Debug, Default)]
pub(super) struct Exceptions {
    edges: Vec<f64>,
    /// Those that last from each edge to the next; of none, where they are too many to keep.
    lasting: Vec<Vec<u32>>,
}

impl Exceptions {
    pub(super) fn new(model: &Model) -> Self {
        let mut edges: Vec<f64> = model.exceptions.iter().flat_map(|e| [e.from, e.until]).collect();
        edges.sort_by(f64::total_cmp);
        edges.dedup();
        let at = |edge: f64| edges.partition_point(|e| *e < edge);
        let kept: usize = model.exceptions.iter().map(|e| at(e.until) - at(e.from).min(at(e.until))).sum();
        let mut lasting = Vec::new();
        if kept <= MOST_KEPT {
            lasting = vec![Vec::new(); edges.len()];
            for (i, e) in model.exceptions.iter().enumerate() {
                lasting[at(e.from)..at(e.until).max(at(e.from))]
                    .iter_mut()
                    .for_each(|list| list.push(i as u32));
            }
        }
        Self { edges, lasting }
    }

    /// The exceptions that last at `t`, in the order of the model.
    pub(super) fn at<'a>(&'a self, model: &'a Model, t: f64) -> impl Iterator<Item = &'a Exception> {
        let span = self.edges.partition_point(|edge| *edge <= t);
        let (all, some): (&[Exception], &[u32]) = match span.checked_sub(1).map(|span| self.lasting.get(span))
        {
            // Before the first.
            None => (&[], &[]),
            Some(None) => (&model.exceptions, &[]),
            Some(Some(list)) => (&[], list),
        };
        let of_list = some.iter().map(|&i| &model.exceptions[i as usize]);
        all.iter().filter(move |e| t >= e.from && t < e.until).chain(of_list)
    }

    /// The first instant after `t` at which one begins or ends.
    pub(crate) fn next_edge(&self, t: f64) -> f64 {
        self.edges.get(self.edges.partition_point(|edge| *edge <= t)).copied().unwrap_or(f64::INFINITY)
    }

    /// `amount` times the factors on a class's demand from an area at `t`.
    pub(crate) fn on_demand(
        &self,
        model: &Model,
        class: ClassId,
        area: AreaId,
        t: f64,
        mut amount: f64,
    ) -> f64 {
        if self.edges.is_empty() {
            return amount;
        }
        for exception in self.at(model, t) {
            for &(c, a, by) in &exception.demand {
                if c.is_none_or(|c| c == class) && a.is_none_or(|a| a == area) {
                    amount *= by;
                }
            }
        }
        amount
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Model, Pool};
    use crate::random::Sampler;

    #[test]
    fn those_that_last_at_an_instant_are_found_however_many_there_are() {
        let mut model = Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::around_the_clock(1, 1)]);
        let exception = |i: usize, from: f64, until: f64| Exception {
            name: format!("e{i}"),
            from,
            until,
            demand: vec![(None, None, 2.0)],
            roster: Vec::new(),
        };
        // One after another with gaps, and one over all of them.
        model.exceptions = (0..100).map(|i| exception(i, 10.0 * i as f64, 10.0 * i as f64 + 4.0)).collect();
        model.exceptions.push(exception(100, 5.0, 905.0));
        for kept in [true, false] {
            let mut found = Exceptions::new(&model);
            if !kept {
                found.lasting.clear();
            }
            for t in [-1.0, 0.0, 3.9, 4.0, 5.0, 10.0, 13.0, 14.0, 904.9, 905.0, 2_000.0] {
                let expected: Vec<&str> = model
                    .exceptions
                    .iter()
                    .filter(|e| t >= e.from && t < e.until)
                    .map(|e| e.name.as_str())
                    .collect();
                let names: Vec<&str> = found.at(&model, t).map(|e| e.name.as_str()).collect();
                assert_eq!(names, expected, "{t}");
                assert_eq!(found.on_demand(&model, 0, 0, t, 1.0), f64::from(1_u32 << expected.len()), "{t}");
                let edges = model.exceptions.iter().flat_map(|e| [e.from, e.until]).filter(|edge| *edge > t);
                assert_eq!(found.next_edge(t), edges.fold(f64::INFINITY, f64::min), "{t}");
            }
        }
    }
}
