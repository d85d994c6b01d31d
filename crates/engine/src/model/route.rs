//! Which centre does the work: ordered rules, overflow, duplication, and dated exceptions.

use super::{AreaId, CentreId, ClassId, Model};

/// One routing rule. The first rule that matches decides.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Key of the rule's draws: a hash of its name (what it says, where it has none).
    pub key: u64,
    /// Stages it applies to, by stage.
    pub stages: Vec<bool>,
    /// Classes it applies to, by class.
    pub classes: Vec<bool>,
    /// Areas it applies to, by area.
    pub areas: Vec<bool>,
    /// When it applies.
    pub window: Window,
    /// Only while this exception lasts.
    pub exception: Option<usize>,
    /// Only while this trigger is on, by its place in the model.
    pub trigger: Option<usize>,
    /// Probability that it applies to a request that fits.
    pub share: f64,
    /// The centre, area's own centre or exit to which the rule sends.
    pub to: Destination,
    /// Moves a request on that waits too long or finds too long a queue.
    pub overflow: Option<Overflow>,
    /// Has the work done a second time elsewhere.
    pub duplicate: Option<Duplicate>,
}

impl Rule {
    /// Whether it takes every request of its stages, whatever else is so.
    pub(crate) fn takes_all(&self) -> bool {
        let certain = matches!(self.to, Destination::Centre(_) | Destination::LeastLoaded(_));
        let always = self.window == Window::Always && self.exception.is_none() && self.trigger.is_none();
        certain && always && self.share >= 1.0 && self.classes.iter().chain(&self.areas).all(|on| *on)
    }

    /// A rule for every stage, class and area of a model, at all times.
    pub fn everything(model: &Model, to: Destination) -> Self {
        Self {
            key: 1,
            stages: vec![true; model.stages.len()],
            classes: vec![true; model.classes.len()],
            areas: vec![true; model.areas.len()],
            window: Window::Always,
            exception: None,
            trigger: None,
            share: 1.0,
            to,
            overflow: None,
            duplicate: None,
        }
    }
}

/// When a rule applies.
#[derive(Debug, Clone, PartialEq)]
pub enum Window {
    /// At all times.
    Always,
    /// In these spans of the week, `(from, to)` in seconds of the area's local week, ascending.
    Hours(Vec<(f64, f64)>),
    /// While the target has an officer of the stage's role on duty.
    Open,
}

/// Where a rule sends a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Destination {
    /// A named centre.
    Centre(CentreId),
    /// The area's own centre; the rule does not match where there is none.
    Local,
    /// The centre that did the request's last service; no match where there is none.
    Same,
    /// Of these, the centre with the fewest requests of the stage's role waiting and in service per
    /// officer on duty; centres with nobody on duty come last; ties in this order.
    LeastLoaded(Vec<CentreId>),
}

/// Moves a request once.
#[derive(Debug, Clone, PartialEq)]
pub struct Overflow {
    /// After this wait, seconds.
    pub after: Option<f64>,
    /// At once, when this many are waiting already.
    pub queue: Option<u32>,
    /// Where to ([`Destination::Same`] is not allowed).
    pub to: Destination,
}

/// Does the work a second time.
#[derive(Debug, Clone, PartialEq)]
pub struct Duplicate {
    /// Where the second copy goes.
    pub at: Destination,
    /// With this probability.
    pub probability: f64,
    /// When ([`Window::Open`]: while both centres have an officer of the role on duty).
    pub window: Window,
    /// When the first copy is finished, stop the other one (else it runs to its end).
    pub stop_later: bool,
}

/// Something out of the ordinary between two instants: an outage, a surge, an injunction.
#[derive(Debug, Clone, PartialEq)]
pub struct Exception {
    /// Name, as reports show it; empty for a step of a demand that grows.
    pub name: String,
    /// From this engine time.
    pub from: f64,
    /// Until this engine time.
    pub until: f64,
    /// Factors on demand: `(class, area, factor)`; `None` means all.
    pub demand: Vec<(Option<ClassId>, Option<AreaId>, f64)>,
    /// Factors on the officers of a centre's rosters, rounded to whole officers (half up).
    pub roster: Vec<(CentreId, f64)>,
}
