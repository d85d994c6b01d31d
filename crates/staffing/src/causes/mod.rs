//! Where the economy of scale comes from: the officers released between two ways to organise the same work,
//! split over its causes.
//!
//! The two ends are simulated: officers now, officers that the same organisation needs for the service, officers
//! that the other organisation needs for it. Between the ends formulas say what each cause is worth, and these are
//! scaled so that they sum to the difference of the ends. For a set S of causes that are taken away, the headcount is
//! that of the present organisation in which everything in S is as in the other one:
//!
//! 1. *Work.* Each centre's offered load `m(h)` by hour of its week. **Duplication** and **rework** are shares of
//!    it; taken away, they are the other organisation's shares.
//! 2. *Safety.* `m + beta sqrt(m)` officers for each centre. With **pooling of randomness** the safety part is that
//!    of the other organisation's centres: for one pool `beta sqrt(M)`, `M` the sum over centres at the same local
//!    hour, shared in proportion to work.
//! 3. *Shape.* Each block of hours (a shift) takes the most of its hours. With **smoothing** all are multiplied by
//!    what the blocks of the summed curve, by one common clock, need over what those of the single curves need:
//!    peaks of time zones and opening hours that do not fall together.
//! 4. *Cover.* While a centre is open it has at least its minimum crew. With **round-the-clock cover** taken away,
//!    only the other organisation's centres have theirs.
//! 5. *Whole officers.* Each block of each centre is rounded up, and each centre's headcount. With **indivisible
//!    crews** taken away, only the other organisation's centres round.
//! 6. *Headcount* = officer-hours / (hours a week x planned availability x presence).
//! 7. **Slack**, the officers now less those needed, is counted at its face value.
//!
//! Where the other organisation has several centres, each gets its share of the work in proportion.

pub mod shapley;
mod site;

pub use site::{Site, minimums, sites};

use poolwise_engine::model::Workforce;
use poolwise_engine::time::HOURS_OF_WEEK;
use serde::Serialize;
use shapley::{CauseShares, shares};

/// Hours of a block where nothing else is known: a shift.
pub(crate) const BLOCK: usize = 8;

/// A cause of the economy of scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Cause {
    /// More officers now than the service needs as things are.
    Slack,
    /// Chance evens out in one queue.
    Randomness,
    /// Peaks of time zones and opening hours do not fall together.
    Smoothing,
    /// A centre cannot have a part of an officer.
    Indivisible,
    /// Somebody must be there while a centre is open, however little there is to do.
    RoundTheClock,
    /// Work that is done twice at once.
    Duplication,
    /// Work that is done again later.
    Rework,
}

/// All causes, in the order of sets and tables.
pub(crate) const CAUSES: [Cause; 7] = [
    Cause::Slack,
    Cause::Randomness,
    Cause::Smoothing,
    Cause::Indivisible,
    Cause::RoundTheClock,
    Cause::Duplication,
    Cause::Rework,
];

impl Cause {
    /// For tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Randomness => "pooling of randomness",
            Self::Smoothing => "smoothing across time zones and opening hours",
            Self::Indivisible => "indivisible local crews",
            Self::RoundTheClock => "round-the-clock cover",
            Self::Duplication => "duplicated work",
            Self::Rework => "rework",
        }
    }
}

/// What the formulas need besides the two organisations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct FormulaSetting {
    /// Safety in square roots of the load: see `theory::staffing::halfin_whitt_beta`.
    pub beta: f64,
    /// Hours of a block.
    pub block: usize,
    /// From hours to officers.
    pub workforce: Workforce,
    /// Share of rostered officers who do not come.
    pub absence: f64,
}

/// Officers employed at the ends, as simulated.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct CauseEnds {
    /// Officers as it is now.
    pub now: f64,
    /// Needed by the present organisation for the service.
    pub right_sized: f64,
    /// Needed by the other organisation for the same.
    pub option: f64,
}

/// What released officers are released by, one cause at a time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Split {
    /// Causes in the order of `shares`.
    pub causes: Vec<&'static str>,
    /// Officers released by each, on average over the orders, and how they interact.
    pub shares: CauseShares,
    /// What the formulas say is needed now for the service, and by the other organisation.
    pub formula: (f64, f64),
    /// What the formulas' differences were multiplied by to meet the ends.
    pub scale: f64,
    /// Officers released that no cause explains: 0, unless the formulas and the ends differ in sign.
    pub unexplained: f64,
}

/// Splits the officers released between `from` and `to` over the causes.
pub(crate) fn split(from: &[Site], to: &[Site], ends: CauseEnds, setting: FormulaSetting) -> Split {
    let other = Other::of(to);
    let needed = |set: u32| headcount(from, &other, set, setting);
    let all = (1_u32 << CAUSES.len()) - 1;
    let (before, after) = (needed(0), needed(all));
    let (real, formula) = (ends.right_sized - ends.option, before - after);
    let fits = formula.abs() > 1e-9 && real / formula > 0.0;
    let scale = if fits { real / formula } else { f64::from(u8::from(real != 0.0)) };
    let slack = ends.now - ends.right_sized;
    let shares = shares(CAUSES.len(), |set| {
        let slack = if has(set, Cause::Slack) { slack } else { 0.0 };
        slack + scale * (before - needed(set))
    });
    let unexplained = ends.now - ends.option - shares.total;
    let unexplained = if unexplained.abs() < 1e-9 { 0.0 } else { unexplained };
    Split { causes: CAUSES.map(Cause::name).to_vec(), shares, formula: (before, after), scale, unexplained }
}

fn has(set: u32, cause: Cause) -> bool {
    CAUSES.iter().position(|c| *c == cause).is_some_and(|i| set >> i & 1 == 1)
}

/// The other organisation in a few numbers.
struct Other {
    /// Share of all work at each of its centres.
    shares: Vec<f64>,
    /// Minimum crew of each.
    minimum: Vec<f64>,
    /// Share of its work that is duplicated, and redone.
    duplicate: f64,
    rework: f64,
}

impl Other {
    fn of(sites: &[Site]) -> Self {
        let work: Vec<f64> = sites.iter().map(Site::work).collect();
        let total: f64 = work.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        let mean =
            |of: fn(&Site) -> f64| sites.iter().zip(&work).map(|(s, w)| of(s) * w).sum::<f64>() / total;
        Self {
            shares: work.iter().map(|w| w / total).collect(),
            minimum: sites.iter().map(|s| s.minimum).collect(),
            duplicate: mean(|s| s.duplicate),
            rework: mean(|s| s.rework),
        }
    }
}

/// Headcount that the formulas give when the causes of `set` are as in the other organisation; slack has
/// no part in it.
#[cfg(test)]
fn needed(from: &[Site], to: &[Site], set: &[Cause], setting: FormulaSetting) -> f64 {
    let bits = CAUSES.iter().enumerate().filter(|(_, c)| set.contains(c)).fold(0, |s, (i, _)| s | 1 << i);
    headcount(from, &Other::of(to), bits, setting)
}

fn headcount(from: &[Site], other: &Other, set: u32, setting: FormulaSetting) -> f64 {
    let block = setting.block.clamp(1, HOURS_OF_WEEK);
    let blocks = HOURS_OF_WEEK.div_ceil(block);
    // 1. Work.
    let loads: Vec<Vec<f64>> = from
        .iter()
        .map(|site| {
            let mut factor = 1.0;
            if has(set, Cause::Duplication) {
                factor *= (1.0 - site.duplicate) / (1.0 - other.duplicate);
            }
            if has(set, Cause::Rework) {
                factor *= (1.0 - site.rework) / (1.0 - other.rework);
            }
            site.offered.iter().map(|m| m * factor).collect()
        })
        .collect();
    // 2. Safety.
    let together: Vec<f64> = (0..HOURS_OF_WEEK).map(|h| loads.iter().map(|l| l[h]).sum()).collect();
    let roots: f64 = other.shares.iter().map(|s| s.sqrt()).sum();
    let safe = |h: usize, m: f64| match has(set, Cause::Randomness) {
        true if together[h] > 0.0 => m + setting.beta * roots * m / together[h].sqrt(),
        true => m,
        false => m + setting.beta * m.sqrt(),
    };
    let required: Vec<Vec<f64>> =
        loads.iter().map(|l| l.iter().enumerate().map(|(h, m)| safe(h, *m)).collect()).collect();
    // 3. Shape.
    let mut need: Vec<Vec<f64>> = required.iter().map(|r| peaks(r, block)).collect();
    if has(set, Cause::Smoothing) {
        let mut common = vec![0.0; HOURS_OF_WEEK];
        for (site, r) in from.iter().zip(&required) {
            for (h, x) in r.iter().enumerate() {
                common[(h + HOURS_OF_WEEK - site.ahead % HOURS_OF_WEEK) % HOURS_OF_WEEK] += x;
            }
        }
        let single: f64 = need.iter().flatten().sum();
        let factor = if single > 0.0 { peaks(&common, block).iter().sum::<f64>() / single } else { 1.0 };
        need.iter_mut().flatten().for_each(|n| *n *= factor);
    }
    // 4. Cover.
    if !has(set, Cause::RoundTheClock) {
        for (site, need) in from.iter().zip(&mut need) {
            for (b, n) in need.iter_mut().enumerate() {
                let open = (b * block..((b + 1) * block).min(HOURS_OF_WEEK)).any(|h| site.open[h]);
                *n = if open { n.max(site.minimum) } else { *n };
            }
        }
    }
    // 5. Whole officers, and 6. headcount.
    let per_officer =
        setting.workforce.hours_per_week * setting.workforce.planned_availability * (1.0 - setting.absence);
    let length = |b: usize| (((b + 1) * block).min(HOURS_OF_WEEK) - b * block) as f64;
    let least: Vec<f64> = match has(set, Cause::RoundTheClock) {
        true => other.minimum.clone(),
        false => vec![0.0; other.shares.len()],
    };
    if has(set, Cause::Indivisible) {
        let total = |b: usize| need.iter().map(|n| n[b]).sum::<f64>();
        let of = |(share, least): (&f64, &f64)| {
            let hours: f64 = (0..blocks).map(|b| up((share * total(b)).max(*least)) * length(b)).sum();
            up(hours / per_officer)
        };
        return other.shares.iter().zip(&least).map(of).sum();
    }
    let whole: Vec<f64> = need
        .iter()
        .map(|n| up(n.iter().enumerate().map(|(b, x)| up(*x) * length(b)).sum::<f64>() / per_officer))
        .collect();
    let crew: f64 = least.iter().sum::<f64>() * HOURS_OF_WEEK as f64 / per_officer;
    whole.iter().sum::<f64>().max(crew)
}

/// The next whole number, rounding apart.
fn up(x: f64) -> f64 {
    (x - 1e-9).ceil().max(0.0)
}

/// The most of each block of hours.
fn peaks(curve: &[f64], block: usize) -> Vec<f64> {
    curve.chunks(block).map(|hours| hours.iter().copied().fold(0.0, f64::max)).collect()
}

#[cfg(test)]
mod tests;
