//! How often a request has been at each stage on a loop, which keys its draws there.
//!
//! The first eight stages on loops have a byte each inside the request, which is all that nearly every request needs. What
//! does not fit, more visits or more stages, is counted at length on the heap. So no count ever saturates: one that stood
//! still would repeat its draw for ever, and a request whose draw says "again" would never leave.

/// Counts kept inside a request.
const FEW: usize = 8;
/// Instead of a count: it is kept at length.
const AT_LENGTH: u8 = u8::MAX;

/// Visits of one request that are over, by counter (see [`StageStep::counter`](super::network::StageStep)).
#[derive(Debug, Clone)]
pub(super) struct Visits {
    few: [u8; FEW],
    /// The same when the present booking began, to tell what no waiting would have done.
    booked: [u8; FEW],
    many: Option<Box<Many>>,
}

/// Counts that do not fit, by counter; nothing beyond the end of a list.
#[derive(Debug, Clone, Default)]
struct Many {
    now: Vec<u32>,
    booked: Vec<u32>,
}

impl Visits {
    /// Nowhere so far.
    pub(super) const NONE: Self = Self { few: [0; FEW], booked: [0; FEW], many: None };

    /// Once at each stage, of `counters` on loops: a request that has been through the workflow before the run.
    pub(crate) fn once_each(counters: usize) -> Self {
        let many = (counters > FEW).then(|| Box::new(Many { now: vec![1; counters], booked: Vec::new() }));
        Self { few: [1; FEW], booked: [0; FEW], many }
    }

    /// Back to [`Self::NONE`], with the room on the heap kept for whoever comes next.
    #[inline(always)]
    pub(super) fn clear(&mut self) {
        self.few = [0; FEW];
        self.booked = [0; FEW];
        if let Some(many) = &mut self.many {
            many.now.clear();
            many.booked.clear();
        }
    }

    /// Visits so far that a counter counts.
    #[inline(always)]
    pub(super) fn get(&self, counter: u16) -> u32 {
        match self.few.get(usize::from(counter)) {
            Some(&n) if n < AT_LENGTH => u32::from(n),
            _ => self.get_at_length(counter),
        }
    }

    /// Counts one more.
    #[inline(always)]
    pub(super) fn count(&mut self, counter: u16) {
        match self.few.get_mut(usize::from(counter)) {
            Some(n) if *n < AT_LENGTH - 1 => *n += 1,
            _ => self.count_at_length(counter),
        }
    }

    /// A booking begins: later, [`Self::when_booked`] gives the visits of now.
    #[inline(always)]
    pub(super) fn book(&mut self) {
        self.booked = self.few;
        if let Some(many) = &mut self.many {
            many.booked.clone_from(&many.now);
        }
    }

    /// The visits as they were when the present booking began.
    pub(crate) fn when_booked(&self) -> Self {
        let at_length = |many: &Many| Box::new(Many { now: many.booked.clone(), booked: Vec::new() });
        Self {
            few: self.booked,
            booked: [0; FEW],
            many: self.many.as_deref().filter(|many| !many.booked.is_empty()).map(at_length),
        }
    }

    #[cold]
    fn get_at_length(&self, counter: u16) -> u32 {
        let many = self.many.as_ref();
        many.and_then(|many| many.now.get(usize::from(counter)).copied()).unwrap_or(0)
    }

    #[cold]
    fn count_at_length(&mut self, counter: u16) {
        let at = usize::from(counter);
        let so_far = self.get(counter);
        let now = &mut self.many.get_or_insert_default().now;
        if now.len() <= at {
            now.resize(at + 1, 0);
        }
        // More than 2^32 visits of one request would take hours of computing.
        now[at] = so_far.wrapping_add(1);
        if let Some(few) = self.few.get_mut(at) {
            *few = AT_LENGTH;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_of_visits_to_any_number_of_stages_is_counted() {
        let mut visits = Visits::NONE;
        // Counters inside the request and beyond it, each counted as if it were alone.
        for n in 0..1_000 {
            for counter in [0, 3, 7, 8, 23, 700] {
                assert_eq!(visits.get(counter), n, "counter {counter}");
                visits.count(counter);
            }
        }
        assert_eq!((visits.get(1), visits.get(9), visits.get(701)), (0, 0, 0));
        visits.clear();
        for counter in [0, 3, 7, 8, 23, 700] {
            assert_eq!(visits.get(counter), 0);
        }
    }

    #[test]
    fn the_counts_of_a_booking_are_kept() {
        let mut visits = Visits::NONE;
        for bookings in 0..4 {
            visits.book();
            for _ in 0..300 {
                visits.count(2);
                visits.count(12);
            }
            let then = visits.when_booked();
            assert_eq!((then.get(2), then.get(12)), (300 * bookings, 300 * bookings));
            assert_eq!((visits.get(2), visits.get(12)), (300 * (bookings + 1), 300 * (bookings + 1)));
        }
    }

    #[test]
    fn whoever_was_here_before_has_been_everywhere_once() {
        for counters in [1, 8, 9, 24] {
            let mut visits = Visits::once_each(counters);
            visits.book();
            for counter in 0..counters as u16 {
                assert_eq!(visits.get(counter), 1);
                assert_eq!(visits.when_booked().get(counter), 1);
                visits.count(counter);
                assert_eq!(visits.get(counter), 2);
            }
        }
    }
}
