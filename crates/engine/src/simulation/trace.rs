//! The instants of single requests, for whoever wants to follow them.

use super::request::Request;

/// One thing that happened to a request. Times in seconds since the origin, NaN where they do not
/// apply.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceRow {
    /// Number of the request in its run, from 1 in order of appearance.
    pub request: u64,
    /// Index of the request's class in the model.
    pub class: usize,
    /// Index of the area from which it came.
    pub area: usize,
    /// Stage index: a service, or an exit; of a request under way at the end, any.
    pub stage: usize,
    /// Centre index of a service.
    pub centre: Option<usize>,
    /// When the request arrived, seconds after the origin.
    pub booked: f64,
    /// When it reached the stage; NaN where it has not by the end of the run.
    pub reached: f64,
    /// Start of the (last piece of) service.
    pub started: f64,
    /// End of service, or the instant of the exit; NaN where the run ends before.
    pub finished: f64,
    /// What it was.
    pub kind: TraceKind,
}

impl TraceRow {
    /// What a request tells: its stage and the centre there, when a service began and ended.
    pub(super) fn of(
        r: &Request,
        (stage, centre): (usize, Option<usize>),
        (started, finished): (f64, f64),
        kind: TraceKind,
    ) -> Self {
        let reached = match kind {
            TraceKind::Exit => finished,
            TraceKind::UnderWay => f64::NAN,
            _ => r.reached,
        };
        let (request, class, area) = (r.number, r.class as usize, r.area as usize);
        Self { request, class, area, stage, centre, booked: r.arrival, reached, started, finished, kind }
    }
}

/// What a row tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TraceKind {
    /// A service that was finished.
    Service,
    /// A service that was cut off by the end of a shift, a fall of a level or a more urgent case.
    Interrupted,
    /// A copy's service that came too late.
    Duplicate,
    /// The request left.
    Exit,
    /// At the end of the run it still waits, at the stage and centre named.
    Waiting,
    /// At the end of the run it is in service.
    InService,
    /// At the end of the run it is on its way to the stage named.
    UnderWay,
}

impl TraceKind {
    /// Name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Interrupted => "interrupted",
            Self::Duplicate => "duplicate",
            Self::Exit => "exit",
            Self::Waiting => "waiting",
            Self::InService => "in service",
            Self::UnderWay => "under way",
        }
    }
}
