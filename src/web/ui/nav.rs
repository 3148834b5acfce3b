//! Places of the portal: tabs of a patient, rail of staff, sections of one record.

use maud::{Markup, html};

use super::icon::{Icon, icon};
use super::tag::badge;

/// One place.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Where it is.
    pub href: &'a str,
    /// Its name.
    pub label: &'a str,
    /// Its icon.
    pub icon: Icon,
    /// Whether the page is in it.
    pub current: bool,
    /// How many things wait there, and the words for it: "4 unread messages".
    pub waiting: Option<(u32, &'a str)>,
}

/// The list inside a named navigation.
pub(super) fn places(places: &[Place<'_>]) -> Markup {
    html! {
        ul {
            @for place in places {
                li {
                    a href=(place.href) aria-current=[place.current.then_some("page")] {
                        (icon(place.icon))
                        span { (place.label) }
                        @if let Some((count, words)) = place.waiting { (badge(count, words)) }
                    }
                }
            }
        }
    }
}

/// Sections of one record, as links: path, name, whether it is shown.
pub fn sub_tabs(label: &str, region: Option<&str>, sections: &[(&str, &str, bool)]) -> Markup {
    html! {
        nav.subtabs aria-label=(label) {
            @for (href, name, current) in sections {
                a href=(href) aria-current=[current.then_some("page")] data-swap=[region] { (name) }
            }
        }
    }
}
