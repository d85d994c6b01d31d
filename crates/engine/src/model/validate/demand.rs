//! Checks of what arrives: classes, their streams and areas.

use super::{ModelCheck, ProblemPlace, SUM_TOLERANCE, fit, index, share, size, time, value};
use crate::model::{BatchSize, Class, DayDraw, DayScope, DeadlineUntil, Demand, Model, Profile, Trace};
use crate::time::HOURS_OF_WEEK;

impl Model {
    pub(super) fn class(&self, class: &Class) -> ModelCheck {
        let place: ProblemPlace<'_> = &|| format!("class {}", class.name);
        index(place, "stage", class.start, self.stages.len())?;
        if let Some(deadline) = &class.deadline {
            let (DeadlineUntil::Finish(stage) | DeadlineUntil::Start(stage)) = deadline.until;
            index(place, "stage", stage, self.stages.len())?;
            time(place, &deadline.after)?;
            index(place, "stage", deadline.exit, self.stages.len())?;
        }
        class.due.map_or(Ok(()), |due| size(place, "the time until it is due", due))?;
        let later = class.rises.windows(2).all(|w| w[0].after < w[1].after);
        fit(place, later, "priorities must rise one after the other")?;
        class
            .rises
            .iter()
            .try_for_each(|rise| size(place, "the wait before a priority rises", rise.after))?;
        if let Some(why) = class.batch.as_ref().and_then(BatchSize::fault) {
            fit(place, false, why)?;
        }
        if let Some(redial) = &class.redial {
            redial.probability.iter().try_for_each(|p| share(place, "a probability of coming again", *p))?;
            time(place, &redial.after)?;
        }
        match &class.demand {
            Demand::Rate { per_second, profile, months, day_factor, bursts, area } => {
                size(place, "the rate", *per_second)?;
                area.map_or(Ok(()), |area| index(place, "area", area, self.areas.len()))?;
                months.iter().try_for_each(|m| size(place, "a month's factor", *m))?;
                if let Some(factor) = day_factor {
                    let fits = factor.cv.is_finite() && factor.cv > 0.0;
                    value(place, "the day factor's coefficient of variation", factor.cv, fits, "above 0")?;
                    let r = factor.autocorrelation;
                    let fits = (0.0..1.0).contains(&r);
                    value(place, "the day factor's autocorrelation", r, fits, "from 0 to below 1")?;
                    if let DayScope::Correlated(r) = factor.scope {
                        share(place, "the correlation of areas", r)?;
                    }
                }
                if let Some(bursts) = bursts {
                    let d = bursts.dispersion;
                    value(place, "the dispersion of bursts", d, d.is_finite() && d > 1.0, "above 1")?;
                    let every = bursts.every;
                    value(
                        place,
                        "the interval of bursts",
                        every,
                        every.is_finite() && every > 0.0,
                        "above 0",
                    )?;
                }
                match profile {
                    Profile::Flat => Ok(()),
                    Profile::HourOfWeek(values) => {
                        values.iter().try_for_each(|v| size(place, "a value of the profile", *v))
                    }
                    Profile::StepOfWeek(values) => {
                        let fits = !values.is_empty() && values.len() % HOURS_OF_WEEK == 0;
                        fit(place, fits, "a profile needs a whole number of steps an hour")?;
                        values.iter().try_for_each(|v| size(place, "a value of the profile", *v))
                    }
                    Profile::Cycle { period, values } => {
                        let fits = period.is_finite() && *period > 0.0;
                        value(place, "the profile's period", *period, fits, "finite and above 0")?;
                        fit(place, !values.is_empty(), "the profile has no values")?;
                        values.iter().try_for_each(|v| size(place, "a value of the profile", *v))
                    }
                }
            }
            Demand::Trace(trace) => self.trace(place, trace),
        }
    }

    fn trace(&self, place: ProblemPlace<'_>, trace: &Trace) -> ModelCheck {
        size(place, "the spread before", trace.jitter_before)?;
        size(place, "the spread after", trace.jitter_after)?;
        trace.uneven.iter().try_for_each(|(_, after)| size(place, "the spread after", *after))?;
        let in_order = trace.uneven.windows(2).all(|w| w[0].0 < w[1].0);
        fit(place, in_order, "intervals of another width must be in order")?;
        let rising = trace.times.windows(2).all(|w| w[0] <= w[1]);
        let finite = trace.times.iter().all(|t| t.is_finite());
        fit(place, rising && finite, "recorded arrivals must be finite and in order")?;
        size(place, "the factor on recorded arrivals", trace.factor)?;
        trace.months.iter().try_for_each(|m| size(place, "a month's factor", *m))?;
        if let Some(recorded) = &trace.drawn {
            let days = |list: &[u32], last: usize| {
                fit(place, !list.is_empty(), "there is no recorded day to draw")?;
                list.iter()
                    .try_for_each(|d| index(place, "recorded day", *d as usize + last, recorded.days.len()))
            };
            match &recorded.draw {
                DayDraw::Weekday(lists) => lists.iter().try_for_each(|list| days(list, 0))?,
                DayDraw::Week(mondays) => days(mondays, 6)?,
            }
        }
        trace.area.map_or(Ok(()), |area| index(place, "area", area, self.areas.len()))
    }

    pub(super) fn area_shares(&self) -> ModelCheck {
        for area in &self.areas {
            let place: ProblemPlace<'_> = &|| format!("area {}", area.name);
            share(place, "the share", area.share)?;
            index(place, "clock", area.clock, self.clocks.len())?;
            if let Some(centre) = area.centre {
                index(place, "centre", centre, self.centres.len())?;
            }
        }
        let sum: f64 = self.areas.iter().map(|a| a.share).sum();
        let fits = (sum - 1.0).abs() <= SUM_TOLERANCE;
        value(&|| "areas".to_owned(), "the sum of their shares", sum, fits, "1")
    }
}
