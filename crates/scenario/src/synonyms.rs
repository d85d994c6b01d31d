//! Words that planners use for a key that has another name here.

/// A word as it may be written, what it is called here (the first that fits), and where that stands.
const WORDS: &[(&[&str], &[&str], &str)] = &[
    (
        &["sick", "sickness", "sick_leave", "illness", "absent", "absenteeism", "no_show", "shrinkage"],
        &["absence", "planned_availability"],
        "in [centre.<name>]",
    ),
    (&["leave", "vacation", "training", "availability"], &["planned_availability"], "in [workforce]"),
    (
        &["lunch", "break", "pause", "pauses", "rest", "meal", "lunch_break"],
        &["breaks"],
        "in a shift: breaks = [{ after = \"4 h\", length = \"30 min\" }]",
    ),
    (
        &[
            "staff",
            "agents",
            "servers",
            "employees",
            "people",
            "headcount",
            "fte",
            "posts",
            "number",
            "count",
            "n",
            "officers",
        ],
        &["officers", "levels", "rosters"],
        "in shifts, levels and [pool.<name>]",
    ),
    (
        &["calls", "volume", "arrivals", "arrival_rate", "lambda", "demand", "requests", "cases"],
        &["rate"],
        "in [class.<name>]",
    ),
    (
        &["aht", "handling_time", "handle_time", "service_time", "duration", "mu", "service_rate"],
        &["time", "service", "length"],
        "in `service` of [stage.<name>]",
    ),
    (
        &["patience", "abandon", "abandonment", "renege", "reneging", "impatience"],
        &["deadline"],
        "in [class.<name>]",
    ),
    (&["team_size", "officers_per_team"], &["officers_per_case"], "in [at_large]"),
    (&["sla", "service_level", "goal", "threshold"], &["target"], "in [run]"),
    (&["skill", "skills", "team", "teams"], &["roles", "role"], "in shifts and services"),
    (&["site", "sites", "location", "queue", "office", "hub"], &["centre", "centres"], "as [centre.<name>]"),
    (&["timezone", "tz", "zone"], &["time_zone"], "in [run], [area.<name>] and [centre.<name>]"),
    (&["reps", "runs", "repetitions", "iterations", "n_replications"], &["replications"], "in [run]"),
    (&["random_seed", "rng", "rng_seed"], &["seed"], "in [run]"),
    (&["warmup", "burn_in", "burnin"], &["warm_up"], "in [run]"),
    (&["run_length", "simulation_time", "days_to_run"], &["horizon"], "in [run]"),
    (
        &["end", "until", "to", "finish"],
        &["horizon", "until", "to", "length"],
        "in [run]; a shift has a `length`",
    ),
    (&["capacity", "max_queue", "queue_limit", "buffer"], &["queue_capacity", "limit"], "in [centre.<name>]"),
    (&["prob", "p", "chance", "weight"], &["probability", "share"], "in branches"),
    (&["path", "csv", "filename", "source"], &["file"], "in `trace`, `profile` and `empirical`"),
    (&["interval", "bin", "resolution", "granularity", "step"], &["width"], "in `trace`"),
    (&["date_format", "format", "date_order"], &["dates"], "in `trace`"),
    (&["hour_column", "hour", "clock_column"], &["time_column"], "in `trace`"),
    (
        &["growth", "scale", "multiplier", "uplift"],
        &["factor"],
        "in `trace` and in the `demand` of an exception",
    ),
    (
        &["separator", "delimiter", "sep"],
        &[],
        "nowhere: commas, semicolons and tabs are told apart by the first row",
    ),
    (&["bootstrap", "resampling"], &["resample"], "in `trace`"),
    (&["overtime", "finish_case", "end_of_shift"], &["shift_end"], "in [centre.<name>]"),
    (&["opening_hours", "open", "open_hours"], &["shifts", "hours"], "in [centre.<name>] and [[route]]"),
];

/// What a word that is no key may mean: the key among those allowed, or a sentence that says where it stands.
pub(crate) fn meant(word: &str, allowed: &[&str]) -> Option<Result<&'static str, String>> {
    let word = word.to_lowercase().replace('-', "_");
    let (_, keys, place) = WORDS.iter().find(|w| w.0.contains(&word.as_str()))?;
    if let Some(key) = keys.iter().find(|k| allowed.contains(k)) {
        return Some(Ok(key));
    }
    Some(Err(match keys.first() {
        Some(key) => format!("`{word}` is called `{key}` and stands {place}"),
        None => format!("`{word}` stands {place}"),
    }))
}

/// What to write for a text where a number belongs: `7%` is 0.07, `0,5` is 0.5, and `"3"` is 3.
pub(crate) fn number_for(text: &str) -> Option<String> {
    let text = text.trim();
    let point = text.replacen(',', ".", 1);
    if let Some(share) = point.strip_suffix('%') {
        let share: f64 = share.trim().parse().ok().filter(|x: &f64| x.is_finite())?;
        return Some(format!("write {} for {text}", (share * 1e7).round() / 1e9));
    }
    let number: f64 = point.parse().ok().filter(|x: &f64| x.is_finite())?;
    Some(format!("write {number} without quotes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_to_keys() {
        assert_eq!(meant("sick", &["absence", "shifts"]), Some(Ok("absence")));
        assert!(meant("lunch", &["absence"]).expect("known").expect_err("elsewhere").contains("`breaks`"));
        assert_eq!(meant("end", &["start", "length"]), Some(Ok("length")));
        assert_eq!(meant("until", &["start", "horizon"]), Some(Ok("horizon")));
        assert_eq!(meant("xyz", &["absence"]), None);
        assert_eq!(number_for("7%").as_deref(), Some("write 0.07 for 7%"));
        assert_eq!(number_for("0,5").as_deref(), Some("write 0.5 without quotes"));
        assert_eq!(number_for("often"), None);
    }
}
