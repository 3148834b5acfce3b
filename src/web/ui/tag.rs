//! Tags, badges and chips: small words that say a state. Never colour alone.

use maud::{Markup, html};

use super::icon::{Icon, icon};

/// What kind of news it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// No news.
    Neutral,
    /// Done, in range, paid.
    Ok,
    /// Due soon, a little outside.
    Warn,
    /// Overdue, refused, dangerous.
    Bad,
    /// Worth knowing.
    Info,
}

impl Tone {
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Neutral => "",
            Self::Ok => " ok",
            Self::Warn => " warn",
            Self::Bad => " bad",
            Self::Info => " info",
        }
    }

    pub(super) const fn icon(self) -> Icon {
        match self {
            Self::Neutral | Self::Info => Icon::Info,
            Self::Ok => Icon::CircleCheck,
            Self::Warn => Icon::TriangleAlert,
            Self::Bad => Icon::CircleAlert,
        }
    }
}

/// A state in a word: "Confirmed", "Due Friday".
pub fn tag(words: &str, tone: Tone) -> Markup {
    html! { span class=(format!("tag{}", tone.class())) { (words) } }
}

/// How many wait. Nothing when none do; "9+" above nine. `words` is what a screen reader hears:
/// "4 unread messages".
pub fn badge(count: u32, words: &str) -> Markup {
    html! {
        @if count > 0 {
            span.badge aria-hidden="true" dir="ltr" { @if count > 9 { "9+" } @else { (count) } }
            span.sr { " " (words) }
        }
    }
}

/// One choice of a filter. The chosen one is marked for screen readers too.
#[derive(Clone, Copy, Debug)]
pub struct Chip<'a> {
    /// Where it leads.
    pub href: &'a str,
    /// What it shows.
    pub label: &'a str,
    /// The calendar colour of whom it stands for, 1 to 8.
    pub hue: Option<u8>,
    /// Whether it is the one in force.
    pub current: bool,
}

/// Filters side by side. `label` names the group.
pub fn chips(label: &str, region: Option<&str>, chips: &[Chip<'_>]) -> Markup {
    html! {
        nav.chips aria-label=(label) {
            @for chip in chips {
                a.chip href=(chip.href) aria-current=[chip.current.then_some("true")] data-swap=[region] {
                    @if let Some(hue) = chip.hue { span class=(format!("hue k{hue}")) {} }
                    bdi { (chip.label) }
                }
            }
        }
    }
}

/// A chip with an icon that leads somewhere.
pub fn chip_link(href: &str, symbol: Icon, label: &str) -> Markup {
    html! { a.chip href=(href) { (icon(symbol)) bdi.cut { (label) } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_badge_counts_to_nine() {
        assert_eq!(badge(0, "none").into_string(), "");
        assert!(badge(9, "9 new").into_string().contains(">9<"));
        let many = badge(10, "10 <new>").into_string();
        assert!(many.contains(">9+<") && many.contains("10 &lt;new&gt;"));
    }
}
