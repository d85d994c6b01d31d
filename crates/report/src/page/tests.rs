//! What every page holds, and what it does not.

use super::*;

#[test]
fn the_page_holds_all_and_links_to_nothing() {
    let page = Page {
        title: "a < b".to_owned(),
        legend: vec![("a".to_owned(), "one & only".to_owned()), ("b".to_owned(), "other".to_owned())],
        alert: Some("PARTIAL".to_owned()),
        intro: "first\n\nsecond <b>".to_owned(),
        notes: vec!["how to read".to_owned()],
        pictures: vec!["<svg></svg>".to_owned()],
        more_pictures: vec![("more".to_owned(), "<svg></svg>".to_owned())],
        assumptions: vec![("all values".to_owned(), vec![("run.seed".to_owned(), "1".to_owned())])],
        measures: vec![Definition {
            name: "posts",
            label: "Posts".to_owned(),
            meaning: "Officers.".to_owned(),
        }],
        ..Page::default()
    };
    let html = page.html();
    for words in [
        "<h1>a &lt; b</h1>",
        "one &amp; only",
        "PARTIAL",
        "second &lt;b&gt;</p>",
        "how to read",
        "<strong>[run]</strong>\nseed = ",
        "<dt>Posts (",
    ] {
        assert!(html.contains(words), "{words}");
    }
    assert!(!html.contains("<dt>Utilization"));
    let plain = html.split("<script").next().unwrap_or_default();
    for outside in ["src=", "href=\"h", "url(", "@import", "<link", "<iframe", "style=\""] {
        assert!(!plain.contains(outside), "{outside}");
    }
    assert!(html.contains("default-src 'none'") && !html.contains("wasm-unsafe-eval"));
}

#[test]
fn a_page_that_can_simulate_plays_a_week_and_paper_is_told_what_it_lacks() {
    let live = Live { pack: Value::Null, files: Vec::new() };
    let page =
        Page { answer: vec!["It takes 4 h [3.8, 4.2].".to_owned()], live: Some(live), ..Page::default() };
    let html = page.html();
    assert!(html.contains("<section id=\"replay\">") && html.contains("href=\"#replay\""));
    assert!(html.contains("not on paper, are changes to try and a week to play."));
    // No line parts a number from its unit, nor an interval.
    assert!(html.contains("It takes 4\u{a0}h [3.8,\u{a0}4.2]."));
    let still = Page { live: None, ..page }.html();
    assert!(!still.contains("id=\"replay\"") && !still.contains("not on paper"));
}

#[test]
fn the_contents_lead_to_what_is_there() {
    let contents = |page: &Page| {
        let mut out = String::new();
        page.contents(&mut out).unwrap();
        out
    };
    let page = Page { document: Some("<p>A statement.</p>".to_owned()), ..Page::default() };
    assert!(!contents(&page).contains("#answer"), "a statement has no answer");
    let rest = RestsOn::new("Pace", "20 min");
    let page = Page { rests: vec![rest], ..page };
    assert!(contents(&page).contains("<a href=\"#answer\">It rests on</a>"));
    let page = Page { answer: vec!["It holds.".to_owned()], ..page };
    assert!(contents(&page).contains("<a href=\"#answer\">Answer</a>"));
}

#[test]
fn the_first_screen_has_the_answer_the_picture_and_what_it_rests_on_in_this_order() {
    let html = Page {
        answer: vec!["It holds.".to_owned()],
        pictures: vec!["<svg width=\"9\"></svg>".to_owned()],
        rests: vec![RestsOn::new("Pace", "20 min")],
        ..Page::default()
    }
    .html();
    let at = |text: &str| html.find(text).unwrap_or_else(|| panic!("{text}"));
    let places =
        ["It holds.", "<svg preserveAspectRatio=\"xMinYMin meet\" width=\"9\">", "It rests on"].map(at);
    assert!(places.is_sorted() && places[2] < at("</section>"), "{places:?}");
}

#[test]
fn where_all_leave_by_the_same_exit_there_is_nothing_to_draw() {
    let html = |exits: serde_json::Value| {
        let figures =
            serde_json::json!({ "options": [{ "exits": exits }], "differences": { "measures": [] } });
        Page { figures: Some(figures), ..Page::default() }.html()
    };
    let one = html(serde_json::json!({ "served": [1.0, 1.0, 1.0] }));
    assert!(!one.contains("id=\"losses\"") && !one.contains("#losses") && one.contains("id=\"queues\""));
    let two = html(serde_json::json!({ "served": [0.9, 0.9, 0.9], "lost": [0.1, 0.1, 0.1] }));
    assert!(
        two.contains("id=\"losses\"")
            && two.contains("href=\"#losses\"")
            && two.contains("data-chart=\"exits\"")
    );
}

#[test]
fn where_what_varies_stands_alone_no_other_values_are_promised() {
    let of = |heading: &str| {
        let lines = vec![("rate".to_owned(), "1 to 2".to_owned())];
        Page { assumptions: vec![(heading.to_owned(), lines)], ..Page::default() }.html()
    };
    let (swept, own) = (of(super::VARIES), of("All values"));
    assert!(swept.contains("every other value is in the scenarios") && !swept.contains("own words."));
    assert!(own.contains("own words.") && !own.contains("every other value"));
}
