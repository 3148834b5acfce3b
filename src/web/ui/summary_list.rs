//! Questions and their answers, with a way to change each: check before you send.

use maud::{Markup, html};

/// One answer.
#[derive(Debug)]
pub struct Answer<'a> {
    /// What was asked: "When".
    pub key: &'a str,
    /// What was answered.
    pub value: Markup,
    /// Where to change it: link, label, and what it is about (heard only).
    pub change: Option<(&'a str, &'a str, &'a str)>,
}

impl<'a> Answer<'a> {
    /// An answer that cannot be changed here.
    pub const fn fixed(key: &'a str, value: Markup) -> Self {
        Self {
            key,
            value,
            change: None,
        }
    }

    /// With a link to change it.
    #[must_use]
    pub const fn change(mut self, href: &'a str, label: &'a str, about: &'a str) -> Self {
        self.change = Some((href, label, about));
        self
    }
}

/// The list.
pub fn summary_list(answers: &[Answer<'_>]) -> Markup {
    html! {
        div.card {
            dl.summary {
                @for answer in answers {
                    div {
                        dt { (answer.key) }
                        dd { (answer.value) }
                        @if let Some((href, label, about)) = answer.change {
                            dd.act { a href=(href) { (label) span.sr { " " (about) } } }
                        }
                    }
                }
            }
        }
    }
}
