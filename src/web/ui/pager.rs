//! The way through a long list.

use maud::{Markup, html};

use super::icon::{Icon, icon};

/// Before and after.
#[derive(Clone, Copy, Debug)]
pub struct Pager<'a> {
    /// Names the navigation: "Pages".
    pub label: &'a str,
    /// Link and words to earlier entries.
    pub before: Option<(&'a str, &'a str)>,
    /// Where we are: "21 to 40 of 312".
    pub here: &'a str,
    /// Link and words to later entries.
    pub after: Option<(&'a str, &'a str)>,
    /// With scripts on, only the element with this id is replaced.
    pub region: Option<&'a str>,
}

impl Pager<'_> {
    /// The links; nothing when all fits on one page.
    pub fn show(&self) -> Markup {
        html! {
            @if self.before.is_some() || self.after.is_some() {
                nav.pager aria-label=(self.label) {
                    ul {
                        @if let Some((href, words)) = self.before {
                            li { a href=(href) rel="prev" data-swap=[self.region] { (icon(Icon::ChevronLeft)) (words) } }
                        }
                        li.where { (self.here) }
                        @if let Some((href, words)) = self.after {
                            li { a href=(href) rel="next" data-swap=[self.region] { (words) (icon(Icon::ChevronRight)) } }
                        }
                    }
                }
            }
        }
    }
}
