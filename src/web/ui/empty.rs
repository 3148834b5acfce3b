//! Nothing here yet: what would be, why it is not, and one thing to do.

use maud::{Markup, html};

use super::icon::{Icon, disc};

/// The box in place of a list. `action` is a button or nothing.
pub fn empty(symbol: Icon, title: &str, why: &str, action: &Markup) -> Markup {
    html! {
        div.empty {
            (disc(symbol))
            h2 { (title) }
            p { (why) }
            (action)
        }
    }
}
