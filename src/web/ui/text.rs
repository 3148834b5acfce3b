//! Whose words these are: ours follow the page, theirs follow themselves.

use maud::{Markup, html};

/// Our own, translated words.
pub fn ours(words: &str) -> Markup {
    html! { (words) }
}

/// Words that a person typed. Their writing direction is worked out from the words alone, so that
/// "12 Mill Lane" stays in order on an Arabic page.
pub fn theirs(words: &str) -> Markup {
    html! { bdi { (words) } }
}

/// A paragraph that a person typed, line breaks kept.
pub fn their_paragraph(words: &str) -> Markup {
    html! { p.pre.anywhere dir="auto" { (words) } }
}

/// A moment for people and for machines: `machine` is RFC 3339, `words` the translated form.
pub fn time(machine: &str, words: &str) -> Markup {
    html! { time datetime=(machine) { (words) } }
}

/// Words for screen readers only.
pub fn unseen(words: &str) -> Markup {
    html! { span.sr { (words) } }
}
