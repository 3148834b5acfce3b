//! More, for those who want it.

use maud::{Markup, html};

use super::icon::{Icon, icon};

/// A line that opens.
pub fn details(summary: &str, body: &Markup, open: bool) -> Markup {
    html! {
        details.more open[open] {
            summary { (icon(Icon::ChevronRight)) span { (summary) } }
            div.in { (body) }
        }
    }
}
