//! More, for those who want it.

use maud::{Markup, html};

use super::icon::{Icon, icon};

/// A line that opens.
pub fn details(summary: &str, body: &Markup, open: bool) -> Markup {
    line(None, summary, body, open)
}

/// A line that opens, and stays open when the region around it looks again.
pub fn lasting_details(id: &str, summary: &str, body: &Markup) -> Markup {
    line(Some(id), summary, body, false)
}

fn line(id: Option<&str>, summary: &str, body: &Markup, open: bool) -> Markup {
    html! {
        details.more id=[id] open[open] {
            summary { (icon(Icon::ChevronRight)) span { (summary) } }
            div.in { (body) }
        }
    }
}
