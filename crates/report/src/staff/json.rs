//! The staffing answer as JSON: `staffing.json`, and what `staff --format json` prints.

use crate::{ReportError, json};
use poolwise_engine::model::{Model, PoolKind};
use poolwise_engine::time::HOUR;
use poolwise_staffing::answer::{Answered, StaffingAnswer};
use poolwise_staffing::rostered::NoRoster;
use poolwise_staffing::solve::{HeadcountRange, Staffed};
use serde_json::{Map, Value, json};

/// The whole answer as one document.
///
/// # Errors
/// If a result cannot be written as JSON, which no result of this program should cause.
pub fn document(answer: &StaffingAnswer) -> Result<String, ReportError> {
    let options: Result<Vec<Value>, ReportError> =
        answer.options.iter().map(|o| self::option(answer, o)).collect();
    let whole = json!({
        "baseline": answer.baseline,
        "verdict": poolwise_staffing::verdict(answer),
        "matched": answer.matched,
        "error": answer.error,
        "options": options?,
        "missing": encode(&answer.missing)?,
        "assumptions": answer.field_work.map(|a| json!({
            "officers_per_case": range_of(a.officers_per_case),
            "hours_per_officer_and_case": range_of(a.hours_per_officer),
        })),
    });
    json::document(&whole)
}

fn option(answer: &StaffingAnswer, option: &Answered) -> Result<Value, ReportError> {
    let solved = &option.solved;
    let mut out = Map::new();
    let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
    put("scenario", json!(option.scenario));
    put("title", json!(option.title));
    put("feasible", json!(solved.result.is_ok()));
    put(
        "as_is",
        json!({
            "posts": solved.as_is.posts,
            "paid_hours_per_week": solved.as_is.paid_hours_per_week,
            "headcount": solved.as_is.headcount,
        }),
    );
    let staffed = solved.staffed();
    let range = |of: fn(&Staffed) -> HeadcountRange| json!(staffed.map(of));
    put("posts", range(Staffed::posts));
    put("paid_hours_per_week", range(Staffed::paid_hours));
    put("headcount", range(Staffed::headcount));
    put("officers_released", json!(option.released));
    put("officers_released_from_right_sized", json!(option.released_from_right_sized));
    put("at_large_cases_per_year", json!(option.cases));
    put("input_uncertainty", encode(&option.inputs)?);
    put("causes", encode(&option.causes)?);
    match &solved.result {
        Ok(staffed) => {
            put("binding", json!(staffed.binding));
            put("targets", encode(&staffed.met)?);
            put("measures", encode(&staffed.summary.measures)?);
            put("curve", encode(&staffed.curve)?);
            put("shifts", shifts(&staffed.model));
            put("roster", roster(staffed));
            put("cost_per_week", encode(&staffed.cost)?);
            put("cost", encode(&staffed.price)?);
            put("cost_difference", encode(&answer.cost_difference(option))?);
            put("service", encode(&staffed.service)?);
            put("shortcuts", encode(&staffed.shortcuts)?);
        }
        Err(why) => {
            put("targets", json!([why.short]));
            put("curve", Value::Null);
            put("roster", Value::Null);
            put("infeasible", encode(why)?);
        }
    }
    let mut search = json!({ "staffings": solved.staffings, "replications": solved.replications, "splits": solved.splits });
    if let (Some(search), Some(controls)) = (search.as_object_mut(), &solved.controls) {
        search.insert("controls".to_owned(), encode(controls)?);
    }
    put("search", search);
    Ok(Value::Object(out))
}

fn range_of(r: poolwise_planning::roster_rules::AssumedRange) -> Value {
    json!({ "low": r.low, "base": r.base, "high": r.high })
}

fn encode<T: serde::Serialize>(value: &T) -> Result<Value, ReportError> {
    serde_json::to_value(value).map_err(|e| ReportError::Encode(e.to_string()))
}

/// Shifts of every centre that has any; levels are in the curve.
fn shifts(model: &Model) -> Value {
    let mut rows = Vec::new();
    for centre in model.centres.iter().filter(|c| c.counted) {
        for pool in &centre.pools {
            let PoolKind::Crews(lines) = &pool.kind else { continue };
            rows.extend(lines.iter().map(|line| {
                json!({
                    "centre": centre.name,
                    "shift": line.name,
                    "start_hour": line.start / HOUR,
                    "length_hours": line.length / HOUR,
                    "officers_by_weekday": line.officers,
                })
            }));
        }
    }
    Value::Array(rows)
}

/// Officers' weeks, or why there are none.
fn roster(staffed: &Staffed) -> Value {
    match &staffed.roster {
        None => Value::Null,
        Some(Ok(drawn)) => json!({
            "headcount": drawn.plan.officers(),
            "rostered": drawn.plan.rostered(),
            "posts": drawn.plan.posts(),
            "hours_per_week": drawn.plan.hours(),
            "employed": drawn.plan.employed,
            "curve": drawn.curve,
            "shifts": shifts(&drawn.model),
        }),
        Some(Err(NoRoster::Infeasible(reasons))) => json!({ "infeasible": reasons }),
        Some(Err(NoRoster::Short)) => {
            json!({ "infeasible": ["every roster drawn up falls short of the targets"] })
        }
    }
}
