//! A message in the page: what is going on and what to do.

use maud::{Markup, html};

use super::icon::icon;
use super::tag::Tone;

/// The banner. Its icon follows its tone; the words must say the same.
pub fn banner(tone: Tone, title: &str, body: &Markup) -> Markup {
    html! {
        div class=(format!("banner{}", tone.class())) {
            (icon(tone.icon()))
            div {
                p.strong { (title) }
                (body)
            }
        }
    }
}
