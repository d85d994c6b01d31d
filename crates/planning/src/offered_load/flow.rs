//! A flow of requests by hour of the week, with the time since their arrival.
//!
//! Sums over hours and ages wait for each addition before the next and are asked for again and again,
//! so a flow remembers its own, and flows that are parts of one share its ages.

use super::lag::{Age, Kernel, LagGrid};
use std::cell::OnceCell;
use std::rc::Rc;

/// Requests by hour of the area's week, with the time since their arrival where a deadline runs.
#[derive(Debug, Clone)]
pub(super) struct HourlyFlow {
    rate: Vec<f64>,
    total: OnceCell<f64>,
    age: Rc<Aged>,
}

/// A distribution of the time since arrival.
#[derive(Debug, Default)]
struct Aged {
    points: Age,
    /// Share of deadlines that are later: a class has one deadline.
    alive: OnceCell<f64>,
}

impl HourlyFlow {
    /// Requests an hour, in each hour; and the time since arrival, those counted too whom a deadline has
    /// taken, as independent of the hour.
    pub(super) fn new(rate: Vec<f64>, age: Age) -> Self {
        let age = Rc::new(Aged { points: age, alive: OnceCell::new() });
        Self { rate, total: OnceCell::new(), age }
    }

    /// Requests an hour, in each hour.
    pub(super) fn rate(&self) -> &[f64] {
        &self.rate
    }

    /// Time since arrival.
    pub(crate) fn age(&self) -> &Age {
        &self.age.points
    }

    /// Sum over the hours.
    pub(super) fn total(&self) -> f64 {
        *self.total.get_or_init(|| self.rate.iter().sum())
    }

    /// Share that the deadline has not taken yet; all flows of a class have its grid.
    pub(crate) fn alive(&self, grid: &LagGrid) -> f64 {
        *self.age.alive.get_or_init(|| grid.alive(&self.age.points))
    }

    /// Other requests of the same age.
    pub(crate) fn of_same_age(&self, rate: Vec<f64>) -> Self {
        Self { rate, total: OnceCell::new(), age: Rc::clone(&self.age) }
    }

    /// The same without a deadline.
    pub(crate) fn ageless(self) -> Self {
        Self { age: Rc::default(), ..self }
    }

    pub(super) fn scaled(&self, factor: f64) -> Self {
        self.of_same_age(self.rate.iter().map(|x| x * factor).collect())
    }

    pub(super) fn weighted(&self, weight: impl Fn(usize) -> f64) -> Self {
        self.of_same_age(self.rate.iter().enumerate().map(|(h, x)| x * weight(h)).collect())
    }

    /// The same less a part of it.
    pub(super) fn without(&self, part: &Self) -> Self {
        self.of_same_age(self.rate.iter().zip(&part.rate).map(|(x, w)| x - w).collect())
    }

    pub(super) fn after(&self, kernel: &Kernel) -> Self {
        Self::new(kernel.carry(&self.rate), kernel.later(&self.age.points))
    }

    /// Both as one flow.
    pub(super) fn merge(&mut self, other: &Self) {
        let (mine, its) = (&self.age.points, &other.age.points);
        // Without a deadline there is no age to weigh by totals.
        let (a, b) = if mine.is_empty() { (0.0, 0.0) } else { (self.total(), other.total()) };
        if a + b > 0.0 {
            let mut points: Age = mine.iter().map(|x| x * (a / (a + b))).collect();
            points.resize(mine.len().max(its.len()), 0.0);
            points.iter_mut().zip(its).for_each(|(x, y)| *x += y * b / (a + b));
            self.age = Rc::new(Aged { points, alive: OnceCell::new() });
        }
        self.rate.iter_mut().zip(&other.rate).for_each(|(x, y)| *x += y);
        self.total.take();
    }
}
