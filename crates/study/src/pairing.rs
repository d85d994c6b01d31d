//! Which scenarios can be paired: the one rule, for comparisons, staffing and sweeps.

use poolwise_engine::model::Model;

/// The first key in which two models differ so that their requests cannot be paired: the same draws and the same
/// calendar make a comparison. `None` if they can.
pub fn differing_key(a: &Model, b: &Model) -> Option<&'static str> {
    let (a, b) = (&a.run, &b.run);
    let keys = [
        ("run.seed", a.seed != b.seed),
        ("run.horizon", a.horizon != b.horizon),
        ("run.start or run.warm_up", (a.origin_unix, a.warm_up) != (b.origin_unix, b.warm_up)),
        ("run.target", a.target != b.target),
    ];
    keys.into_iter().find(|(_, differs)| *differs).map(|(key, _)| key)
}
