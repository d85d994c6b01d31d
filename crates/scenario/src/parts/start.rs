//! `[start]`: what is there when the run begins, at its origin or now.

use crate::collections::{List, Named};
use crate::describe::{JsonSchema, Schema, SchemaGenerator};
use crate::diagnostic::Problems;
use crate::input::{Input, Layering, Req, either, merge_tables, table};
use crate::node::{Node, NodeKind, Table};
use crate::quantity::{Clock, Dur, WrittenMoment};
use crate::scalar::{CountScalar, Text};
use std::borrow::Cow;
use toml::Value;

table! {
    /// Requests in a centre's queue when the warm-up begins.
    pub(crate) struct StartIn {
        /// How many; the first of them are begun at once by those on duty.
        requests: Req<CountScalar<1>>,
        /// Service stage that they are at. Default: the first.
        stage: Option<Text>,
        /// Their class. Default: the first that comes to the stage.
        class: Option<Text>,
        /// Their area. Default: drawn by share.
        area: Option<Text>,
    }
}

table! {
    /// Cases in hand, alike in all that is said of them.
    pub(crate) struct CaseIn {
        /// How many.
        requests: CountScalar<1> = CountScalar::new(1),
        /// Where they are. Default: the only centre.
        centre: Option<Text>,
        /// Service stage that they are at. Default: the first.
        stage: Option<Text>,
        /// Their class. Default: the first that comes to the stage.
        class: Option<Text>,
        /// Their area. Default: drawn by share.
        area: Option<Text>,
        /// How long ago they reached the stage.
        age: Dur = Dur::new(0.0),
        /// How long ago they arrived. Default: the age.
        since_arrival: Option<Dur>,
        /// How long an officer has been at work on each of them. Without it they wait.
        spent: Option<Dur>,
    }
}

either! {
    /// Cases in hand: a list, or a CSV file with a row for each.
    pub(crate) enum CasesIn {
        /// One by one.
        List(List<CaseIn>),
        /// A file's name.
        File(Text),
    }
    expects "a list of cases, or the name of a CSV file with a row for each"
}

either! {
    /// How many have come today: of all areas together, or of each.
    pub(crate) enum ArrivedIn {
        /// Of all areas.
        Whole(CountScalar<0>),
        /// By area.
        ByArea(Named<CountScalar<0>>),
    }
    expects "a whole number, or a table of areas with a number each"
}

table! {
    /// What is there at the present moment.
    pub(crate) struct NowIn {
        /// The present: a time of the day `run.start`, or a date and time, in the run's zone. The run begins then, without a
        /// warm-up; the other keys need it.
        at: Option<WrittenMoment>,
        /// When the run ends: the next such time of day. Default: midnight.
        until: Option<Clock>,
        /// Cases in hand, waiting or in service: a list, or the name of a CSV file.
        cases: Option<CasesIn>,
        /// Requests that have come so far today, by class.
        arrivals: Named<ArrivedIn> = Named::none(),
        /// Officers on shift now, by centre. Default: as the roster and absence have it.
        on_shift: Named<CountScalar<0>> = Named::none(),
    }
}

/// `[start]`: what is there now, and, by centre, what is there at the origin.
#[derive(Debug, Clone)]
pub(crate) struct StartsIn {
    pub now: NowIn,
    pub centres: Named<StartIn>,
}

impl StartsIn {
    /// Nothing.
    pub(crate) fn none() -> Self {
        let now = NowIn {
            place: crate::source::TextSpan::NONE,
            at: None,
            until: None,
            cases: None,
            arrivals: Named::none(),
            on_shift: Named::none(),
        };
        Self { now, centres: Named::none() }
    }
}

/// Whether a key is of the present; others are names of centres.
fn is_of_now(key: &str) -> bool {
    NowIn::KEYS.contains(&key)
}

impl JsonSchema for StartsIn {
    fn schema_name() -> Cow<'static, str> {
        "StartsIn".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = NowIn::json_schema(generator);
        let centre = generator.subschema_for::<StartIn>();
        schema.insert("additionalProperties".to_owned(), centre.into_value());
        schema
    }
}

impl Input for StartsIn {
    fn expects() -> String {
        "a table of what is there now, or of centres with requests at the origin".to_owned()
    }
    fn accepts(node: &Node) -> bool {
        matches!(node.kind, NodeKind::Table(_))
    }
    fn read(node: &Node, cx: &mut Problems) -> Option<Self> {
        let table = crate::input::expect_table(node, Self::expects, cx)?;
        let part = |of_now: bool| {
            let entries = table.iter().filter(|(key, _)| is_of_now(key) == of_now);
            let part: Table = entries.map(|(key, entry)| (key.clone(), entry.clone())).collect();
            Node { place: node.place, kind: NodeKind::Table(part) }
        };
        let now = NowIn::read(&part(true), cx)?;
        Some(Self { now, centres: Named::read(&part(false), cx)? })
    }
    fn write(&self) -> Value {
        let mut out = match self.now.write() {
            // Nothing is said of the present where it is not.
            Value::Table(table) if self.now.at.is_some() => table,
            _ => toml::Table::new(),
        };
        if let Value::Table(centres) = self.centres.write() {
            out.extend(centres);
        }
        Value::Table(out)
    }
    fn merge(base: &mut Node, over: Node, how: Layering, cx: &mut Problems) {
        merge_tables(base, over, how, &[], &mut |key, below, above| match key {
            "arrivals" => Named::<ArrivedIn>::merge(below, above, how, cx),
            "on_shift" => Named::<CountScalar<0>>::merge(below, above, how, cx),
            "cases" => CasesIn::merge(below, above, how, cx),
            key if is_of_now(key) => *below = above,
            _ => StartIn::merge(below, above, how, cx),
        });
    }
}
