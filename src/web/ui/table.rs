//! Tables: a caption, column heads, and a box of their own. On a narrow screen each row is a card in
//! which every cell says what it is.

use maud::{Markup, html};

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    /// Its head.
    pub head: &'a str,
    /// Numbers line up at their end.
    pub number: bool,
}

impl<'a> Column<'a> {
    /// A column of words.
    pub const fn words(head: &'a str) -> Self {
        Self {
            head,
            number: false,
        }
    }

    /// A column of numbers.
    pub const fn numbers(head: &'a str) -> Self {
        Self { head, number: true }
    }

    const fn class(self) -> Option<&'static str> {
        if self.number { Some("n") } else { None }
    }
}

/// The table. The first cell of a row is its head.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    /// The id of its caption, unique on the page.
    pub id: &'a str,
    /// What it shows.
    pub caption: &'a str,
    /// Whether only screen readers get the caption, because a heading says the same.
    pub caption_unseen: bool,
    /// The columns.
    pub columns: &'a [Column<'a>],
    /// The rows, one cell per column.
    pub rows: &'a [Vec<Markup>],
    /// The sums, one cell per column.
    pub sums: Option<&'a [Markup]>,
}

impl Table<'_> {
    /// The table in its box.
    pub fn show(&self) -> Markup {
        html! {
            div.table role="region" tabindex="0" aria-labelledby=(self.id) {
                table {
                    caption id=(self.id) class=[self.caption_unseen.then_some("sr")] { (self.caption) }
                    thead { tr { @for column in self.columns { th scope="col" class=[column.class()] { (column.head) } } } }
                    tbody { @for row in self.rows { tr { (self.cells(row)) } } }
                    @if let Some(sums) = self.sums { tfoot { tr { (self.cells(sums)) } } }
                }
            }
        }
    }

    fn cells(&self, cells: &[Markup]) -> Markup {
        html! {
            @for (number, (cell, column)) in cells.iter().zip(self.columns).enumerate() {
                @if number == 0 { th scope="row" class=[column.class()] { (cell) } }
                @else { td class=[column.class()] data-head=(column.head) { @if !cell.0.is_empty() { div { (cell) } } } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_have_scopes_and_the_box_has_a_name() {
        let html = Table {
            id: "bills",
            caption: "Bills <2026>",
            caption_unseen: true,
            columns: &[Column::words("No"), Column::numbers("Amount")],
            rows: &[vec![html! { "1" }, html! { "<2>" }]],
            sums: None,
        }
        .show()
        .into_string();
        assert!(
            html.contains("aria-labelledby=\"bills\"")
                && html.contains("<caption id=\"bills\" class=\"sr\">")
        );
        assert!(html.contains("<th scope=\"col\" class=\"n\">Amount</th>"));
        assert!(html.contains(
            "<th scope=\"row\">1</th><td class=\"n\" data-head=\"Amount\"><div>&lt;2&gt;</div></td>"
        ));
    }
}
