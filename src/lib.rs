//! poolwise: a discrete-event simulator of work that arrives around the clock and is done by
//! officers on shifts, in one central pool, in many local ones, or in any mix.
//!
//! This package is the command line. The libraries under `crates/` do the work.

mod amounts;
mod backtest;
pub mod bench;
mod check;
mod compare;
mod describe;
mod exit;
mod fit;
mod forecast;
mod forms;
mod help;
mod idle;
mod import;
mod init;
mod intake_args;
mod load;
mod man;
mod options;
mod printer;
mod progress;
mod report_args;
mod run;
mod simulate;
mod staff;
mod stop;
mod sweep;
mod usage;
mod validate;
mod workbook;

use clap::{CommandFactory, Parser};
use exit::{Done, Failure};
use options::{Cli, Command};
use printer::Printer;
use std::process::ExitCode;

/// Does what the command line asks, and says how the process ends.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => {
            // Help and version are no errors; a pipe that nobody reads is none either.
            let _ = usage::print(&e);
            return ExitCode::from(u8::try_from(e.exit_code()).unwrap_or(2));
        }
    };
    let outcome = perform(&cli.command);
    if let Err(failure) = &outcome {
        report(failure);
    }
    exit::code(&outcome)
}

fn perform(command: &Command) -> Result<Done, Failure> {
    match command {
        Command::Run(args) => run::run(args),
        Command::Compare(args) => compare::compare(args),
        Command::Forecast(args) => forecast::run(args),
        Command::Staff(args) => staff::staff(args),
        Command::Check(args) => check::check(args),
        Command::Describe(args) => describe::describe(args),
        Command::Bench(args) => bench::command::bench(args),
        Command::Sweep(args) => sweep::sweep(args),
        Command::Validate(args) => validate::validate(args),
        Command::Schema(args) => {
            let schema = if args.sweep {
                poolwise_scenario::sweep::json_schema()
            } else {
                poolwise_scenario::json_schema()
            };
            let schema = poolwise_report::json::document(&schema)?;
            Printer::plain().results(&schema).map(|()| Done::Fully)
        }
        Command::Backtest(args) => backtest::backtest(args),
        Command::Fit(args) => fit::fit(args),
        Command::Import(args) => import::import(args),
        Command::Init(args) => init::init(args),
        Command::Man(args) => man::man(args),
        Command::Completions(args) => {
            let mut script = Vec::new();
            clap_complete::generate(args.shell, &mut Cli::command(), "poolwise", &mut script);
            Printer::plain().results(&String::from_utf8_lossy(&script)).map(|()| Done::Fully)
        }
    }
}

/// Diagnostics of scenarios come with their own heading; other failures get one.
fn report(failure: &Failure) {
    let printer = Printer::plain();
    match failure {
        Failure::Failed(why) => printer.error(&format!("error: {why}")),
        Failure::Invalid(text) => printer.error(text),
        Failure::Unread => {}
    }
}
