//! What happened and what comes next, in order.

use maud::{Markup, html};

/// One moment.
#[derive(Debug)]
pub struct Moment {
    /// What happens.
    pub title: Markup,
    /// When, or more about it.
    pub detail: Markup,
    /// Whether it is over.
    pub past: bool,
}

/// The moments, earliest first.
pub fn timeline(moments: &[Moment]) -> Markup {
    html! {
        ol.timeline {
            @for moment in moments {
                li class=[moment.past.then_some("past")] { b { (moment.title) } small { (moment.detail) } }
            }
        }
    }
}
