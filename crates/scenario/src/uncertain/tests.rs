//! Laws of uncertain numbers against textbook moments; paths.

use super::paths::{parts, quoted};
use super::*;
use poolwise_engine::time::{DAY, HOUR};
use poolwise_math::powi;

fn input(law: UncertainLaw, base: f64, limits: (f64, f64), whole: bool) -> UncertainInput {
    UncertainInput {
        path: "a.b".to_owned(),
        together: None,
        standing: None,
        law,
        base,
        unit: "",
        base_text: Value::Float(base),
        limits,
        form: if whole { AmountForm::Whole } else { AmountForm::Number },
        table: toml::Table::new(),
    }
}

/// Mean and variance by the midpoint rule over quantiles.
fn moments(x: &UncertainInput) -> (f64, f64) {
    let n = 200_000;
    let at: Vec<f64> = (0..n).map(|i| x.amount((f64::from(i) + 0.5) / f64::from(n))).collect();
    let mean = at.iter().sum::<f64>() / f64::from(n);
    (mean, at.iter().map(|v| powi(v - mean, 2)).sum::<f64>() / f64::from(n))
}

#[test]
fn distributions_have_their_textbook_moments() {
    // Triangular (Law 2015, section 6.2.2): (a + b + c) / 3; (a2 + b2 + c2 - ab - ac - bc) / 18.
    let (mean, variance) =
        moments(&input(UncertainLaw::Triangular { low: 1.0, high: 6.0 }, 2.0, (0.0, 9.0), false));
    assert!((mean - 3.0).abs() < 1e-6 && (variance - 21.0 / 18.0).abs() < 1e-5, "{mean} {variance}");
    let (mean, variance) =
        moments(&input(UncertainLaw::Uniform { low: 1.0, high: 7.0 }, 2.0, (0.0, 9.0), false));
    assert!((mean - 4.0).abs() < 1e-6 && (variance - 3.0).abs() < 1e-5, "{mean} {variance}");
    let (mean, variance) = moments(&input(UncertainLaw::Normal { sd: 2.0 }, 50.0, (0.0, 1e9), false));
    // Cut at four standard deviations: variance 1 - 8 phi(4) / (2 Phi(4) - 1) of the whole.
    assert!((mean - 50.0).abs() < 1e-6 && (variance / 4.0 - 0.998_929).abs() < 1e-5, "{mean} {variance}");
    let (mean, variance) = moments(&input(UncertainLaw::Lognormal { cv: 0.3 }, 10.0, (0.0, 1e9), false));
    let expected = 10.0 * 1.09_f64.sqrt();
    assert!((mean / expected - 1.0).abs() < 1e-4, "{mean}");
    assert!((variance.sqrt() / expected - 0.3).abs() < 1e-3, "{variance}");
}

#[test]
fn a_value_on_the_way_to_an_end_is_round() {
    let law = UncertainLaw::Triangular { low: 720.0, high: 2_100.0 };
    let minutes = UncertainInput {
        unit: "s",
        base_text: Value::String("20 min".to_owned()),
        form: AmountForm::Duration,
        ..input(law, 1_200.0, (0.0, 1e9), false)
    };
    let text = |value: &str| Value::String(value.to_owned());
    // A sixteenth of 15 min and of 8 min: steps of half a minute.
    assert_eq!(minutes.toward(true, 0.5), (text("27.5 min"), 0.5));
    assert_eq!(minutes.toward(true, 0.34), (text("25 min"), 1.0 / 3.0));
    assert_eq!(minutes.toward(false, 0.5), (text("16 min"), 0.5));
    let law = UncertainLaw::Triangular { low: 0.2, high: 0.5 };
    let (value, share) = input(law, 0.35, (0.0, 1.0), false).toward(true, 0.5);
    assert_eq!(value, Value::Float(0.425));
    assert!((share - 0.5).abs() < 1e-9, "{share}");
    // Whole numbers have no halves between them.
    let law = UncertainLaw::Uniform { low: 10.0, high: 16.0 };
    assert_eq!(input(law, 12.0, (0.0, 1e6), true).toward(true, 0.4), (Value::Integer(14), 0.5));
    assert_eq!(input(law, 16.0, (0.0, 1e6), true).toward(true, 0.5), (Value::Integer(16), 0.0));
}

#[test]
fn a_mode_at_an_end_and_whole_numbers() {
    let x = input(UncertainLaw::Triangular { low: 120.0, high: 160.0 }, 160.0, (0.0, 1e6), true);
    assert_eq!((x.amount(1e-12), x.amount(1.0 - 1e-12)), (120.0, 160.0));
    assert_eq!(x.amount(0.25), 140.0);
    let die = input(UncertainLaw::Uniform { low: 1.0, high: 6.0 }, 3.0, (0.0, 1e6), true);
    let mut seen = [0; 7];
    for i in 0..600 {
        seen[die.amount((f64::from(i) + 0.5) / 600.0) as usize] += 1;
    }
    assert_eq!(seen, [0, 100, 100, 100, 100, 100, 100]);
}

#[test]
fn a_normal_stays_within_the_limits_of_its_key() {
    let x = input(UncertainLaw::Normal { sd: 0.4 }, 0.9, (0.0, 1.0), false);
    for i in 1..1000 {
        let v = x.amount(f64::from(i) / 1000.0);
        assert!((0.0..=1.0).contains(&v), "{v}");
    }
}

#[test]
fn paths_are_taken_apart_as_they_were_made() {
    let keys = ["area", "Los Angeles", "a.b", "it\"s", "0"];
    let path: Vec<String> = keys.iter().map(|k| quoted(k)).collect();
    assert_eq!(parts(&path.join(".")), keys);
}

#[test]
fn ends_are_told_in_the_unit_of_the_base() {
    let mut time = input(UncertainLaw::Lognormal { cv: 0.05 }, 600.0, (0.0, f64::MAX), false);
    time.form = AmountForm::Duration;
    time.base_text = Value::String("10 min".to_owned());
    // 10 min times exp(-+1.64485 sqrt(ln 1.0025)).
    assert_eq!(time.range_words(), ("9.211 min".to_owned(), "10.86 min".to_owned()));
    let mut rate = input(UncertainLaw::Lognormal { cv: 0.05 }, 24.0 / DAY, (0.0, f64::MAX), false);
    rate.form = AmountForm::Rate("hour", HOUR);
    rate.base_text = Value::String("24 per day".to_owned());
    assert_eq!(rate.range_words(), ("22.11 per day".to_owned(), "26.06 per day".to_owned()));
    let share = input(UncertainLaw::Lognormal { cv: 0.05 }, 0.5, (0.0, 1.0), false);
    assert_eq!(share.range_words(), ("0.4605".to_owned(), "0.5428".to_owned()));
}
