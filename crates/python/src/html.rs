//! Results for a notebook: the command's tables as HTML, and the pictures.

use poolwise_report::block::{self, Block};
use poolwise_report::plots::{self, Picture};
use poolwise_report::told::Told;
use poolwise_report::{ReportError, Setting, escape};
use poolwise_study::Results;
use poolwise_study::summary::Summary;
use std::fmt::Write as _;

/// Tables, then the pictures of a comparison or of a single scenario.
pub(crate) fn of(results: &Results, settings: &[Setting]) -> Result<String, ReportError> {
    let summaries = results.summaries();
    let verdict: &[String] = match (&results.comparison, summaries.as_slice()) {
        (Some(comparison), _) => &comparison.verdict,
        (None, [summary]) => &summary.verdict,
        _ => &[],
    };
    let mut blocks = block::scenarios(&summaries);
    let mut pictures = Vec::new();
    if let Some(comparison) = &results.comparison {
        blocks.extend(block::differences(comparison, &summaries).into_iter().take(1));
        pictures.extend(plots::of_comparison(comparison, &summaries));
    }
    if let ([summary], [setting]) = (summaries.as_slice(), settings) {
        pictures.extend(plots::of_scenario(summary, Some(setting)).into_iter().take(2));
    }
    framed(verdict, &blocks, &pictures)
}

/// One scenario of several: its sentences, tables and pictures.
pub(crate) fn of_case(summary: &Summary, setting: &Setting) -> Result<String, ReportError> {
    let pictures: Vec<Picture> = plots::of_scenario(summary, Some(setting)).into_iter().take(2).collect();
    framed(&summary.verdict, &block::scenarios(&[summary]), &pictures)
}

/// An answer in its parts, and pictures.
pub(crate) fn told(told: &Told, pictures: &[Picture]) -> Result<String, ReportError> {
    let mut out = framed(&told.head, &told.blocks, pictures)?;
    let mut more = String::new();
    for note in &told.notes {
        let _ = write!(more, "<p style=\"max-width:56em\"><small>{}</small></p>", escape(note));
    }
    if !told.advice.is_empty() {
        let _ = write!(more, "<pre>{}</pre>", escape(told.advice.trim_end()));
    }
    let end = out.len() - "</div>".len();
    out.insert_str(end, &more);
    Ok(out)
}

/// Sentences, then tables, then pictures.
pub(crate) fn framed(
    verdict: &[String],
    blocks: &[Block],
    pictures: &[Picture],
) -> Result<String, ReportError> {
    let mut out = String::from("<div class=\"poolwise\">");
    if !verdict.is_empty() {
        let _ =
            write!(out, "<p style=\"max-width:56em\"><strong>{}</strong></p>", escape(&verdict.join(" ")));
    }
    blocks.iter().for_each(|block| table(&mut out, block));
    for Picture { scene, .. } in pictures {
        // Cells are narrower than pages: a picture shrinks with them.
        let svg = scene.svg()?.replacen("<svg ", "<svg style=\"width:100%;height:auto\" ", 1);
        let _ = write!(out, "<div style=\"max-width:56em\">{svg}</div>");
    }
    out.push_str("</div>");
    Ok(out)
}

/// A block as a table. Numbers stand to the right, under each other.
fn table(out: &mut String, block: &Block) {
    let _ = write!(
        out,
        "<table style=\"font-variant-numeric:tabular-nums;margin:1em 0\"><caption style=\"text-align:left;font-weight:bold\">{}\
         </caption><thead><tr>",
        escape(&block.title)
    );
    for (i, heading) in block.header.iter().enumerate() {
        let side = if i == 0 { "left" } else { "right" };
        let _ = write!(out, "<th style=\"text-align:{side};padding:0.1em 0.6em\">{}</th>", escape(heading));
    }
    out.push_str("</tr></thead><tbody>");
    for row in &block.rows {
        out.push_str("<tr>");
        for (i, cell) in row.iter().enumerate() {
            let side = if i == 0 { "left" } else { "right" };
            let _ =
                write!(out, "<td style=\"text-align:{side};padding:0.1em 0.6em\">{}", escape(&cell.value));
            for more in [&cell.interval, &cell.remark].into_iter().flatten() {
                let _ = write!(out, " <small>{}</small>", escape(more));
            }
            out.push_str("</td>");
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table>");
}
