//! Cards: one thing and what to do with it.

use maud::{Markup, html};

use super::icon::{Icon, icon};

/// A card, with a heading of level two if it has one.
pub fn card(heading: Option<&str>, body: &Markup) -> Markup {
    html! {
        section.card {
            @if let Some(heading) = heading { h2 { (heading) } }
            (body)
        }
    }
}

/// The card that matters now: what comes next.
#[derive(Debug)]
pub struct Hero {
    /// Above the title, quiet: "Next visit", and a tag beside it.
    pub eyebrow: Markup,
    /// The thing itself: "Tuesday 24 November, 2:30pm".
    pub title: Markup,
    /// Facts or sentences.
    pub body: Markup,
    /// The primary button.
    pub action: Markup,
}

impl Hero {
    /// The card.
    pub fn show(&self) -> Markup {
        html! {
            section.card.hero {
                p.eyebrow { (self.eyebrow) }
                h2 { (self.title) }
                (self.body)
                div.actions { (self.action) }
            }
        }
    }
}

/// Facts, each behind its icon: who, where, how long.
pub fn facts(facts: &[(Icon, Markup)]) -> Markup {
    html! {
        ul.facts {
            @for (symbol, fact) in facts { li { (icon(*symbol)) span { (fact) } } }
        }
    }
}

/// A figure with what it counts, for a dashboard.
pub fn figure_card(figure: &str, what: &str) -> Markup {
    html! { div.card { p.figure { (figure) } p.muted { (what) } } }
}
