//! Columns of plain text, each as wide as its widest cell; the last one is not filled up.

use std::fmt::Write as _;

use crate::render::plain;

/// A table with its headings.
pub(in crate::render) fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let mut cells: Vec<Vec<String>> =
        vec![headings.iter().map(|text| (*text).to_owned()).collect()];
    cells.extend(
        rows.iter()
            .map(|row| row.iter().map(|cell| plain(cell).into_owned()).collect()),
    );
    let width = |column: usize| {
        let widths = cells.iter().filter_map(|row| row.get(column));
        widths.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let mut text = String::new();
    for row in &cells {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(line, "{cell:<width$}  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
