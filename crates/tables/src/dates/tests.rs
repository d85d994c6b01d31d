//! Dates and times of day in the ways that people write them.

use super::*;
use jiff::civil::{date, time};

fn local(text: &str, order: DatePartOrder) -> Option<DateTime> {
    match written(text)? {
        WrittenDate::Local(parts, at) => Some(parts.read(order)?.to_datetime(at.unwrap_or_default())),
        WrittenDate::DayEnd(parts) => parts.read(order)?.tomorrow().ok().map(|d| d.at(0, 0, 0, 0)),
        WrittenDate::Instant(_, at) => Some(at),
    }
}

#[test]
fn the_forms_of_dates() {
    use DatePartOrder::{Day, Month, Year};
    let at = date(2025, 3, 4).at(6, 30, 0, 0);
    for (text, order) in [
        ("2025-03-04 06:30", Year),
        ("2025-03-04T06:30:00+01:00", Year),
        ("04-03-2025 06:30", Day),
        ("4.3.2025 6:30", Day),
        ("3/4/2025 6:30 AM", Month),
        ("3/4/25 6:30", Month),
        ("04-03-25 6:30", Day),
        ("Tue 04/03/2025 06:30", Day),
        ("4 Mar 2025 06:30", Year),
        ("04-Mar-25 06:30", Month),
        ("March 4, 2025 6:30 am", Day),
        ("20250304 06:30", Year),
        ("4 mrt 2025 06:30", Year),
        ("20250304 0630", Year),
        ("20250304T063000", Year),
        ("04MAR2025:06:30:00", Year),
        ("lundi 4 mars 2025 06h30", Year),
        ("2025-03-04 06:30 - 2025-03-04 07:00", Year),
        ("3/4/2025 06:30-07:30", Month),
        ("4-3-2025 06u30", Day),
    ] {
        assert_eq!(local(text, order), Some(at), "{text}");
    }
}

#[test]
fn which_orders_a_cell_allows() {
    let orders = |text: &str| match written(text) {
        Some(WrittenDate::Local(parts, _)) => parts.orders(),
        _ => Vec::new(),
    };
    assert_eq!(orders("03/04/2025"), [DatePartOrder::Day, DatePartOrder::Month]);
    assert_eq!(orders("13/04/2025"), [DatePartOrder::Day]);
    assert_eq!(orders("04/13/2025"), [DatePartOrder::Month]);
    assert_eq!(orders("2025/04/13"), DatePartOrder::ALL);
    assert_eq!(orders("03/04/05"), DatePartOrder::ALL);
    assert_eq!(orders("31/31/2025"), []);
}

#[test]
fn few_steps_tell_no_order() {
    let runs = |texts: &[String]| {
        let mut runs = Runs::default();
        for text in texts {
            let Some(WrittenDate::Local(parts, _)) = written(text) else { panic!("{text}") };
            runs.look(parts);
        }
        runs.only(&[DatePartOrder::Day, DatePartOrder::Month])
    };
    // 5 March, 4 April, 6 May; or 3 May, 4 April, 5 June: three rows may be in no order at all.
    assert_eq!(runs(&["05/03/2025", "04/04/2025", "06/05/2025"].map(str::to_owned)), None);
    let months: Vec<String> = (1..=12).map(|m| format!("{:02}/{m:02}/2025", 12 - m / 2)).collect();
    assert_eq!(runs(&months), Some(DatePartOrder::Day));
    // Up in one order and down in the other: both run on.
    let both: Vec<String> = (1..=12).map(|d| format!("{d:02}/{d:02}/2025")).collect();
    assert_eq!(runs(&both), None);
}

#[test]
fn what_is_no_date() {
    for text in ["", "13.1", "North", "12:30", "1000", "1-2", "99/99/9999", "3/4/2025 25:00", "10.0.0.1"] {
        assert_eq!(written(text), None, "{text}");
    }
}

/// Small words and endings of ordinals between the parts of a date.
#[test]
fn dates_as_people_write_them_out() {
    for text in [
        "1 de abril de 2025",
        "1er avril 2025",
        "1st of April 2025",
        "April 1st, 2025",
        "1. April 2025",
        "1\u{ba} de abril del 2025",
    ] {
        let Some(WrittenDate::Local(Parts::Fixed(day), None)) = written(text) else { panic!("{text}") };
        assert_eq!(day, date(2025, 4, 1), "{text}");
    }
    // March or Tuesday.
    for text in ["Mar 4, 2025", "mar 4 mars 2025", "mar. 4 mars 2025", "Tue Mar 4, 2025"] {
        let Some(WrittenDate::Local(Parts::Fixed(day), None)) = written(text) else { panic!("{text}") };
        assert_eq!(day, date(2025, 3, 4), "{text}");
    }
    assert_eq!(local("mar 4.3.2025", DatePartOrder::Day), Some(date(2025, 3, 4).at(0, 0, 0, 0)));
}

#[test]
fn times_of_day() {
    assert_eq!(clock("6:30 PM"), Some(time(18, 30, 0, 0)));
    assert_eq!(clock("12:00 am"), Some(time(0, 0, 0, 0)));
    assert_eq!(clock("7h30"), Some(time(7, 30, 0, 0)));
    assert_eq!(clock("25:00"), None);
    assert_eq!(start_of_span("08:00-08:30"), Some((time(8, 0, 0, 0), Some(time(8, 30, 0, 0)))));
    assert_eq!(start_of_span("23-07"), Some((time(23, 0, 0, 0), Some(time(7, 0, 0, 0)))));
    for text in ["0700-1500", "7h-15h", "7:00 to 15:00", "07.00 - 15.00", "7 tot 15"] {
        let seven = Some((time(7, 0, 0, 0), Some(time(15, 0, 0, 0))));
        assert_eq!(start_of_span(text), seven, "{text}");
    }
    for text in ["2024-2025", "2025-03", "1-2-3", "0700", "north to south"] {
        assert_eq!(start_of_span(text), None, "{text}");
    }
    assert_eq!(weekday("Maandag"), Some(0));
    assert_eq!(start_of_span("HE24"), Some((time(23, 0, 0, 0), Some(time(0, 0, 0, 0)))));
    assert_eq!(start_of_span("0700-0759"), Some((time(7, 0, 0, 0), Some(time(7, 59, 0, 0)))));
    assert_eq!(named_hour("7 Uhr").or(named_hour("07h")), Some(time(7, 0, 0, 0)));
    assert_eq!([military(1530.0), military(5.0)], [Some(time(15, 30, 0, 0)), Some(time(0, 5, 0, 0))]);
    assert_eq!([military(1575.0), military(2400.0), military(7.5)], [None; 3]);
    assert_eq!(stamp(20_250_304_063_015.0), Some(date(2025, 3, 4).at(6, 30, 15, 0)));
    assert_eq!([stamp(20_251_304.0), stamp(2_025_030.0), stamp(5_551_234_567.0)], [None; 3]);
}

#[test]
fn usual_times_are_read_as_all_others_are() {
    for (hour, minute, second) in
        [(0, 0, 0), (6, 30, 15), (9, 5, 59), (23, 59, 59), (24, 0, 0), (12, 60, 0), (12, 0, 60)]
    {
        for text in [format!("{hour:02}:{minute:02}"), format!("{hour:02}:{minute:02}:{second:02}")] {
            // With a word behind it is none of the usual ones.
            assert_eq!(clock(&text), clock(&format!("{text} uhr")), "{text}");
        }
    }
    assert_eq!(clock("06:30:15"), Some(time(6, 30, 15, 0)));
    for text in ["1a:30", "12:3b", "12-30", "12:30:4x", "12:30-15"] {
        assert_eq!(clock(text), None, "{text}");
    }
}

#[test]
fn times_with_an_offset_are_instants() {
    let at = "2025-03-04T05:30:00Z".parse::<Timestamp>().expect("an instant");
    for text in ["2025-03-04T06:30:00+01:00", "2025-03-04 05:30Z", "2025-03-04T00:30-05:00"] {
        assert!(matches!(written(text), Some(WrittenDate::Instant(found, _)) if found == at), "{text}");
    }
}
