//! Requests that come several at a time.

use super::{Builder, SUM_TOLERANCE};
use crate::parts::{BatchIn, BatchTableIn, ClassIn};
use poolwise_engine::model::BatchSize;

/// How many requests of a class come at once.
pub(crate) fn batch(b: &mut Builder<'_>, class: &ClassIn) -> Option<BatchSize> {
    let input = class.batch.as_ref()?;
    let place = match input {
        BatchIn::Always(n) => n.place,
        BatchIn::Table(table) => table.place,
    };
    if let Some(trace) = &class.trace {
        b.cx.error(place, "recorded arrivals come as recorded: `batch` goes with a `rate`").help(
            if trace.place.is_none() {
                "leave it out"
            } else {
                "write as many rows of the same time as come at once"
            },
        );
    }
    if class.appointments.is_some() {
        b.cx.error(place, "`batch` goes with a `rate`")
            .help("clients of one slot are `each` of the appointments");
    }
    if let Some(bursts) = &class.bursts {
        b.cx.error(bursts.place, "`bursts` cannot stand beside `batch`")
            .help("both say by how much counts vary: give one of them");
    }
    match input {
        BatchIn::Always(n) => {
            let n = usize::try_from(n.value).unwrap_or(1);
            let mut table = vec![0.0; n];
            table[n - 1] = 1.0;
            Some(BatchSize::Table(table))
        }
        BatchIn::Table(table) => random(b, table),
    }
}

fn random(b: &mut Builder<'_>, input: &BatchTableIn) -> Option<BatchSize> {
    if let Some(mean) = &input.geometric {
        if !(1.0..=10_000.0).contains(&mean.value) {
            b.cx.error(mean.place, "the mean size of a batch must be from 1 to 10,000")
                .help("a batch has at least one request");
            return None;
        }
        if let Some(list) = &input.probability {
            b.cx.error(list.place, "`probability` goes with `sizes`");
        }
        return Some(BatchSize::Geometric(mean.value));
    }
    let sizes = input.sizes.as_ref()?;
    let Some(shares) = &input.probability else {
        b.cx.error(sizes.place, "`sizes` need a `probability` each")
            .help("as in probability = [0.5, 0.3, 0.2]");
        return None;
    };
    if !b.cx.intact(sizes.place) || !b.cx.intact(shares.place) {
        return None;
    }
    if sizes.items.is_empty() || sizes.items.len() != shares.items.len() {
        let message =
            format!("`sizes` has {} values and `probability` {}", sizes.items.len(), shares.items.len());
        b.cx.error(shares.place, message).help("give a probability for each size");
        return None;
    }
    let sum: f64 = shares.items.iter().map(|p| p.value).sum();
    if (sum - 1.0).abs() > SUM_TOLERANCE {
        b.cx.error(
            shares.place,
            format!("the probabilities sum to {}, not to 1", (sum * 1e12).round() / 1e12),
        );
        return None;
    }
    let most = sizes.items.iter().map(|n| n.value).max().unwrap_or(1);
    let mut table = vec![0.0; usize::try_from(most).unwrap_or(1)];
    for (n, p) in sizes.items.iter().zip(&shares.items) {
        table[usize::try_from(n.value - 1).unwrap_or(0)] += p.value;
    }
    let mut upto = 0.0;
    for p in &mut table {
        upto += *p;
        *p = upto.min(1.0);
    }
    if let Some(last) = table.last_mut() {
        *last = 1.0;
    }
    Some(BatchSize::Table(table))
}
