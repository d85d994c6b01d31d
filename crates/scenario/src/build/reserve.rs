//! Officers kept free of some classes.

use super::Builder;
use super::route::window;
use crate::parts::{CentreIn, ReserveIn};
use poolwise_engine::model::{Reserve, ReserveLimit, Window};

/// The reserves of a centre.
pub(super) fn reserves(b: &mut Builder<'_>, input: &CentreIn) -> Vec<Reserve> {
    input.reserves.items.iter().map(|reserve| one(b, reserve)).collect()
}

fn one(b: &mut Builder<'_>, input: &ReserveIn) -> Reserve {
    let classes = b.names.classes.flags(input.classes.get(), b.cx);
    if input.classes.get().is_some() && classes.iter().all(|held| *held) {
        b.cx.error(input.place, "officers are kept free of all classes, for nobody")
            .help("name the classes that are held back; the others may take any officer");
    }
    let hours = match window(&input.hours, b.cx) {
        Window::Always => None,
        Window::Hours(spans) => Some(spans),
        Window::Open => {
            b.cx.error(input.place, "a reserve has hours such as \"Mon-Fri 08:00-18:00\", or none")
                .help("while nobody is on duty nothing is begun anyway");
            None
        }
    };
    let limit = match (input.keep_free, input.busy_below) {
        (Some(n), _) => ReserveLimit::KeepFree(n.count()),
        (None, Some(n)) => ReserveLimit::AtWork(n.count()),
        // Reported by the table.
        (None, None) => ReserveLimit::KeepFree(0),
    };
    Reserve { classes, limit, hours }
}
