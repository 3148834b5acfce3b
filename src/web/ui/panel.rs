//! The two big moments: it is done, and stop before you do it.

use maud::{Markup, html};

use super::icon::{Icon, icon};

/// The green panel of a confirmation page. The title is the page's heading.
pub fn panel_done(title: &str, detail: &Markup) -> Markup {
    html! {
        div.done {
            (icon(Icon::CircleCheck))
            h1 { (title) }
            p { (detail) }
        }
    }
}

/// One sentence before something that cannot be undone, and the named button for it.
pub fn interruption(title: &str, sentence: &Markup, actions: &Markup) -> Markup {
    html! {
        div.stop {
            h1 { (title) }
            p { (sentence) }
            div.actions { (actions) }
        }
    }
}
