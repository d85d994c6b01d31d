//! poolwise as a library: two ways to staff the same desk, compared on the same requests.

use poolwise_scenario::Overrides;
use poolwise_study::{Options, Study, Unwatched};

pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let paths = ["scenarios/textbook/pooling-separate.toml", "scenarios/textbook/pooling-pooled.toml"];
    let changes = Overrides { horizon: Some("8 weeks".into()), ..Overrides::default() };
    let study = Study::load(&paths.map(Into::into), &changes)?.paired(None)?;
    let results = study.run(&Options::default(), &Unwatched)?;
    for summary in results.summaries() {
        let wait = summary.measures["wait_mean_hours"];
        println!("{}: mean wait {:.2} min", summary.title, 60.0 * wait.estimate);
    }
    let comparison = results.comparison.expect("two options that can be paired");
    for row in comparison.rows.iter().filter(|row| row.verdict.is_some()) {
        println!("{} {}: {:?} {:?}", row.scenario, row.measure, row.verdict, row.difference);
    }
    Ok(())
}
