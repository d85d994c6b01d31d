//! One test for each rule of the model (`docs/semantics.md`), on scenarios small enough to work out by
//! hand. All times in the tests are hours since the start of the run unless they say otherwise.

mod answers;
mod appointments;
mod asides;
mod batch_service;
mod batches;
mod bursts;
mod call_backs;
mod chance;
mod choice;
mod clocks;
mod concurrency;
mod demand;
mod elsewhere;
mod forks;
mod from_now;
mod handling;
mod instants;
mod loops;
mod officers;
mod policies;
mod preemption;
mod records;
mod redial;
mod reserves;
mod rest;
mod routing;
mod shift_ends;
mod skills;
mod starts;
mod support;
mod triggers;
